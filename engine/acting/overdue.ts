import type { Plan } from '../plan.ts';
import type { Outgoing } from '../ports.ts';
import { isOver } from './decide.ts';
import { remediateMessage } from './messages.ts';

/** A plan that should have moved on this long ago has lost its message (a dead letter, say). */
const OVERDUE_MS = 300_000;

/** What a plan that stands still is sent once more; working on it again does no harm. */
export function reminderFor(plan: Plan, now: Date): Outgoing[] {
  const { id, cluster, state, verification } = plan;
  if (state === 'requested' && isOver(plan, now)) return [remediateMessage({ type: 'expire', plan: id }, cluster)];
  if (now.getTime() - Date.parse(plan.updatedAt) < OVERDUE_MS) return [];
  if (state === 'approved' || state === 'executing') return [remediateMessage({ type: 'execute', plan: id }, cluster)];
  if (state === 'applied' && (verification === undefined || verification.verdict === 'waiting')) {
    return [remediateMessage({ type: 'verify', plan: id, look: (verification?.looks ?? 0) + 1 }, cluster)];
  }
  return [];
}
