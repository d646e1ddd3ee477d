import { unfinished } from '../changes/rollout-state.ts';
import { ReadFailure } from '../errors.ts';
import type { Plan } from '../plan.ts';
import { redact } from '../redact.ts';
import { kubeOf } from './compile.ts';
import { type Acting, clusterOf } from './desk.ts';
import type { Attributed } from './meanwhile.ts';

/**
 * What was seen after a fix, as far as that has reached all of its pods: until then what is well may be so because of a
 * single pod that ended, and what is not may wait for its turn. A rollout that is stuck is said either way.
 */
export async function asFarAsRolledOut(acting: Acting, plan: Plan, seen: Attributed): Promise<Attributed> {
  const open = await rolloutNow(acting, plan);
  if (open === undefined) return seen;
  const { verdict, reason } = seen;
  if (verdict === 'fixed') return { verdict: 'cannot-tell', reason: `it is well (${reason}), but ${open}` };
  return { verdict, reason: `${reason}; and ${open}` };
}

/** What its rollouts have not brought about yet, or that this could not be looked at. */
async function rolloutNow(acting: Acting, { cluster: name, changes }: Plan): Promise<string | undefined> {
  const cluster = clusterOf(acting, name);
  if (!cluster) return undefined;
  try {
    const [first] = await unfinished(kubeOf(cluster), changes);
    return first && `its rollout is not over: ${first}`;
  } catch (failure) {
    if (!(failure instanceof ReadFailure)) throw failure;
    return redact(`whether its rollout is over could not be looked at: ${failure.message}`);
  }
}
