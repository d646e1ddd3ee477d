/** What a figure counts: seconds, a share of a whole (0 to 1), or a number of things. */
export type MeasureUnit = 'seconds' | 'share' | 'count';

/** How bad one cause is, in one figure, so that it can be compared before and after a fix. */
export interface Measure {
  /** What the figure is of, with the object it belongs to: only figures of the same are compared. */
  readonly of: string;
  readonly value: number;
  readonly unit: MeasureUnit;
  readonly worseWhen: 'higher' | 'lower';
  /** Times as bad from which it is clearly worse, and no chance of measuring. Over 1; says where it comes from. */
  readonly clearlyWorse: number;
  /** No trouble until here, so that what comes and goes below it is not compared: times as bad as this at least. */
  readonly fineUntil?: number;
}

export type Movement = 'better' | 'much-the-same' | 'clearly-worse';

/** Where the figure went; `undefined`: there are no two figures of the same thing. */
export function movementOf(before: Measure | undefined, after: Measure | undefined): Movement | undefined {
  if (!before || !after || !areAlike(before, after)) return undefined;
  const { value, worseWhen, clearlyWorse, fineUntil = before.value } = after;
  const higher = worseWhen === 'higher';
  if (higher ? value < before.value : value > before.value) return 'better';
  const from = higher ? Math.max(before.value, fineUntil) : Math.min(before.value, fineUntil);
  const [less, more] = higher ? [from, value] : [value, from];
  return more > less && more >= clearlyWorse * less ? 'clearly-worse' : 'much-the-same';
}

/** `WAL fsync p99 of etcd-cp-1 243 ms → 3.5 ms`; nothing where there is nothing to compare. */
export function movementWords(before: Measure | undefined, after: Measure | undefined): string | undefined {
  if (!before || !after || !areAlike(before, after)) return undefined;
  return `${after.of} ${shown(before)} → ${shown(after)}`;
}

function areAlike(before: Measure, after: Measure): boolean {
  return before.of === after.of && before.unit === after.unit;
}

function shown({ value, unit }: Measure): string {
  switch (unit) {
    case 'seconds':
      return value >= 1 ? `${rounded(value)} s` : `${rounded(value * 1000)} ms`;
    case 'share':
      return `${rounded(value * 100)} %`;
    case 'count':
      return rounded(value);
  }
}

/** One decimal below ten: exact enough to see which way it went. */
function rounded(amount: number): string {
  return amount.toFixed(Math.abs(amount) < 10 ? 1 : 0).replace(/\.0$/, '');
}
