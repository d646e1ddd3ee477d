import { TryLater } from '../errors.ts';
import type { Outgoing } from '../ports.ts';
import type { Acting } from './desk.ts';
import { execute } from './execute.ts';
import { remediateMessage } from './messages.ts';
import { lineOf } from './same-cluster.ts';
import { planById } from './stored.ts';

/** Whoever waits longer than this asks in between: less than what makes a plan look forgotten (`overdue.ts`). */
const LONGEST_WAIT_MS = 120_000;
const SHORTEST_WAIT_MS = 2_000;

/**
 * `execute`, and where it stands in its cluster's line: one that pauses because nobody can say who may have it done
 * gives its place free, so that the others, an undo among them, need not wait for the people that it waits for. Returns
 * what brings it back. Everything else that comes again keeps its place.
 */
export async function executeInTurn(acting: Acting, id: string): Promise<readonly Outgoing[]> {
  try {
    await execute(acting, id);
    return [];
  } catch (failure) {
    if (!(failure instanceof TryLater)) throw failure;
    const plan = await planById(acting.store, id);
    if (!plan?.paused) throw failure;
    const delayMs = Math.min(LONGEST_WAIT_MS, Math.max(SHORTEST_WAIT_MS, failure.retryAfterMs));
    return [remediateMessage({ type: 'wait', plan: id }, lineOf(plan), delayMs)];
  }
}

/** It has waited, and stands in its cluster's line again: executions happen there and nowhere else, one at a time. */
export async function standInLine({ store }: Acting, id: string): Promise<readonly Outgoing[]> {
  const plan = await planById(store, id);
  const isOpen = plan?.state === 'approved' || plan?.state === 'executing';
  return isOpen ? [remediateMessage({ type: 'execute', plan: id }, lineOf(plan))] : [];
}
