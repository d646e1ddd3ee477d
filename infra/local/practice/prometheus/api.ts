import type { Facts } from '../facts.ts';
import type { Answered, Exchange } from '../listener.ts';
import { PromqlError } from '../promql/errors.ts';
import { evaluateInstant, evaluateRange } from '../promql/evaluate.ts';
import type { Matcher } from '../promql/language/syntax.ts';
import type { PracticeSeries } from '../promql/series.ts';
import { prometheusData, type Value } from '../promql/value.ts';
import { containers } from './containers.ts';
import { controlPlaneFamilies } from './control-plane.ts';
import { dns } from './dns.ts';
import { etcd } from './etcd.ts';
import { merged } from './families.ts';
import { kubelets, refusalOf } from './kubelets.ts';
import { logs } from './logs.ts';
import { machines } from './machines.ts';
import { objects } from './state-metrics.ts';
import { activeTargets } from './targets.ts';
import { wantedBy } from './wanted.ts';

const families = merged(kubelets, logs, containers, machines, objects, etcd, dns, controlPlaneFamilies);

/** The series that a selector could mean. */
export function* seriesOf(facts: Facts, matchers: readonly Matcher[]): Generator<PracticeSeries> {
  const wanted = wantedBy(matchers);
  const name = wanted.exactly('__name__');
  for (const each of name === undefined ? wanted.among('__name__', Object.keys(families)) : [name]) {
    yield* families[each]?.(facts, wanted) ?? [];
  }
}

/** Prometheus' HTTP API, as far as a client that queries needs it. */
export function answerPrometheus(facts: Facts, now: number, { request, url, body }: Exchange): Answered {
  const parameters = request.method === 'POST' ? new URLSearchParams(body) : url.searchParams;
  const index = (_name: string | undefined, matchers: readonly Matcher[] = []) => seriesOf(facts, matchers);
  const targets = () =>
    activeTargets(index, now, ({ job, instance = '' }) =>
      job === 'kubelet' ? refusalOf(facts, instance, now) : undefined,
    );
  switch (url.pathname) {
    case '/-/ready':
    case '/-/healthy':
      return text(200, `Prometheus Server is ${url.pathname === '/-/ready' ? 'Ready' : 'Healthy'}.\n`);
    case '/api/v1/status/buildinfo':
      return success({ version: '2.53.5', revision: 'practice', branch: 'HEAD', goVersion: 'go1.23.10' });
    case '/graph': {
      // The link in every alert. There is no page here, but the query's answer.
      const query = new URLSearchParams({ query: url.searchParams.get('g0.expr') ?? '' });
      return { status: 302, headers: { location: `/api/v1/query?${query}` }, body: '' };
    }
    case '/api/v1/query':
      return evaluated(() => {
        const at = timeOf(parameters, 'time', now);
        return { value: evaluateInstant(queryOf(parameters), index, at), at };
      });
    case '/api/v1/query_range':
      return evaluated(() => {
        const [start, end] = [timeOf(parameters, 'start'), timeOf(parameters, 'end')];
        const step = stepOf(parameters);
        return { value: evaluateRange(queryOf(parameters), index, start, end, step), at: end };
      });
    case '/api/v1/scrape_pools':
      return success({ scrapePools: [...new Set(targets().map(({ scrapePool }) => scrapePool))] });
    case '/api/v1/targets': {
      const pool = parameters.get('scrapePool') ?? '';
      const active = targets().filter(({ scrapePool }) => pool === '' || scrapePool === pool);
      return success({ activeTargets: active, droppedTargets: [] });
    }
    default:
      return text(404, '404 page not found\n');
  }
}

function evaluated(evaluate: () => { readonly value: Value; readonly at: number }): Answered {
  try {
    const { value, at } = evaluate();
    return success(prometheusData(value, at));
  } catch (failure) {
    if (!(failure instanceof PromqlError)) throw failure;
    const { errorType, message } = failure;
    const parsing = /^\d+:\d+: parse error/.test(message);
    const error = parsing ? `invalid parameter "query": ${message}` : message;
    return json(errorType === 'bad_data' ? 400 : 422, { status: 'error', errorType, error });
  }
}

/** An empty query is one that cannot be parsed. */
function queryOf(parameters: URLSearchParams): string {
  return parameters.get('query') ?? '';
}

/** Unix seconds or RFC 3339. */
function timeOf(parameters: URLSearchParams, name: string, otherwise?: number): number {
  const written = parameters.get(name) ?? '';
  if (written === '' && otherwise !== undefined) return otherwise;
  const seconds = /^-?[\d.]+(e[+-]?\d+)?$/i.test(written) ? Number(written) : Date.parse(written) / 1000;
  if (!Number.isNaN(seconds)) return seconds;
  const which = name === 'time' ? "Invalid time value for 'time': " : '';
  const why = `${which}cannot parse "${written}" to a valid timestamp`;
  throw new PromqlError('bad_data', `invalid parameter "${name}": ${why}`);
}

const UNIT_SECONDS: Readonly<Record<string, number>> = { ms: 0.001, s: 1, m: 60, h: 3600, d: 86_400 };

/** `15`, `15s`, `1m30s`. */
function stepOf(parameters: URLSearchParams): number {
  const written = parameters.get('step') ?? '';
  if (/^\d+(\.\d+)?$/.test(written)) return Number(written);
  const parts = [...written.matchAll(/(\d+)(ms|[smhd])/g)];
  if (parts.length > 0 && parts.map(([part]) => part).join('') === written) {
    return parts.reduce((sum, [, count, unit = '']) => sum + Number(count) * (UNIT_SECONDS[unit] ?? 0), 0);
  }
  throw new PromqlError('bad_data', `invalid parameter "step": cannot parse "${written}" to a valid duration`);
}

function success(data: unknown): Answered {
  return json(200, { status: 'success', data });
}

function json(status: number, body: unknown): Answered {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}

function text(status: number, body: string): Answered {
  return { status, headers: { 'content-type': 'text/plain; charset=utf-8' }, body };
}
