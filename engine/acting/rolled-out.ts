import { unfinished } from '../changes/rollout-state.ts';
import { ReadFailure } from '../errors.ts';
import type { Plan } from '../plan.ts';
import { redact } from '../redact.ts';
import { kubeOf } from './compile.ts';
import { type Acting, clusterOf } from './desk.ts';
import type { Attributed } from './meanwhile.ts';
import { notBack, shortWords } from './not-back.ts';

/**
 * What was seen after a fix, as far as that has reached all of its pods: until then what is well may be so because of a
 * single pod that ended, and what is not may wait for its turn. A rollout that is stuck is said either way, and so are pods
 * in whose place no other is ready.
 */
export async function asFarAsRolledOut(acting: Acting, plan: Plan, seen: Attributed): Promise<Attributed> {
  const open = await rolloutNow(acting, plan);
  if (open === undefined) return seen;
  const { verdict, reason } = seen;
  if (verdict === 'fixed') return { verdict: 'cannot-tell', reason: `it is well (${reason}), but ${open}` };
  return { verdict, reason: `${reason}; and ${open}` };
}

/** What its rollouts have not brought about yet, which of the pods that it ended are not back, or that this could not be looked at. */
async function rolloutNow(acting: Acting, plan: Plan): Promise<string | undefined> {
  const cluster = clusterOf(acting, plan.cluster);
  if (!cluster) return undefined;
  try {
    const kube = kubeOf(cluster);
    const [first] = await unfinished(kube, plan.changes);
    if (first !== undefined) return `its rollout is not over: ${first}`;
    const away = shortWords(await notBack(kube, plan));
    return away && `what was ended is not there again as before: ${away}`;
  } catch (failure) {
    if (!(failure instanceof ReadFailure)) throw failure;
    return redact(`whether all its pods are there again could not be looked at: ${failure.message}`);
  }
}
