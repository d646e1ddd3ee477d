import type { Alert } from './alert.ts';

/** The words of published rules (`kubernetes-mixin`: critical, warning, info) and of those that people write beside them. */
const ranks: Readonly<Record<string, number>> = {
  none: 0,
  ...{ debug: 1, info: 1, informational: 1, notice: 1, low: 1 },
  ...{ warn: 2, warning: 2, minor: 2, medium: 2, moderate: 2 },
  ...{ error: 3, major: 3, high: 3 },
  ...{ critical: 4, crit: 4, fatal: 4, emergency: 5, page: 5, disaster: 5 },
};
const UNKNOWN = 4;

/**
 * How bad an alert says it is, by its label `severity`: 0 where it says nothing, up to 5. `P1` and `sev1` are critical, and
 * so is a word nobody knows here: who wrote it meant something by it.
 */
export function severityRank({ labels }: Pick<Alert, 'labels'>): number {
  const word = (labels.severity ?? '').trim().toLowerCase();
  if (word === '') return 0;
  const level = /^(?:p|prio|priority|sev|s)[-_ ]?(\d)$/.exec(word)?.[1];
  if (level !== undefined) return Math.max(1, 5 - Number(level));
  return ranks[word] ?? UNKNOWN;
}
