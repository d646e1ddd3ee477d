import { ReadFailure } from '../errors.ts';
import type { Plan, Step } from '../plan.ts';
import type { Cluster } from '../triage.ts';
import { arrived, objectNow } from './arrival.ts';
import type { Acting } from './desk.ts';
import { aboutPlan, append } from './ledger.ts';

/** Said of a step whose pod ended by itself before its turn came. */
export const WAS_GONE = 'it was gone already';

/**
 * Of a drain's request that ends a pod: whether that pod is gone, or is another one now. Then it is as was wanted, whoever
 * did it, as `kubectl drain` takes it. (A fix that is about one pod no longer fits instead.) What cannot be looked at is
 * not gone.
 */
export async function isGone(cluster: Cluster, step: Step, { id, changes }: Plan): Promise<boolean> {
  const isOfDrain = changes.some(({ verb }) => verb === 'drain');
  if (!isOfDrain || step.object?.kind !== 'Pod' || step.verb !== 'evict') return false;
  try {
    return arrived(step, id, await objectNow(cluster, step.object)) === 'yes';
  } catch (failure) {
    if (failure instanceof ReadFailure) return false;
    throw failure;
  }
}

/** `sent`: the request and what was answered, where one was sent. */
export async function noteGone(
  { store, clock }: Acting,
  plan: Plan,
  index: number,
  sent: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  const step = `${index + 1} of ${plan.steps.length}`;
  await append(store, clock, { kind: 'applied', ...aboutPlan(plan), details: { step, ...sent, because: WAS_GONE } });
}
