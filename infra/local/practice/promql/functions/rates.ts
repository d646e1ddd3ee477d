import type { Point, Window } from '../value.ts';

/** What a function over a range makes of one series; `undefined`: no sample in the result. Times in Unix milliseconds. */
export type OverRange = (window: Window, param: number, evaluatedAtMs: number) => number | undefined;

/**
 * Rates as `extrapolatedRate` in promql/functions.go of Prometheus 2 computes them: the change between first and last
 * sample, extended to the ends of the range where they are near, never to before the counter was zero.
 */
function extrapolated({ points, fromMs, toMs }: Window, counts: boolean, overSeconds = 1): number | undefined {
  const first = points[0];
  const last = points[points.length - 1];
  if (first === undefined || last === undefined || points.length < 2) return undefined;
  const change = last.value - first.value + (counts ? lostToResets(points) : 0);
  const sampledMs = last.atMs - first.atMs;
  const betweenMs = sampledMs / (points.length - 1);
  const reach = (gapMs: number) => (gapMs < betweenMs * 1.1 ? gapMs : betweenMs / 2);
  let toStartMs = first.atMs - fromMs;
  if (counts && change > 0 && first.value >= 0) toStartMs = Math.min(toStartMs, sampledMs * (first.value / change));
  return change * ((sampledMs + reach(toStartMs) + reach(toMs - last.atMs)) / sampledMs / overSeconds);
}

/** What the counter had reached before each reset. */
function lostToResets(points: readonly Point[]): number {
  return pairs(points).reduce((lost, [before, after]) => (after.value < before.value ? lost + before.value : lost), 0);
}

function lastTwo({ points }: Window): readonly [Point, Point] | undefined {
  const last = points[points.length - 1];
  const before = points[points.length - 2];
  return last && before && [before, last];
}

function pairs(points: readonly Point[]): (readonly [Point, Point])[] {
  return points.slice(1).flatMap((after, index) => {
    const before = points[index];
    return before ? [[before, after] as const] : [];
  });
}

/** Least squares over the points, from `interceptMs` on: the value there, and the slope per second. */
function regression(points: readonly Point[], interceptMs: number): { value: number; slope: number } | undefined {
  const first = points[0];
  if (first === undefined || points.length < 2) return undefined;
  if (points.every(({ value }) => value === first.value))
    return Number.isFinite(first.value) ? { value: first.value, slope: 0 } : { value: Number.NaN, slope: Number.NaN };
  const x = points.map(({ atMs }) => (atMs - interceptMs) / 1000);
  const meanX = mean(x);
  const meanY = mean(points.map(({ value }) => value));
  let covariance = 0;
  let variance = 0;
  points.forEach(({ value }, index) => {
    const distance = (x[index] ?? 0) - meanX;
    covariance += distance * (value - meanY);
    variance += distance ** 2;
  });
  const slope = covariance / variance;
  return { value: meanY - slope * meanX, slope };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

export const rates: Readonly<Record<string, OverRange>> = {
  rate: (window) => extrapolated(window, true, (window.toMs - window.fromMs) / 1000),
  increase: (window) => extrapolated(window, true),
  delta: (window) => extrapolated(window, false),
  irate: (window) => {
    const two = lastTwo(window);
    if (!two) return undefined;
    const [before, last] = two;
    const change = last.value < before.value ? last.value : last.value - before.value;
    return change / ((last.atMs - before.atMs) / 1000);
  },
  idelta: (window) => {
    const two = lastTwo(window);
    return two && two[1].value - two[0].value;
  },
  changes: ({ points }) =>
    points.length === 0
      ? undefined
      : pairs(points).filter(
          ([before, after]) =>
            after.value !== before.value && !(Number.isNaN(after.value) && Number.isNaN(before.value)),
        ).length,
  resets: ({ points }) =>
    points.length === 0 ? undefined : pairs(points).filter(([before, after]) => after.value < before.value).length,
  deriv: ({ points }) => points[0] && regression(points, points[0].atMs)?.slope,
  // From the moment of the evaluation on, also where the range has an offset.
  predict_linear: ({ points }, seconds, evaluatedAtMs) => {
    const line = regression(points, evaluatedAtMs);
    return line && line.value + line.slope * seconds;
  },
};
