import { numberOf } from '../language/literals.ts';
import type { Sample } from '../value.ts';
import { keyOf, type Labels, labelOf, metricName, without } from '../vectors/labels.ts';

interface Bucket {
  readonly bound: number;
  readonly count: number;
}

const withoutBound = without([metricName, 'le']);

/** Of each classic histogram among `samples` the value below which the share `q` of its observations lies. */
export function histogramQuantile(q: number, samples: readonly Sample[]): Sample[] {
  const histograms = new Map<string, { labels: Labels; buckets: Bucket[] }>();
  for (const { labels, value } of samples) {
    const bound = boundOf(labelOf(labels, 'le'));
    if (bound === undefined) continue;
    const rest = withoutBound(labels);
    const known = histograms.get(keyOf(rest));
    if (known) known.buckets.push({ bound, count: value });
    else histograms.set(keyOf(rest), { labels: rest, buckets: [{ bound, count: value }] });
  }
  return [...histograms.values()].map(({ labels, buckets }) => ({ labels, value: bucketQuantile(q, buckets) }));
}

function boundOf(le: string): number | undefined {
  if (le === '') return undefined;
  const bound = le.startsWith('+') ? numberOf(le.slice(1)) : le.startsWith('-') ? -numberOf(le.slice(1)) : numberOf(le);
  return Number.isNaN(bound) ? undefined : bound;
}

/** `bucketQuantile` in promql/quantile.go of Prometheus: linear within the bucket that holds the rank. */
function bucketQuantile(q: number, unsorted: readonly Bucket[]): number {
  if (Number.isNaN(q)) return Number.NaN;
  if (q < 0) return Number.NEGATIVE_INFINITY;
  if (q > 1) return Number.POSITIVE_INFINITY;
  const buckets = rising(merged([...unsorted].sort((a, b) => a.bound - b.bound)));
  const all = buckets[buckets.length - 1];
  const largest = buckets[buckets.length - 2];
  if (all?.bound !== Number.POSITIVE_INFINITY || largest === undefined || all.count === 0) return Number.NaN;
  const rank = q * all.count;
  const index = buckets.findIndex(({ count }) => count >= rank);
  const holding = buckets[index];
  // The observations beyond the largest bound are only known to lie beyond it.
  if (holding === undefined || index === buckets.length - 1) return largest.bound;
  if (index === 0 && holding.bound <= 0) return holding.bound;
  const below = buckets[index - 1] ?? { bound: 0, count: 0 };
  return below.bound + (holding.bound - below.bound) * ((rank - below.count) / (holding.count - below.count));
}

/** Buckets with the same bound, written differently (`1` and `1.0`), are one. */
function merged(buckets: readonly Bucket[]): Bucket[] {
  const result: Bucket[] = [];
  for (const bucket of buckets) {
    const last = result[result.length - 1];
    if (last?.bound === bucket.bound) result[result.length - 1] = { ...last, count: last.count + bucket.count };
    else result.push(bucket);
  }
  return result;
}

/** Scrapes and rates are not atomic: a bucket may seem to hold less than a smaller one. Prometheus lifts it. */
function rising(buckets: readonly Bucket[]): Bucket[] {
  let highest = Number.NEGATIVE_INFINITY;
  return buckets.map(({ bound, count }) => {
    if (count > highest) highest = count;
    return { bound, count: count < highest ? highest : count };
  });
}
