import type { Expr, Matcher } from './ast.ts';
import type { OverRange } from './counters.ts';
import { executionError } from './errors.ts';
import { histogramQuantile } from './histogram.ts';
import { labelJoin, labelReplace } from './label-functions.ts';
import { distinct, unnamed, withoutName } from './labels.ts';
import { predictLinear, quantileOverTime, rangeFunctions } from './over-time.ts';
import { sampleFunction } from './sample-functions.ts';
import type { Labels, Sample, Stretch, Value } from './values.ts';

/** Calls one function with its arguments already evaluated; their number and types were checked by the parser. */
export function callFunction(
  { name, args }: Extract<Expr, { kind: 'call' }>,
  values: readonly Value[],
  atMs: number,
): Value {
  const given = sorted(values);
  const [firstScalar = Number.NaN] = given.scalars;
  const vector = (samples: readonly Sample[]): Value => ({ type: 'vector', samples });
  switch (name) {
    case 'time':
      return { type: 'scalar', value: atMs / 1000 };
    case 'pi':
      return { type: 'scalar', value: Math.PI };
    case 'scalar':
      return { type: 'scalar', value: given.samples.length === 1 ? (given.samples[0]?.v ?? Number.NaN) : Number.NaN };
    case 'vector':
      return vector([{ labels: {}, t: atMs, v: firstScalar }]);
    case 'timestamp': {
      // Of a selector it is the moment of the scrape, of anything else that of the evaluation.
      const sampled = bare(args[0])?.kind === 'selector';
      return vector(unnamed(given.samples.map(({ labels, t }) => ({ labels, t, v: (sampled ? t : atMs) / 1000 }))));
    }
    case 'absent':
      return vector(given.samples.length > 0 ? [] : [{ labels: labelsOfAbsent(args[0]), t: atMs, v: 1 }]);
    case 'absent_over_time':
      return vector(given.stretches.length > 0 ? [] : [{ labels: labelsOfAbsent(args[0]), t: atMs, v: 1 }]);
    case 'sort':
      return vector(inOrder(given.samples, 1));
    case 'sort_desc':
      return vector(inOrder(given.samples, -1));
    case 'histogram_quantile':
      return vector(histogramQuantile(firstScalar, given.samples));
    case 'label_replace':
      return vector(labelReplace(given.samples, given.texts));
    case 'label_join':
      return vector(labelJoin(given.samples, given.texts));
    case 'quantile_over_time':
      return vector(overRange(given.stretches, atMs, (stretch) => quantileOverTime(stretch, firstScalar)));
    case 'predict_linear':
      return vector(overRange(given.stretches, atMs, (stretch) => predictLinear(stretch, firstScalar)));
  }
  const range = rangeFunctions[name];
  if (range) return vector(overRange(given.stretches, atMs, range, name === 'last_over_time'));
  const samples = values.length === 0 ? [{ labels: {}, t: atMs, v: atMs / 1000 }] : given.samples;
  const elementwise = sampleFunction(name, samples, given.scalars);
  if (elementwise) return vector(elementwise);
  throw executionError(`function "${name}" is not supported by the practice cluster`);
}

/** The arguments by type, each in the order of writing. */
function sorted(values: readonly Value[]) {
  return {
    samples: values.flatMap((value) => (value.type === 'vector' ? value.samples : [])),
    stretches: values.flatMap((value) => (value.type === 'matrix' ? value.stretches : [])),
    scalars: values.flatMap((value) => (value.type === 'scalar' ? [value.value] : [])),
    texts: values.flatMap((value) => (value.type === 'string' ? [value.value] : [])),
  };
}

function overRange(stretches: readonly Stretch[], atMs: number, reckon: OverRange, named = false): readonly Sample[] {
  const samples = stretches.flatMap((stretch) => {
    const v = reckon(stretch);
    return v === undefined ? [] : [{ labels: named ? stretch.labels : withoutName(stretch.labels), t: atMs, v }];
  });
  const mixed = stretches.some(({ labels }) => labels.__name__ !== stretches[0]?.labels.__name__);
  return mixed ? distinct(samples) : samples;
}

function bare(expr: Expr | undefined): Expr | undefined {
  return expr?.kind === 'paren' ? bare(expr.expr) : expr;
}

/** What is absent is named as far as the selector says it outright: `absent(up{job="x"})` gives `{job="x"}`. */
function labelsOfAbsent(expr: Expr | undefined): Labels {
  const inner = bare(expr);
  const selector = inner?.kind === 'range' ? inner.selector : inner;
  if (selector?.kind !== 'selector') return {};
  const byLabel = Map.groupBy(selector.matchers, ({ label }) => label);
  const certain = ([label, matchers]: [string, Matcher[]]) =>
    label !== '__name__' && matchers.length === 1 && matchers[0]?.op === '=';
  return Object.fromEntries([...byLabel].filter(certain).map(([label, [only]]) => [label, only?.value ?? '']));
}

function inOrder(samples: readonly Sample[], sign: 1 | -1): readonly Sample[] {
  return [...samples].sort((a, b) => {
    if (Number.isNaN(a.v)) return Number.isNaN(b.v) ? 0 : 1;
    return Number.isNaN(b.v) ? -1 : sign * (a.v - b.v);
  });
}
