import type { Facts } from '../facts.ts';
import type { Answered, Exchange } from '../listener.ts';
import { PromqlError } from '../promql/errors.ts';
import { evaluateInstant, evaluateRange } from '../promql/evaluate.ts';
import type { PracticeSeries } from '../promql/series.ts';
import { prometheusData, type Value } from '../promql/value.ts';
import { controlPlaneFamilies } from './control-plane.ts';
import { merged } from './families.ts';
import { nodeFamilies } from './nodes.ts';

const families = merged(nodeFamilies, controlPlaneFamilies);

/** Series of one metric, or of all when the query names none. */
function seriesOf(facts: Facts): (name: string | undefined) => Iterable<PracticeSeries> {
  return (name) => (name === undefined ? everything(facts) : (families[name]?.(facts) ?? []));
}

function* everything(facts: Facts): Generator<PracticeSeries> {
  for (const family of Object.values(families)) yield* family(facts);
}

/** Prometheus' HTTP API, as far as a client that queries needs it. */
export function answerPrometheus(facts: Facts, now: number, { request, url, body }: Exchange): Answered {
  const parameters = request.method === 'POST' ? new URLSearchParams(body) : url.searchParams;
  switch (url.pathname) {
    case '/-/ready':
      return { status: 200, headers: { 'content-type': 'text/plain' }, body: 'Prometheus Server is Ready.\n' };
    case '/api/v1/query':
      return evaluated(() => {
        const at = timeOf(parameters, 'time', now);
        return { value: evaluateInstant(required(parameters, 'query'), seriesOf(facts), at), at };
      });
    case '/api/v1/query_range':
      return evaluated(() => {
        const [start, end] = [timeOf(parameters, 'start', now), timeOf(parameters, 'end', now)];
        const step = stepOf(required(parameters, 'step'));
        return { value: evaluateRange(required(parameters, 'query'), seriesOf(facts), start, end, step), at: end };
      });
    default:
      return { status: 404, headers: { 'content-type': 'text/plain' }, body: '404 page not found\n' };
  }
}

function evaluated(evaluate: () => { readonly value: Value; readonly at: number }): Answered {
  try {
    const { value, at } = evaluate();
    return json(200, { status: 'success', data: prometheusData(value, at) });
  } catch (failure) {
    if (!(failure instanceof PromqlError)) throw failure;
    const { errorType, message } = failure;
    return json(errorType === 'bad_data' ? 400 : 422, { status: 'error', errorType, error: message });
  }
}

function required(parameters: URLSearchParams, name: string): string {
  const value = parameters.get(name);
  if (!value) throw new PromqlError('bad_data', `invalid parameter "${name}": empty`);
  return value;
}

/** Unix seconds or RFC 3339. */
function timeOf(parameters: URLSearchParams, name: string, otherwise: number): number {
  const text = parameters.get(name);
  if (text === null) return otherwise;
  const seconds = /^[\d.]+$/.test(text) ? Number(text) : Date.parse(text) / 1000;
  if (Number.isNaN(seconds))
    throw new PromqlError('bad_data', `invalid parameter "${name}": cannot parse "${text}" to a valid timestamp`);
  return seconds;
}

/** `15`, `15s`, `1m`. */
function stepOf(text: string): number {
  const [, digits, unit = 's'] = /^([\d.]+)([smh])?$/.exec(text) ?? [];
  const factor = { s: 1, m: 60, h: 3600 }[unit];
  if (digits === undefined || factor === undefined)
    throw new PromqlError('bad_data', `invalid parameter "step": cannot parse "${text}" to a valid duration`);
  return Number(digits) * factor;
}

function json(status: number, body: unknown): Answered {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}
