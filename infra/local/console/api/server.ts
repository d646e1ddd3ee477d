import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { Fault, FaultPlan } from '../faults.ts';
import { BodyTooLarge, readBody, sendJson, urlOf } from '../http.ts';
import type { ConsoleLog } from '../options.ts';
import type { RateLimiter } from '../rate-limits.ts';
import type { ResponseUrls } from '../response-urls.ts';
import { type ApiContext, type Args, type Method, SlackError, text } from './call.ts';
import { chatMethods } from './chat.ts';
import { conversationMethods } from './conversations.ts';
import { viewMethods } from './views.ts';
import { workspaceMethods } from './workspace-methods.ts';

const methods: Readonly<Record<string, Method>> = {
  ...chatMethods,
  ...conversationMethods,
  ...viewMethods,
  ...workspaceMethods,
};
const maxBodyBytes = 1_000_000;

export interface ApiDependencies {
  readonly context: ApiContext;
  readonly botToken: string;
  readonly rateLimiter: RateLimiter;
  readonly responseUrls: ResponseUrls;
  readonly faults: () => FaultPlan | undefined;
  readonly log: ConsoleLog;
}

/** Slack's Web API over HTTP: always 200 with `ok`, except when the caller is too fast (429) or a fault is injected. */
export function createApiServer(dependencies: ApiDependencies): Server {
  return createServer((request, response) => {
    answer(request, response, dependencies).catch((error: unknown) => {
      if (error instanceof BodyTooLarge) {
        sendJson(response, 413, { ok: false, error: 'request_too_large' }, { connection: 'close' });
        return;
      }
      dependencies.log('console_api_failed', { url: request.url, error });
      if (response.headersSent) response.destroy();
      else sendJson(response, 200, { ok: false, error: 'fatal_error' });
    });
  });
}

async function answer(request: IncomingMessage, response: ServerResponse, dependencies: ApiDependencies) {
  const url = urlOf(request);
  if (!url) return sendJson(response, 404, { ok: false, error: 'not_found' });
  const body = await readBody(request, maxBodyBytes);
  const responseUrl = /^\/response\/([\w-]+)$/.exec(url.pathname)?.[1];
  if (responseUrl) {
    const { status, ...result } = dependencies.responseUrls.receive(responseUrl, body);
    return sendJson(response, status, result);
  }
  const name = /^\/api\/([\w.]+)$/.exec(url.pathname)?.[1];
  if (!name) return sendJson(response, 404, { ok: false, error: 'not_found' });
  const args = parseArgs(request, url, body);
  if (typeof args === 'string') return sendJson(response, 200, { ok: false, error: args });
  await call(name, args, request, response, dependencies);
}

async function call(
  name: string,
  args: Args,
  request: IncomingMessage,
  response: ServerResponse,
  { context, botToken, rateLimiter, faults }: ApiDependencies,
): Promise<void> {
  const scopes = context.workspace.scopes;
  const method = Object.hasOwn(methods, name) ? methods[name] : undefined;
  const headers = {
    'x-oauth-scopes': scopes.join(','),
    ...(method?.scope && { 'x-accepted-oauth-scopes': method.scope }),
  };
  const refuse = (code: string, details = {}) =>
    sendJson(response, 200, { ok: false, error: code, ...details }, headers);

  const token = tokenOf(request, args);
  if (!token) return refuse('not_authed');
  if (token !== botToken) return refuse('invalid_auth');
  if (!method) return refuse('unknown_method', { req_method: name });

  const fault = faults()?.({ method: name, args });
  if (fault && goesWrongBefore(fault, response)) return;
  const waitSeconds =
    fault?.kind === 'rate-limited' ? fault.retryAfterSeconds : rateLimiter(name, text(args, 'channel'));
  if (waitSeconds > 0)
    return sendJson(response, 429, { ok: false, error: 'ratelimited' }, { 'retry-after': String(waitSeconds) });
  if (method.scope && !scopes.includes(method.scope))
    return refuse('missing_scope', { needed: method.scope, provided: scopes.join(',') });

  let result: Record<string, unknown>;
  try {
    result = { ok: true, ...method.run(args, context) };
  } catch (error) {
    if (!(error instanceof SlackError)) throw error;
    return refuse(error.code, error.details);
  }
  if (fault?.kind === 'slow') await delay(fault.delayMs, undefined, { ref: false });
  if (fault && goesWrongAfter(fault, response)) return;
  sendJson(response, 200, result, headers);
}

function goesWrongBefore(fault: Fault, response: ServerResponse): boolean {
  if (fault.kind === 'drop') response.destroy();
  else if (fault.kind === 'unavailable') sendJson(response, fault.status, {});
  else if (fault.kind === 'refused') sendJson(response, 200, { ok: false, error: fault.error });
  else return false;
  return true;
}

function goesWrongAfter(fault: Fault, response: ServerResponse): boolean {
  if (fault.kind === 'drop-after-commit') response.destroy();
  else if (fault.kind === 'error-after-commit') sendJson(response, fault.status, {});
  else return false;
  return true;
}

/** The arguments, or Slack's word for a body it cannot read. */
function parseArgs(request: IncomingMessage, url: URL, body: string): Args | string {
  const query = Object.fromEntries(url.searchParams);
  const [type] = (request.headers['content-type'] ?? '').split(';');
  if (request.method === 'GET' || body === '') return query;
  if (type === 'application/x-www-form-urlencoded')
    return { ...query, ...Object.fromEntries(new URLSearchParams(body)) };
  if (type !== 'application/json') return 'invalid_post_type';
  try {
    const value: unknown = JSON.parse(body);
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? { ...query, ...value } : 'json_not_object';
  } catch {
    return 'invalid_json';
  }
}

/** Slack reads a token from the header or from a form, never from a URL. */
function tokenOf(request: IncomingMessage, args: Args): string | undefined {
  const bearer = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1];
  return bearer ?? text(args, 'token');
}
