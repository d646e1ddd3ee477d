import type { LookStep, ManualRemedy } from '../../../engine/runbook.ts';
import type { Seen } from '../seen.ts';
import type { ApiServerTarget } from '../target.ts';

export type Manual = ManualRemedy<Seen, ApiServerTarget>;

export const LEVELS = 'kubectl get --raw /debug/api_priority_and_fairness/dump_priority_levels';
const REQUESTS = "kubectl get --raw '/debug/api_priority_and_fairness/dump_requests?includeRequestDetails=1'";

/** Works while etcd hangs, and is exempt from every limit. */
export const ready = {
  command: "kubectl get --raw '/readyz?verbose'",
  shows: '[+]etcd ok, and "readyz check passed"',
} as const;

export const whoWaits: LookStep = {
  kind: 'look',
  title: 'Whose requests wait? Ask while it is full: it shows one moment of one API server',
  command: `${REQUESTS} | cut -d, -f1,7,8,13 | sort | uniq -c | sort -rn | head`,
  shows: 'priority level, user, verb and resource, with how many requests of each wait',
};
