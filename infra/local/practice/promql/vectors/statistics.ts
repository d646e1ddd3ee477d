/** Summaries of one or more numbers, as aggregations and `*_over_time` need them. NaN and infinity pass through. */

export function total(values: readonly number[]): number {
  // Neumaier's compensated sum: many small values beside a large one are not lost.
  let sum = 0;
  let lost = 0;
  for (const value of values) {
    const next = sum + value;
    if (Number.isFinite(next)) lost += Math.abs(sum) >= Math.abs(value) ? sum - next + value : value - next + sum;
    sum = next;
  }
  return Number.isFinite(sum) ? sum + lost : sum;
}

export function average(values: readonly number[]): number {
  const sum = total(values);
  if (Number.isFinite(sum) || values.some((value) => !Number.isFinite(value))) return sum / values.length;
  // The sum of finite values ran over, their mean does not.
  return values.reduce((mean, value) => mean + value / values.length, 0);
}

/** NaN counts only where there is nothing else. */
export function highest(values: readonly number[]): number {
  return values.reduce((best, value) => (value > best || Number.isNaN(best) ? value : best));
}

export function lowest(values: readonly number[]): number {
  return values.reduce((best, value) => (value < best || Number.isNaN(best) ? value : best));
}

/** The population variance. */
export function variance(values: readonly number[]): number {
  const mean = average(values);
  return total(values.map((value) => (value - mean) ** 2)) / values.length;
}

/** Interpolated between the two nearest ranks; NaN is the smallest value. */
export function quantile(values: readonly number[], q: number): number {
  if (values.length === 0 || Number.isNaN(q)) return Number.NaN;
  if (q < 0) return Number.NEGATIVE_INFINITY;
  if (q > 1) return Number.POSITIVE_INFINITY;
  const sorted = [...values].sort(ascending);
  const rank = q * (sorted.length - 1);
  const lower = Math.floor(rank);
  const upper = Math.min(sorted.length - 1, lower + 1);
  const weight = rank - lower;
  return (sorted[lower] ?? Number.NaN) * (1 - weight) + (sorted[upper] ?? Number.NaN) * weight;
}

/** NaN first. */
export function ascending(a: number, b: number): number {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(b)) - Number(Number.isNaN(a));
  return a < b ? -1 : a > b ? 1 : 0;
}
