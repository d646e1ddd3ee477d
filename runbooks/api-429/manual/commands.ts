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

/** By the names in the first line: which columns there are, and in which order, differs from version to version. */
const COLUMNS = ['PriorityLevelName', 'UserName', 'Verb', 'Resource'].map((name) => `$at["${name}"]`).join(', ');
const BY_NAME = `awk -F', *' -v OFS=', ' 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next } NF > 1 { print ${COLUMNS} }'`;

export const whoWaits: LookStep = {
  kind: 'look',
  title: 'Whose requests wait? Ask while it is full: it shows one moment of one API server',
  command: `${REQUESTS} | ${BY_NAME} | sort | uniq -c | sort -rn | head`,
  shows: 'priority level, user, verb and resource, with how many requests of each wait',
};
