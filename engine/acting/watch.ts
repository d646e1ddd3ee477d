import { messageOf, ReadFailure, Refused } from '../errors.ts';
import type { Plan } from '../plan.ts';
import { redact } from '../redact.ts';
import { runScope } from '../scope.ts';
import type { Cluster } from '../triage.ts';
import { freeze } from './agreed.ts';
import { PLAN_BUDGET, READ_MS } from './compile.ts';
import type { Acting } from './desk.ts';
import { nodesNow } from './node-pool.ts';
import { poolsOf, type Touched, withoutThem } from './pools.ts';
import { closedOf, inWords } from './present-interlocks.ts';
import { takesBackAChange } from './takes-back.ts';

/**
 * Asked before each further request of a plan: why it must not go on, because of what has become of the cluster since
 * its first. A drain takes minutes, in which the other nodes of its pool may fall or a freeze begin. One read of a pool
 * each time (a table, 0.3 kB a node). `undefined`: it may.
 */
export function watchOver(acting: Acting, plan: Plan, { source }: Cluster): () => Promise<string | undefined> {
  let known: readonly Touched[] | undefined;
  return async () => {
    const { limits } = await acting.rules();
    const { kube } = runScope(source, PLAN_BUDGET, AbortSignal.timeout(READ_MS)).readersFor([], READ_MS);
    try {
      known = known
        ? await Promise.all(known.map(async (touched) => ({ ...touched, pool: await nodesNow(kube, touched.pool) })))
        : await poolsOf(kube, plan.changes);
      const frozen = (await takesBackAChange(acting.store, plan)) ? [] : [freeze(limits, acting.clock.now())];
      const closed = closedOf(plan, [...withoutThem(known, limits), ...frozen]);
      return closed.length > 0 ? inWords(closed) : undefined;
    } catch (failure) {
      if (failure instanceof Refused) return failure.message;
      if (!(failure instanceof ReadFailure)) throw failure;
      return redact(`the cluster could not be looked at between two requests: ${messageOf(failure)}`);
    }
  };
}
