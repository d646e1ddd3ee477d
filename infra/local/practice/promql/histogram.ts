import { identity, without } from './labels.ts';
import { numberOf } from './literals.ts';
import type { Sample } from './values.ts';

interface Bucket {
  readonly upper: number;
  readonly count: number;
}

const LABELS = ['__name__', 'le'];

/** `histogram_quantile` over classic histograms: one result for each set of labels other than `le`. */
export function histogramQuantile(q: number, samples: readonly Sample[]): readonly Sample[] {
  const groups = new Map<string, { readonly first: Sample; readonly buckets: Bucket[] }>();
  for (const sample of samples) {
    const upper = numberOf(sample.labels.le ?? '');
    if (upper === undefined) continue;
    const labels = without(sample.labels, LABELS);
    const key = identity(labels);
    const group = groups.get(key) ?? { first: { ...sample, labels }, buckets: [] };
    group.buckets.push({ upper, count: sample.v });
    groups.set(key, group);
  }
  return [...groups.values()].map(({ first, buckets }) => ({ ...first, v: quantileOf(q, buckets) }));
}

/** Linear within the bucket the rank falls into; the last finite bound stands for everything beyond it. */
function quantileOf(q: number, unsorted: readonly Bucket[]): number {
  if (Number.isNaN(q)) return Number.NaN;
  if (q < 0) return Number.NEGATIVE_INFINITY;
  if (q > 1) return Number.POSITIVE_INFINITY;
  const buckets = monotonic(merged(unsorted));
  const total = buckets.at(-1);
  if (buckets.length < 2 || total?.upper !== Number.POSITIVE_INFINITY) return Number.NaN;
  if (total.count === 0) return Number.NaN;
  const rank = q * total.count;
  const found = buckets.slice(0, -1).findIndex(({ count }) => count >= rank);
  if (found < 0) return buckets.at(-2)?.upper ?? Number.NaN;
  const { upper, count } = buckets[found] ?? total;
  if (found === 0 && upper <= 0) return upper;
  const below = found === 0 ? { upper: 0, count: 0 } : (buckets[found - 1] ?? total);
  return below.upper + (upper - below.upper) * ((rank - below.count) / (count - below.count));
}

/** In order of their bounds, equal bounds (`1` and `1.0`) added up. */
function merged(buckets: readonly Bucket[]): Bucket[] {
  const byBound = new Map<number, number>();
  for (const { upper, count } of buckets) byBound.set(upper, (byBound.get(upper) ?? 0) + count);
  return [...byBound].map(([upper, count]) => ({ upper, count })).sort((a, b) => a.upper - b.upper);
}

/** Buckets scraped or aggregated at slightly different moments may shrink; they are raised to the one before. */
function monotonic(buckets: readonly Bucket[]): Bucket[] {
  let most = Number.NEGATIVE_INFINITY;
  return buckets.map(({ upper, count }) => {
    if (count > most) most = count;
    return { upper, count: count < most ? most : count };
  });
}
