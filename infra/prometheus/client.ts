import * as z from 'zod';
import { messageOf, ReadFailure, Refused } from '../../engine/errors.ts';
import type { Clock } from '../../engine/ports.ts';
import type { Answer, ReadLimits, ReadRequest, Source } from '../../engine/readers.ts';
import { isOfMetrics, type MetricsRequest } from '../../engine/request.ts';
import { ask, type Call, gist, inTime, type Reply, type Turn } from '../kubernetes/http.ts';
import { connections } from '../kubernetes/pool.ts';
import type { Proxies } from '../kubernetes/proxies.ts';
import { gapsOf, samplesOf, seriesOf } from './answer.ts';
import { failureOf } from './failures.ts';
import { type Get, isUnserved, targetsOf } from './targets.ts';

export interface PrometheusOptions {
  /** Of the server, with the path it is served under, for example `https://metrics.example/prometheus`. */
  readonly url: string;
  /** Asked before every query, so that a token may be renewed. */
  readonly bearerToken?: () => string | Promise<string>;
  readonly basicAuth?: { readonly username: string; readonly password: () => string | Promise<string> };
  /** Such as `X-Scope-OrgID` of Mimir and Thanos. */
  readonly headers?: Readonly<Record<string, string>>;
  /** PEM of the authority that signed its certificate, when it is not a public one. */
  readonly ca?: string;
  /** The way there. */
  readonly proxies?: Proxies;
  readonly version: string;
  readonly clock?: Clock;
}

export interface PrometheusServer {
  readonly source: Source;
  /** Without credentials. */
  readonly url: string;
  close(): Promise<void>;
}

type PromqlRequest = Exclude<MetricsRequest, { verb: 'targets' }>;

/** Longer queries are posted as a form: proxies commonly cut URLs at 8 KiB. */
const LONGEST_URL = 4_000;

/** One Prometheus, or anything that speaks its HTTP API. Throws `Refused` for a URL that is none. */
export function prometheusFrom(options: PrometheusOptions): PrometheusServer {
  const { clock = { now: () => new Date() } } = options;
  const base = checkedUrl(options.url);
  const proxy = options.proxies?.(base);
  const agent = connections(proxy, options.ca === undefined ? {} : { ca: options.ca });

  async function read(request: MetricsRequest, turn: Turn): Promise<Answer> {
    turn.waitingFor(options.basicAuth ? 'the Prometheus password' : 'the Prometheus token');
    const headers = await headersOf(options, base);
    return request.verb === 'targets' ? readTargets(request.job, headers, turn) : readPromql(request, headers, turn);
  }

  async function readTargets(job: string, headers: Record<string, string>, turn: Turn): Promise<Answer> {
    const get: Get = async (path) => {
      const reply = await ask(agent, { origin: base.origin, proxy, path: apiPath(base, path), headers }, turn);
      if (reply.status === 200 || isUnserved(reply)) return reply;
      throw failureOf(reply, base, path);
    };
    return { ...(await targetsOf(job, get, parsed)), asOf: clock.now() };
  }

  async function readPromql(request: PromqlRequest, headers: Record<string, string>, turn: Turn): Promise<Answer> {
    const reply = await ask(agent, { ...callOf(request, base, headers, clock, turn), proxy }, turn);
    if (reply.status !== 200) throw failureOf(reply, base, request.promql);
    const both = (answer: unknown) => ({
      body: request.verb === 'query' ? samplesOf(answer) : seriesOf(answer),
      gaps: gapsOf(answer),
    });
    const { body, gaps } = parsed(reply, both);
    const [gap, ...more] = gaps;
    const told = { bytes: reply.bytes, asked: request.promql, asOf: clock.now() };
    if (gap === undefined) return { body, ...told };
    const partial = `${gist(gap)}${more.length === 0 ? '' : ` (and ${more.length} more)`}`;
    if (body.length === 0) throw nothingButAGap(base.host, partial);
    return { body, ...told, partial };
  }

  return {
    url: `${base.origin}${base.pathname}`,
    close: () => agent.close(),
    source: {
      read: (request: ReadRequest, limits: ReadLimits) =>
        inTime(limits, (turn) => {
          if (isOfMetrics(request)) return read(request, turn);
          throw new ReadFailure('not-configured', 'a Prometheus server holds no Kubernetes objects');
        }),
    },
  };
}

/** No series, and a part that could not be asked: that is no absence. */
function nothingButAGap(host: string, partial: string): ReadFailure {
  return new ReadFailure('server-error', `${host} answered in part only, and nothing in it: ${partial}`, {
    remedy: 'Look at what it warns of: a store behind it is away, or slow.',
  });
}

function checkedUrl(text: string): URL {
  const url = URL.parse(text);
  if (url && /^https?:$/.test(url.protocol)) return url;
  throw new Refused('PROMETHEUS_CONFIG', `clusters[].prometheus.url is no http(s) URL: ${text}`);
}

async function headersOf(options: PrometheusOptions, base: URL): Promise<Record<string, string>> {
  const headers = { accept: 'application/json', 'user-agent': `nightshift/${options.version}`, ...options.headers };
  const credentials = await credentialsOf(options, base);
  return credentials === undefined ? headers : { ...headers, authorization: credentials };
}

async function credentialsOf({ basicAuth, bearerToken }: PrometheusOptions, base: URL): Promise<string | undefined> {
  if (basicAuth) return basic(basicAuth.username, await obtained('password', 'basicAuth.password', basicAuth.password));
  if (base.username) return basic(decodeURIComponent(base.username), decodeURIComponent(base.password));
  const token = bearerToken && (await obtained('token', 'bearerToken', bearerToken));
  return token ? `Bearer ${token}` : undefined;
}

function basic(username: string, password: string): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}

async function obtained(what: string, setting: string, secret: () => string | Promise<string>): Promise<string> {
  try {
    return (await secret()).trim();
  } catch (thrown) {
    throw new ReadFailure('unauthorized', `no ${what} for Prometheus: ${messageOf(thrown)}`, {
      remedy: `Check clusters[].prometheus.${setting}.`,
      cause: thrown,
    });
  }
}

function callOf(request: PromqlRequest, base: URL, headers: Record<string, string>, clock: Clock, turn: Turn): Call {
  const end = clock.now().getTime() / 1000;
  const form = new URLSearchParams({
    query: request.promql,
    // Prometheus should not go on computing what nobody waits for any more.
    timeout: `${Math.max(1, Math.ceil(turn.remainingMs()))}ms`,
    ...(request.verb === 'query'
      ? {}
      : { start: `${end - request.windowSeconds}`, end: `${end}`, step: `${request.stepSeconds}` }),
  }).toString();
  const path = apiPath(base, request.verb === 'query' ? 'query' : 'query_range');
  if (form.length <= LONGEST_URL) return { origin: base.origin, path: `${path}?${form}`, headers };
  const formHeaders = { ...headers, 'content-type': 'application/x-www-form-urlencoded' };
  return { origin: base.origin, path, method: 'POST', headers: formHeaders, body: form };
}

function apiPath(base: URL, path: string): string {
  return `${base.pathname.replace(/\/$/, '')}/api/v1/${path}`;
}

function parsed<T>(reply: Reply, parse: (answer: unknown) => T): T {
  try {
    return parse(JSON.parse(reply.text));
  } catch (thrown) {
    const why =
      thrown instanceof z.ZodError
        ? `${thrown.issues[0]?.path.join('.')}: ${thrown.issues[0]?.message}`
        : `no JSON (${reply.header('content-type') ?? 'no content type'}): ${gist(reply.text) || 'empty'}`;
    throw new ReadFailure('unparsable', `Prometheus answered something unexpected: ${why}`, { cause: thrown });
  }
}
