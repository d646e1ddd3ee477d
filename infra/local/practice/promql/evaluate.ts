import { executionError, PromqlError } from './errors.ts';
import { called, scalarCalled } from './functions/calls.ts';
import { parse } from './language/parse.ts';
import { type Binary, type Expr, joinsSets, type Ranged } from './language/syntax.ts';
import { typeOf } from './language/types.ts';
import type { Point, Sample, Value, Window } from './value.ts';
import { aggregated } from './vectors/aggregate.ts';
import { scalarsJoined, setsJoined, vectorsJoined, withScalar } from './vectors/binary.ts';
import { keyOf, type Labels, withoutName } from './vectors/labels.ts';
import { finder, latest, type Moment, refuseTooMany, type SeriesIndex, shifted, within } from './vectors/select.ts';

/** Prometheus answers no range query with more points per series. */
const mostPoints = 11_000;

/**
 * The answer of Prometheus 2 to an instant query over these series: ranges and the five minutes an instant selector
 * looks back include both their ends. Throws `PromqlError`.
 */
export function evaluateInstant(promql: string, series: SeriesIndex, atUnixSeconds: number): Value {
  const expr = parse(promql);
  const atMs = Math.round(atUnixSeconds * 1000);
  const moment: Moment = { atMs, startMs: atMs, endMs: atMs, find: finder(series) };
  switch (typeOf(expr)) {
    case 'scalar':
      return { type: 'scalar', value: scalarOf(expr, moment) };
    case 'string':
      return { type: 'string', text: textOf(expr) };
    case 'instant vector':
      return { type: 'vector', samples: vectorOf(expr, moment) };
    case 'range vector':
      return { type: 'matrix', series: windowsOf(expr, moment) };
  }
}

/** The answer to a range query: always a matrix. Times and step in seconds. Throws `PromqlError`. */
export function evaluateRange(promql: string, series: SeriesIndex, start: number, end: number, step: number): Value {
  const expr = parse(promql);
  const type = typeOf(expr);
  if (type === 'range vector' || type === 'string')
    throw new PromqlError(
      'bad_data',
      `invalid expression type "${type}" for range query, must be Scalar or instant Vector`,
    );
  if (end < start)
    throw new PromqlError('bad_data', 'invalid parameter "end": end timestamp must not be before start time');
  if (!(step > 0))
    throw new PromqlError(
      'bad_data',
      'invalid parameter "step": zero or negative query resolution step widths are not accepted. Try a positive integer',
    );
  if ((end - start) / step > mostPoints)
    throw new PromqlError(
      'bad_data',
      'exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the query resolution (?step=XX)',
    );
  const [startMs, endMs] = [Math.round(start * 1000), Math.round(end * 1000)];
  const whole: Moment = { atMs: startMs, startMs, endMs, find: finder(series) };
  const instants = stepped(whole, startMs, endMs, Math.max(1, Math.round(step * 1000)), (moment) =>
    type === 'scalar' ? [{ labels: {}, value: scalarOf(expr, moment) }] : vectorOf(expr, moment),
  );
  return { type: 'matrix', series: instants };
}

function vectorOf(expr: Expr, moment: Moment): Sample[] {
  switch (expr.kind) {
    case 'parentheses':
      return vectorOf(expr.expr, moment);
    case 'selector': {
      const atMs = shifted(moment, expr.shift);
      return moment.find(expr).flatMap((series) => {
        const point = latest(series, atMs);
        return point ? [{ labels: series.labels, value: point.value }] : [];
      });
    }
    case 'negation':
      return distinct(
        vectorOf(expr.expr, moment).map(({ labels, value }) => ({ labels: withoutName(labels), value: -value })),
      );
    case 'aggregation': {
      const param = expr.param ? scalarOf(expr.param, moment) : Number.NaN;
      return aggregated(expr, vectorOf(expr.expr, moment), param);
    }
    case 'binary':
      return distinct(joined(expr, moment));
    case 'call':
      return distinct(called(expr, moment, { scalarOf, vectorOf, windowsOf, textOf }));
    default:
      throw executionError(`${expr.kind} is no instant vector`);
  }
}

function joined(expr: Binary, moment: Moment): Sample[] {
  if (typeOf(expr.left) === 'scalar')
    return withScalar(expr, vectorOf(expr.right, moment), scalarOf(expr.left, moment), true);
  if (typeOf(expr.right) === 'scalar')
    return withScalar(expr, vectorOf(expr.left, moment), scalarOf(expr.right, moment), false);
  const join = joinsSets(expr.operator) ? setsJoined : vectorsJoined;
  return join(expr, vectorOf(expr.left, moment), vectorOf(expr.right, moment));
}

function scalarOf(expr: Expr, moment: Moment): number {
  switch (expr.kind) {
    case 'number':
      return expr.value;
    case 'parentheses':
      return scalarOf(expr.expr, moment);
    case 'negation':
      return -scalarOf(expr.expr, moment);
    case 'binary':
      return scalarsJoined(expr, scalarOf(expr.left, moment), scalarOf(expr.right, moment));
    case 'call':
      return scalarCalled(expr, moment, { scalarOf, vectorOf, windowsOf, textOf });
    default:
      throw executionError(`${expr.kind} is no scalar`);
  }
}

function textOf(expr: Expr): string {
  if (expr.kind === 'parentheses') return textOf(expr.expr);
  if (expr.kind !== 'string') throw executionError(`${expr.kind} is no string`);
  return expr.text;
}

/** The samples of a range: those that were scraped, or those a subquery computes at the multiples of its step. */
function windowsOf(expr: Expr, moment: Moment): Window[] {
  if (expr.kind === 'parentheses') return windowsOf(expr.expr, moment);
  if (expr.kind !== 'range' && expr.kind !== 'subquery') throw executionError(`${expr.kind} is no range vector`);
  const toMs = shifted(moment, expr.kind === 'range' ? expr.selector.shift : expr.shift);
  const fromMs = toMs - expr.rangeMs;
  return seriesWithin(expr, moment, fromMs, toMs)
    .filter(({ points }) => points.length > 0)
    .map(({ labels, points }) => ({ labels, points, fromMs, toMs }));
}

function seriesWithin(
  expr: Ranged,
  moment: Moment,
  fromMs: number,
  toMs: number,
): { labels: Labels; points: Point[] }[] {
  if (expr.kind === 'range')
    return moment
      .find(expr.selector)
      .map((series) => ({ labels: series.labels, points: within(series, fromMs, toMs) }));
  const firstMs = Math.ceil(fromMs / expr.stepMs) * expr.stepMs;
  return stepped(moment, firstMs, toMs, expr.stepMs, (at) => vectorOf(expr.expr, at));
}

/** Evaluates at every step and joins what belongs to one series. */
function stepped(
  moment: Moment,
  fromMs: number,
  toMs: number,
  stepMs: number,
  evaluate: (moment: Moment) => readonly Sample[],
): { labels: Labels; points: Point[] }[] {
  refuseTooMany((toMs - fromMs) / stepMs);
  const series = new Map<string, { labels: Labels; points: Point[] }>();
  for (let atMs = fromMs; atMs <= toMs; atMs += stepMs) {
    for (const { labels, value } of evaluate({ ...moment, atMs })) {
      const known = series.get(keyOf(labels));
      if (known) known.points.push({ atMs, value });
      else series.set(keyOf(labels), { labels, points: [{ atMs, value }] });
    }
  }
  return [...series.values()];
}

/** Without their names two series may look the same; Prometheus then gives up. */
function distinct(samples: Sample[]): Sample[] {
  if (new Set(samples.map(({ labels }) => keyOf(labels))).size < samples.length)
    throw executionError('vector cannot contain metrics with the same labelset');
  return samples;
}
