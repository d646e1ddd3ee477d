import type { Aggregation } from './ast.ts';
import { mean } from './counters.ts';
import { formatValue } from './format.ts';
import { identity, keyBy, only, withLabel, without } from './labels.ts';
import { extreme, quantile, variance } from './over-time.ts';
import type { Labels, Sample, Value } from './values.ts';

interface Group {
  readonly labels: Labels;
  readonly samples: Sample[];
}

type Reduce = (values: readonly number[]) => number;

const reductions: Readonly<Record<string, Reduce>> = {
  sum: (values) => values.reduce((sum, value) => sum + value, 0),
  avg: mean,
  min: (values) => extreme(values, (a, b) => a < b),
  max: (values) => extreme(values, (a, b) => a > b),
  count: (values) => values.length,
  group: () => 1,
  stddev: (values) => Math.sqrt(variance(values)),
  stdvar: variance,
};

/** `sum by (…)`, `topk (…)` and the others over one instant vector. */
export function aggregate(
  { op, labels, without: excluding }: Aggregation,
  samples: readonly Sample[],
  parameter: Value | undefined,
  atMs: number,
): readonly Sample[] {
  if (op === 'count_values') {
    const label = parameter?.type === 'string' ? parameter.value : '';
    return aggregate(
      { ...counting, labels: excluding ? labels : [...labels, label], without: excluding },
      samples.map((sample) => ({ ...sample, labels: withLabel(sample.labels, label, formatValue(sample.v)) })),
      undefined,
      atMs,
    );
  }
  const number = parameter?.type === 'scalar' ? parameter.value : Number.NaN;
  const groups = [...grouped(samples, labels, excluding).values()];
  if (op === 'topk' || op === 'bottomk') return groups.flatMap((group) => extremes(op, number, group.samples));
  const reduce = op === 'quantile' ? (values: readonly number[]) => quantile(values, number) : reductions[op];
  return groups.map((group) => ({
    labels: group.labels,
    t: atMs,
    v: reduce?.(group.samples.map(({ v }) => v)) ?? Number.NaN,
  }));
}

const counting = { kind: 'aggregation', op: 'count', expr: { kind: 'number', value: 0 } } as const;

function grouped(samples: readonly Sample[], labels: readonly string[], excluding: boolean): Map<string, Group> {
  const groups = new Map<string, Group>();
  const dropped = [...labels, '__name__'];
  for (const sample of samples) {
    const key = excluding ? identity(without(sample.labels, dropped)) : keyBy(sample.labels, labels);
    const group = groups.get(key);
    if (group) group.samples.push(sample);
    else {
      const kept = excluding ? without(sample.labels, dropped) : only(sample.labels, labels);
      groups.set(key, { labels: kept, samples: [sample] });
    }
  }
  return groups;
}

/** The k largest (smallest) in order, NaN last; they keep their own labels. */
function extremes(op: 'topk' | 'bottomk', k: number, samples: readonly Sample[]): readonly Sample[] {
  const sign = op === 'topk' ? -1 : 1;
  const order = (a: Sample, b: Sample) => {
    if (Number.isNaN(a.v)) return Number.isNaN(b.v) ? 0 : 1;
    return Number.isNaN(b.v) ? -1 : sign * (a.v - b.v);
  };
  return k >= 1 ? [...samples].sort(order).slice(0, Math.trunc(k)) : [];
}
