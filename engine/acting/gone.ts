import { ReadFailure } from '../errors.ts';
import type { Plan, Step } from '../plan.ts';
import type { Cluster } from '../triage.ts';
import { arrived, objectNow } from './arrival.ts';
import type { Acting } from './desk.ts';
import { aboutPlan, append } from './ledger.ts';

/** Said of a step whose pod ended by itself before its turn came. */
export const WAS_GONE = 'it was gone already';

/**
 * Of a request that ends a pod: whether that pod is gone, or is another one now. Then it is as was wanted, whoever did it,
 * as `kubectl drain` takes it. What cannot be looked at is not gone.
 */
export async function isGone(cluster: Cluster, step: Step, plan: string): Promise<boolean> {
  if (step.object?.kind !== 'Pod' || (step.verb !== 'evict' && step.verb !== 'delete')) return false;
  try {
    return arrived(step, plan, await objectNow(cluster, step.object)) === 'yes';
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
