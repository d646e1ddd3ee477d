import { setTimeout as sleep } from 'node:timers/promises';
import { DecoratorHandler, type Dispatcher } from 'undici';
import { messageOf, ReadFailure } from '../../engine/errors.ts';
import type { ReadLimits } from '../../engine/readers.ts';
import { redact } from '../../engine/redact.ts';
import type { ProxyServer } from './proxies.ts';
import { isCut, through, unreachable } from './unreachable.ts';

/** How long to wait for a TCP and TLS connection before calling the other side unreachable. */
const CONNECT_TIMEOUT_MS = 3_000;

/**
 * Options of every pool. HTTP/1.1, because one dead HTTP/2 connection would hold up all reads at once. Idle connections
 * are given up before the API server (90 s) or a cloud load balancer (60 s) does it in the middle of a request.
 */
export const poolOptions = {
  allowH2: false,
  connections: 8,
  keepAliveTimeout: 45_000,
  connectTimeout: CONNECT_TIMEOUT_MS,
  headersTimeout: 0, // the deadline of the read is the only clock
  bodyTimeout: 0,
} as const;

export interface Call {
  readonly origin: string;
  /** The one it goes through. */
  readonly proxy?: ProxyServer | undefined;
  readonly path: string;
  readonly method?: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Of several values each is a line of its own. */
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: string;
}

export interface Reply {
  readonly status: number;
  readonly text: string;
  readonly bytes: number;
  header(name: string): string | undefined;
}

/** The limits of one read while it runs. `waitingFor` is what a time-out will name. */
export interface Turn {
  readonly signal: AbortSignal;
  readonly maxBytes: number;
  remainingMs(): number;
  waitingFor(what: string): void;
}

/**
 * Runs `work` until the deadline or until the caller gives up. Whatever hangs inside, this does not; whatever it throws,
 * this throws a `ReadFailure`.
 */
export async function inTime<T>(limits: ReadLimits, work: (turn: Turn) => Promise<T>): Promise<T> {
  const { deadlineMs, maxBytes } = limits;
  const endsAt = performance.now() + deadlineMs;
  const stop = new AbortController();
  const over = Promise.withResolvers<never>();
  let waitingFor = 'the answer';
  const end = (failure: ReadFailure) => {
    over.reject(failure);
    stop.abort(failure);
  };
  const late = () =>
    end(new ReadFailure('timed-out', `gave up waiting for ${waitingFor} after ${duration(deadlineMs)}`));
  const cancel = () => end(new ReadFailure('over-budget', `the run ended while waiting for ${waitingFor}`));
  const turn: Turn = {
    signal: stop.signal,
    maxBytes,
    remainingMs: () => endsAt - performance.now(),
    waitingFor: (what) => {
      waitingFor = what;
    },
  };

  if (deadlineMs <= 0) late();
  if (limits.signal?.aborted) cancel();
  if (stop.signal.aborted) return over.promise;
  const timer = setTimeout(late, deadlineMs);
  limits.signal?.addEventListener('abort', cancel);
  try {
    return await Promise.race([work(turn), over.promise]);
  } catch (thrown) {
    throw thrown instanceof ReadFailure
      ? thrown
      : new ReadFailure('server-error', messageOf(thrown), { cause: thrown });
  } finally {
    clearTimeout(timer);
    limits.signal?.removeEventListener('abort', cancel);
  }
}

/**
 * One question and its answer, whatever its status. Asked again once if a kept-alive connection was closed under it, and
 * once if the server says `Retry-After` and that fits before the deadline. Only for calls that may be repeated.
 */
export async function ask(dispatcher: Dispatcher, call: Call, turn: Turn): Promise<Reply> {
  try {
    const reply = await askTwiceIfCut(dispatcher, call, turn);
    const waitMs = retryAfterMs(reply);
    if (waitMs === undefined || waitMs >= turn.remainingMs()) return reply;
    turn.waitingFor(`${hostOf(call.origin)} to accept requests again (it answered ${reply.status}, Retry-After)`);
    await sleep(waitMs, undefined, { signal: turn.signal });
    return await askTwiceIfCut(dispatcher, call, turn);
  } catch (thrown) {
    throw asReadFailure(thrown, call);
  }
}

/** The same for a question whose asker is told at once that the server has no time: "not now" is an answer. */
export async function askNow(dispatcher: Dispatcher, call: Call, turn: Turn): Promise<Reply> {
  try {
    return await askTwiceIfCut(dispatcher, call, turn);
  } catch (thrown) {
    throw asReadFailure(thrown, call);
  }
}

/**
 * The same for a call that must not be made twice: whatever becomes of it, it is not sent again. `sending` is called when
 * a connection stands and the first byte is about to go out.
 */
export async function tell(dispatcher: Dispatcher, call: Call, turn: Turn, sending: () => void): Promise<Reply> {
  const noticed = dispatcher.compose((dispatch) => (options, handler) => dispatch(options, noticing(handler, sending)));
  try {
    return await askOnce(noticed, call, turn);
  } catch (thrown) {
    throw asReadFailure(thrown, call);
  }
}

function asReadFailure(thrown: unknown, { origin, proxy }: Call): ReadFailure {
  return thrown instanceof ReadFailure ? thrown : unreachable(thrown, hostOf(origin), proxy);
}

function noticing(handler: Dispatcher.DispatchHandler, sending: () => void): Dispatcher.DispatchHandler {
  const onRequestStart: Dispatcher.DispatchHandler['onRequestStart'] = (controller, context) => {
    sending();
    handler.onRequestStart?.(controller, context);
  };
  return Object.assign(new DecoratorHandler(handler), { onRequestStart });
}

async function askTwiceIfCut(dispatcher: Dispatcher, call: Call, turn: Turn): Promise<Reply> {
  try {
    return await askOnce(dispatcher, call, turn);
  } catch (thrown) {
    if (!isCut(thrown) || turn.signal.aborted) throw thrown;
    return askOnce(dispatcher, call, turn);
  }
}

async function askOnce(dispatcher: Dispatcher, { proxy, ...call }: Call, turn: Turn): Promise<Reply> {
  const host = hostOf(call.origin);
  turn.waitingFor(`an answer from ${proxy === undefined ? host : through(proxy.host, host)}`);
  const { statusCode, headers, body } = await dispatcher.request({
    method: 'GET',
    ...call,
    headers: mutable(call.headers),
    signal: turn.signal,
  });
  const encoding = [headers['content-encoding']].flat()[0] ?? 'identity';
  if (encoding !== 'identity') {
    body.destroy();
    throw new ReadFailure('unparsable', `${host} sent a compressed answer (${encoding}), which nobody asked for`);
  }
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    // Leaving the loop closes the connection, so a huge answer costs no more than the cap.
    if (bytes > turn.maxBytes) throw tooLarge(turn.maxBytes);
    chunks.push(chunk);
    turn.waitingFor(`the rest of an answer from ${host} (${bytes} bytes so far)`);
  }
  return {
    status: statusCode,
    text: Buffer.concat(chunks, bytes).toString('utf8'),
    bytes,
    header: (name) => [headers[name]].flat()[0],
  };
}

/** Milliseconds the server asks to wait, when it refuses for now (429, 503). `undefined`: it does not say. */
export function retryAfterMs(reply: Reply): number | undefined {
  if (reply.status !== 429 && reply.status !== 503) return undefined;
  const text = reply.header('retry-after');
  if (text === undefined) return undefined;
  const waitMs = /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text) - Date.now();
  return Number.isNaN(waitMs) ? undefined : Math.max(0, waitMs);
}

/** Where it points, without the question that was asked. */
export function redirectOf(reply: Reply, base: string): string | undefined {
  const location = reply.header('location');
  const url = location === undefined ? null : URL.parse(location, base);
  return url ? `${url.origin}${url.pathname}` : location;
}

/** What an error body says, on one line: for a reason, not for parsing. */
export function gist(text: string): string {
  const title = /<title>([^<]*)<\/title>/i.exec(text)?.[1];
  const line = redact((title ?? text.replace(/<[^>]*>/g, ' ')).replace(/\s+/g, ' ').trim());
  return line.length > 300 ? `${line.slice(0, 299)}…` : line;
}

/** What the text says as JSON; `undefined`: it is none. */
export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export function duration(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${Number((ms / 1000).toFixed(1))} s`;
}

/** As undici's types want them. */
function mutable(headers: Call['headers']): Record<string, string | string[]> {
  return headers as Record<string, string | string[]>;
}

function hostOf(origin: string): string {
  return new URL(origin).host;
}

function tooLarge(maxBytes: number): ReadFailure {
  return new ReadFailure('too-large', `the answer is larger than ${maxBytes} bytes, the most one read may take`);
}
