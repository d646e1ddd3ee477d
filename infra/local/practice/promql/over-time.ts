import { changes, extrapolated, instantaneous, mean, type OverRange, regression, resets } from './counters.ts';
import type { Stretch } from './values.ts';

type OfValues = (values: readonly number[]) => number;

/** For functions that need at least one sample and ask for nothing but the values. */
function of(reckon: OfValues): OverRange {
  return ({ points }) => (points.length === 0 ? undefined : reckon(points.map(({ v }) => v)));
}

/** Functions of one range vector without further arguments, by name. All but `last_over_time` drop the metric name. */
export const rangeFunctions: Readonly<Record<string, OverRange>> = {
  rate: extrapolated('rate'),
  increase: extrapolated('increase'),
  delta: extrapolated('delta'),
  irate: instantaneous('irate'),
  idelta: instantaneous('idelta'),
  changes,
  resets,
  deriv: ({ points }) => regression(points, points[0]?.t ?? 0)?.slope,
  avg_over_time: of(mean),
  count_over_time: of((values) => values.length),
  last_over_time: of((values) => values.at(-1) ?? Number.NaN),
  max_over_time: of((values) => extreme(values, (a, b) => a > b)),
  min_over_time: of((values) => extreme(values, (a, b) => a < b)),
  present_over_time: of(() => 1),
  stddev_over_time: of((values) => Math.sqrt(variance(values))),
  stdvar_over_time: of(variance),
  sum_over_time: of((values) => values.reduce((sum, value) => sum + value, 0)),
};

export function quantileOverTime({ points }: Stretch, q: number): number | undefined {
  return points.length === 0
    ? undefined
    : quantile(
        points.map(({ v }) => v),
        q,
      );
}

/** The value in `seconds` from the end of the range, by the line through the samples. */
export function predictLinear({ points, toMs }: Stretch, seconds: number): number | undefined {
  const line = regression(points, toMs);
  return line && line.slope * seconds + line.intercept;
}

/** NaN only if all are. */
export function extreme(values: readonly number[], beats: (a: number, b: number) => boolean): number {
  return values.reduce((best, value) => (beats(value, best) || Number.isNaN(best) ? value : best), Number.NaN);
}

/** Of the whole population, by Welford's method. */
export function variance(values: readonly number[]): number {
  let count = 0;
  let average = 0;
  let squares = 0;
  for (const value of values) {
    count += 1;
    const delta = value - average;
    average += delta / count;
    squares += delta * (value - average);
  }
  return squares / count;
}

/** Linear between the two nearest ranks; NaN sorts first. */
export function quantile(values: readonly number[], q: number): number {
  if (values.length === 0 || Number.isNaN(q)) return Number.NaN;
  if (q < 0) return Number.NEGATIVE_INFINITY;
  if (q > 1) return Number.POSITIVE_INFINITY;
  const sorted = [...values].sort((a, b) => (Number.isNaN(a) ? -1 : Number.isNaN(b) ? 1 : a - b));
  const rank = q * (sorted.length - 1);
  const lower = Math.floor(rank);
  const upper = Math.min(sorted.length - 1, lower + 1);
  const weight = rank - lower;
  return (sorted[lower] ?? Number.NaN) * (1 - weight) + (sorted[upper] ?? Number.NaN) * weight;
}
