import type { Point, Stretch } from './values.ts';

/** `undefined`: too few samples to say. */
export type OverRange = (stretch: Stretch) => number | undefined;

/**
 * `rate`, `increase`, `delta` as Prometheus reckons them: the difference of first and last sample, extrapolated to the
 * edges of the range if the samples come near them, but not below zero for a counter (promql/functions.go).
 */
export function extrapolated(kind: 'rate' | 'increase' | 'delta'): OverRange {
  return ({ points, fromMs, toMs }) => {
    const first = points[0];
    const last = points.at(-1);
    if (!first || !last || points.length < 2) return undefined;
    const counts = kind !== 'delta';
    const difference = last.v - first.v + (counts ? lostToResets(points) : 0);
    const sampledSeconds = (last.t - first.t) / 1000;
    const meanSeconds = sampledSeconds / (points.length - 1);
    const toZero = counts && difference > 0 && first.v >= 0 ? sampledSeconds * (first.v / difference) : Infinity;
    const before = Math.min((first.t - fromMs) / 1000, toZero);
    const after = (toMs - last.t) / 1000;
    const reach = (gap: number) => (gap < meanSeconds * 1.1 ? gap : meanSeconds / 2);
    const factor = (sampledSeconds + reach(before) + reach(after)) / sampledSeconds;
    return (difference * factor) / (kind === 'rate' ? (toMs - fromMs) / 1000 : 1);
  };
}

function lostToResets(points: readonly Point[]): number {
  let lost = 0;
  for (let index = 1; index < points.length; index += 1) {
    const before = points[index - 1]?.v ?? 0;
    if ((points[index]?.v ?? 0) < before) lost += before;
  }
  return lost;
}

/** `irate` and `idelta`: by the last two samples alone. */
export function instantaneous(kind: 'irate' | 'idelta'): OverRange {
  return ({ points }) => {
    const before = points.at(-2);
    const last = points.at(-1);
    if (!before || !last) return undefined;
    const seconds = (last.t - before.t) / 1000;
    if (kind === 'idelta') return last.v - before.v;
    return (last.v < before.v ? last.v : last.v - before.v) / seconds;
  };
}

export const changes: OverRange = (stretch) =>
  pairs(stretch, (a, b) => a !== b && !(Number.isNaN(a) && Number.isNaN(b)));
export const resets: OverRange = (stretch) => pairs(stretch, (a, b) => b < a);

function pairs({ points }: Stretch, counts: (before: number, after: number) => boolean): number | undefined {
  if (points.length === 0) return undefined;
  return points.slice(1).filter(({ v }, index) => counts(points[index]?.v ?? Number.NaN, v)).length;
}

/** Least squares through the samples, seconds from `originMs`: `deriv`, `predict_linear`. */
export function regression(
  points: readonly Point[],
  originMs: number,
): { slope: number; intercept: number } | undefined {
  if (points.length < 2) return undefined;
  const xs = points.map(({ t }) => (t - originMs) / 1000);
  const meanX = mean(xs);
  const meanY = mean(points.map(({ v }) => v));
  let covariance = 0;
  let variance = 0;
  points.forEach(({ v }, index) => {
    const dx = (xs[index] ?? 0) - meanX;
    covariance += dx * (v - meanY);
    variance += dx * dx;
  });
  const slope = covariance / variance;
  return { slope, intercept: meanY - slope * meanX };
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
