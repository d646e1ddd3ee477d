import { executionError } from '../errors.ts';
import type { Call, Expr } from '../language/syntax.ts';
import { typeOf } from '../language/types.ts';
import type { Sample, Window } from '../value.ts';
import { sorted } from '../vectors/aggregate.ts';
import { type Labels, metricName, withoutName } from '../vectors/labels.ts';
import { latest, type Moment, shifted } from '../vectors/select.ts';
import { histogramQuantile } from './histogram-quantile.ts';
import { labelJoin, labelReplace } from './label-functions.ts';
import { overTime } from './over-time.ts';
import { perSample } from './per-sample.ts';
import { rates } from './rates.ts';

/** How a function gets at its arguments. */
export interface Evaluator {
  readonly scalarOf: (expr: Expr, moment: Moment) => number;
  readonly vectorOf: (expr: Expr, moment: Moment) => Sample[];
  readonly windowsOf: (expr: Expr, moment: Moment) => Window[];
  readonly textOf: (expr: Expr) => string;
}

/** Calls a function that gives an instant vector. */
export function called({ name, args }: Call, moment: Moment, evaluator: Evaluator): Sample[] {
  const ofType = (type: ReturnType<typeof typeOf>) => args.filter((arg) => typeOf(arg) === type);
  const scalars = () => ofType('scalar').map((arg) => evaluator.scalarOf(arg, moment));
  const texts = () => ofType('string').map(evaluator.textOf);
  const vector = () => ofType('instant vector').flatMap((arg) => evaluator.vectorOf(arg, moment));
  const windows = () => ofType('range vector').flatMap((arg) => evaluator.windowsOf(arg, moment));
  switch (name) {
    case 'vector':
      return scalars().map((value) => ({ labels: {}, value }));
    case 'sort':
    case 'sort_desc':
      return sorted(vector(), name === 'sort_desc');
    case 'absent':
      return absence(vector(), args[0]);
    case 'absent_over_time':
      return absence(windows(), args[0]);
    case 'timestamp':
      return timestamps(args[0], moment, evaluator);
    case 'histogram_quantile':
      return histogramQuantile(scalars()[0] ?? Number.NaN, vector());
    case 'label_replace':
      return labelReplace(vector(), texts());
    case 'label_join':
      return labelJoin(vector(), texts());
    case 'clamp': {
      const [min = Number.NaN, max = Number.NaN] = scalars();
      return mapped(vector(), perSample.clamp, [min, max]).filter(() => !(max < min));
    }
    default:
      return rangeFunction(name)
        ? overRange(name, windows(), scalars(), moment)
        : mapped(vector(), perSample[name], scalars());
  }
}

/** Calls a function that gives a scalar. */
export function scalarCalled({ name, args: [argument] }: Call, moment: Moment, evaluator: Evaluator): number {
  if (name === 'time') return moment.atMs / 1000;
  const samples = argument ? evaluator.vectorOf(argument, moment) : [];
  return samples.length === 1 ? (samples[0]?.value ?? Number.NaN) : Number.NaN;
}

function rangeFunction(name: string) {
  return rates[name] ?? overTime[name];
}

function overRange(
  name: string,
  windows: readonly Window[],
  [param = Number.NaN]: readonly number[],
  { atMs }: Moment,
): Sample[] {
  return windows.flatMap((window) => {
    const value = rangeFunction(name)?.(window, param, atMs);
    const labels = name === 'last_over_time' ? window.labels : withoutName(window.labels);
    return value === undefined ? [] : [{ labels, value }];
  });
}

function mapped(
  samples: readonly Sample[],
  change: ((value: number, ...params: number[]) => number) | undefined,
  params: readonly number[],
): Sample[] {
  if (!change) throw executionError('this function is not supported by the practice cluster');
  return samples.map(({ labels, value }) => ({ labels: withoutName(labels), value: change(value, ...params) }));
}

/** When a selector's samples were scraped; of any computed vector the moment of the evaluation. */
function timestamps(argument: Expr | undefined, moment: Moment, evaluator: Evaluator): Sample[] {
  if (!argument) return [];
  if (argument.kind === 'parentheses') return timestamps(argument.expr, moment, evaluator);
  if (argument.kind !== 'selector')
    return evaluator
      .vectorOf(argument, moment)
      .map(({ labels }) => ({ labels: withoutName(labels), value: moment.atMs / 1000 }));
  const atMs = shifted(moment, argument.shift);
  return moment.find(argument).flatMap((series) => {
    const point = latest(series, atMs);
    return point ? [{ labels: withoutName(series.labels), value: point.atMs / 1000 }] : [];
  });
}

/** One sample where nothing was found, with the labels the selector asked for by `=`. */
function absence(found: readonly unknown[], argument: Expr | undefined): Sample[] {
  return found.length > 0 ? [] : [{ labels: labelsAskedFor(argument), value: 1 }];
}

function labelsAskedFor(expr: Expr | undefined): Labels {
  const selector = expr?.kind === 'range' ? expr.selector : expr;
  if (selector?.kind !== 'selector') return {};
  const matchers = selector.matchers.filter(({ label }) => label !== metricName);
  const once = matchers.filter(({ label }) => matchers.filter((other) => other.label === label).length === 1);
  return Object.fromEntries(
    once.filter(({ operator, value }) => operator === '=' && value !== '').map(({ label, value }) => [label, value]),
  );
}
