import type { Acting } from '../engine/acting/desk.ts';
import { messageOf, Refused } from '../engine/errors.ts';
import { type Queue, queueNames } from '../engine/ports.ts';
import type { SlackApp } from '../infra/slack/app.ts';
import type { Drills } from './drills.ts';
import { type HttpRequest, type HttpResponse, json, text } from './http.ts';
import type { Metrics } from './metrics.ts';
import { previewPlan } from './plans.ts';
import type { Reach } from './reach.ts';
import { SERVER_HEADER } from './running.ts';
import type { Route } from './server.ts';
import { receiveSlack } from './slack.ts';

export interface RoutesOptions {
  /** Tells this server from another one that may have its port later. */
  readonly server: string;
  readonly desk: Acting;
  readonly queue: Queue;
  readonly metrics: Metrics;
  /** Of every cluster it looks after. */
  readonly reach: readonly Pick<Reach, 'lines'>[];
  readonly drills: Drills;
  readonly app: SlackApp;
  readonly stopping: AbortSignal;
  /** No token is asked for: only requests to a loopback name are served. */
  readonly open: boolean;
  readonly alerts: Pick<Route, 'handle' | 'refuse' | 'onTooLarge'>;
}

/** Every way in over HTTP. */
export function routesOf(options: RoutesOptions): Route[] {
  const { app, drills, metrics, server } = options;
  return [
    { method: 'POST', path: '/alerts', ...options.alerts, handle: guarded(options, options.alerts.handle) },
    { method: 'POST', path: '/slack/events', handle: (request) => receiveSlack(app, request) },
    { method: 'GET', path: '/healthz', handle: () => text(200, 'ok') },
    { method: 'GET', path: '/readyz', handle: () => ready(options) },
    { method: 'GET', path: '/metrics', handle: () => exposition(metrics) },
    { method: 'GET', path: '/drills', handle: () => withHeader(json(200, drills.list()), SERVER_HEADER, server) },
    { method: 'GET', path: '/plans/', handle: guarded(options, (request) => preview(options, request)) },
    {
      method: 'POST',
      path: '/drills/',
      handle: guarded(options, ({ path }) => startDrill(drills, path.slice('/drills/'.length))),
    },
  ];
}

/** A page of another site, open in the same browser, must not be able to post here. */
function guarded({ open }: RoutesOptions, handle: Route['handle']): Route['handle'] {
  return (request) => {
    const { origin, host = '' } = request.headers;
    // Without a token the address is the only guard, and a name that was pointed at it afterwards must not count.
    if (open && !/^(localhost|127(\.\d+){3}|\[::1\])(:\d+)?$/.test(host))
      return text(403, `not served under the name ${host}`);
    if (origin !== undefined && URL.parse(origin)?.host !== host) return text(403, 'cross-origin requests are refused');
    return handle(request);
  };
}

async function startDrill(drills: Drills, id: string): Promise<HttpResponse> {
  try {
    await drills.start(id);
    return text(200, `drill ${id} started`);
  } catch (failure) {
    if (failure instanceof Refused) return text(404, failure.message);
    throw failure;
  }
}

/** For the command line, which cannot look into this process; only where there is nothing but practice. */
async function preview({ desk, drills }: RoutesOptions, { path }: HttpRequest): Promise<HttpResponse> {
  const [incident, remedy, more] = path.slice('/plans/'.length).split('/').map(decoded);
  if (drills.list().length === 0 || !incident || !remedy || more !== undefined) return text(404, 'nothing here');
  return json(200, await previewPlan(desk, incident, remedy));
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return '';
  }
}

function withHeader(response: HttpResponse, name: string, value: string): HttpResponse {
  return { ...response, headers: { ...response.headers, [name]: value } };
}

/**
 * Ready means: an alert that arrives now is stored and worked on. How Slack and the clusters answer stands there for people
 * only: a cluster that is down is what the alerts are about, and whoever works on them must stay in service.
 */
async function ready({ desk, queue, stopping, reach }: RoutesOptions): Promise<HttpResponse> {
  const checks: readonly (readonly [string, () => Promise<unknown>])[] = [
    [
      'store',
      () => desk.store.put({ collection: 'meta', id: 'readyz', value: desk.clock.now().toISOString(), expect: 'any' }),
    ],
    ['queue', () => Promise.all(queueNames.map((name) => queue.depth(name)))],
    ['running', async () => refuseIf(stopping.aborted, 'the server is stopping')],
  ];
  const results = await Promise.all(
    checks.map(([name, check]) =>
      check().then(
        () => ({ name, ok: true, line: `[+]${name} ok` }),
        (failure: unknown) => ({ name, ok: false, line: `[-]${name} failed: ${messageOf(failure)}` }),
      ),
    ),
  );
  const failed = results.filter(({ ok }) => !ok).map(({ name }) => name);
  const lines = [
    ...results.map(({ line }) => line),
    ...reach.flatMap((one) => one.lines()).map((line) => `[i]${line}`),
    failed.length === 0 ? 'ready' : `not ready: ${failed.join(', ')}`,
  ];
  return text(failed.length === 0 ? 200 : 503, lines.join('\n'));
}

function refuseIf(wrong: boolean, why: string): void {
  if (wrong) throw new Error(why);
}

async function exposition({ registry }: Metrics): Promise<HttpResponse> {
  return { status: 200, headers: { 'content-type': registry.contentType }, body: await registry.metrics() };
}
