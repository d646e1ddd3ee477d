import type { Plan } from '../plan.ts';
import type { Outgoing } from '../ports.ts';
import { remediateMessage } from './messages.ts';
import { lineOf } from './same-cluster.ts';
import { awaitsPods, isDone, isVerified } from './stored.ts';

/** A plan that should have moved on this long ago has lost its message (a dead letter, say). */
const OVERDUE_MS = 300_000;

/**
 * What keeps a plan going: one that waits for a person is looked at again, so that an open request shows the present
 * values and ends in time by the policy as it is now, and one in doubt what is seen of it; one that stands still is sent
 * its message once more. Working on it again does no harm.
 */
export function reminderFor(plan: Plan, now: Date): Outgoing[] {
  const { id, cluster, state, verification } = plan;
  if (state === 'requested' || state === 'unknown') return [remediateMessage({ type: 'refresh', plan: id }, cluster)];
  // Far in the future is long ago, too: the clock that wrote it was wrong.
  if (Math.abs(now.getTime() - Date.parse(plan.updatedAt)) < OVERDUE_MS) return [];
  if (state === 'approved' || state === 'executing')
    return [remediateMessage({ type: 'execute', plan: id }, lineOf(plan))];
  if (isDone(plan) && !plan.takenBack && (!isVerified(plan) || awaitsPods(plan, now))) {
    return [remediateMessage({ type: 'verify', plan: id, look: (verification?.looks ?? 0) + 1 }, cluster)];
  }
  return [];
}
