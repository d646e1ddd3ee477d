import { executionError } from '../errors.ts';
import type { Aggregation } from '../language/syntax.ts';
import { numberText, type Sample } from '../value.ts';
import { keyOf, type Labels } from './labels.ts';
import { ascending, average, highest, lowest, quantile, total, variance } from './statistics.ts';

type Summary = (values: readonly number[], param: number) => number;

const summaries: Readonly<Record<string, Summary>> = {
  sum: total,
  avg: average,
  count: (values) => values.length,
  group: () => 1,
  min: lowest,
  max: highest,
  stddev: (values) => Math.sqrt(variance(values)),
  stdvar: variance,
  quantile,
};

/** The aggregations with a scalar before the vector. */
export const withParam: readonly string[] = ['topk', 'bottomk', 'quantile'];
export const aggregators: readonly string[] = [...Object.keys(summaries), 'topk', 'bottomk'];

/** `sum by (…)` and its like: one sample per group, or of each group the first `param` samples. */
export function aggregated({ operator, group }: Aggregation, samples: readonly Sample[], param: number): Sample[] {
  const groups = new Map<string, { labels: Labels; members: Sample[] }>();
  for (const sample of samples) {
    const labels = group(sample.labels);
    const known = groups.get(keyOf(labels));
    if (known) known.members.push(sample);
    else groups.set(keyOf(labels), { labels, members: [sample] });
  }
  const summary = summaries[operator];
  return [...groups.values()].flatMap(({ labels, members }) => {
    if (!summary) return furthest(members, param, operator === 'topk');
    const values = members.map(({ value }) => value);
    return [{ labels, value: summary(values, param) }];
  });
}

/** The `count` largest or smallest samples, with all their labels; NaN is last either way. */
function furthest(samples: readonly Sample[], count: number, top: boolean): Sample[] {
  if (!Number.isFinite(count)) throw executionError(`Scalar value ${numberText(count)} overflows int64`);
  return sorted(samples, top).slice(0, Math.max(0, Math.trunc(count)));
}

export function sorted(samples: readonly Sample[], descending: boolean): Sample[] {
  return [...samples].sort((a, b) => {
    if (Number.isNaN(a.value) || Number.isNaN(b.value)) return ascending(b.value, a.value);
    return descending ? ascending(b.value, a.value) : ascending(a.value, b.value);
  });
}
