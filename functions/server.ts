import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Logger } from 'pino';
import { messageOf, Refused } from '../engine/errors.ts';
import { urlOn } from './address.ts';
import { ADVICE_TOO_LARGE, type HttpRequest, type HttpResponse, MAX_BODY_BYTES, text } from './http.ts';

/** One way in. `path` is exact, or a prefix that ends with `/`. */
export interface Route {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  /** Asked before the body is read: an answer here and nothing of the body is kept. */
  readonly refuse?: (headers: HttpRequest['headers']) => HttpResponse | undefined;
  /** Told of a body that is over the limit, before its sender is. */
  readonly onTooLarge?: () => Promise<void>;
  readonly handle: (request: HttpRequest) => Promise<HttpResponse> | HttpResponse;
}

/** Takes requests no route answers (the console's page); `false` when it is not for it either. */
export type Fallback = (request: IncomingMessage, response: ServerResponse) => boolean;

export interface ServerOptions {
  readonly host: string;
  readonly port: number;
  readonly routes: readonly Route[];
  readonly fallback?: Fallback;
  /** With it paths are taken to the letter, and it is the answer where no route has both the path and the method. */
  readonly exactElse?: HttpResponse;
  readonly log: Logger;
}

/** Of a body that is too large so much is read, for the sender to come to the answer. */
const MOST_DISCARDED_BYTES = 16 * MAX_BODY_BYTES;
const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 30_000;

/** Listens; rejects with a sentence when it cannot. */
export async function listen(options: ServerOptions): Promise<{ readonly server: Server; readonly url: string }> {
  const server = createServer((request, response) => {
    try {
      answer(options, request, response);
    } catch (failure) {
      // Thrown here it would end the process: one request must never be able to.
      options.log.error({ reason: messageOf(failure) }, 'a request failed');
      send(response, text(500, 'internal error; see the log'));
    }
  });
  server.headersTimeout = HEADERS_TIMEOUT_MS;
  server.requestTimeout = REQUEST_TIMEOUT_MS;
  await new Promise<void>((resolve, reject) => {
    server.once('error', (failure: NodeJS.ErrnoException) =>
      reject(new Refused('CANNOT_LISTEN', cannotListen(options, failure))),
    );
    server.listen(options.port, options.host, resolve);
  });
  const { port } = server.address() as AddressInfo;
  return { server, url: urlOn(options.host, port) };
}

function cannotListen({ host, port }: ServerOptions, failure: NodeJS.ErrnoException): string {
  if (failure.code === 'EADDRINUSE')
    return `port ${port} on ${host} is in use: stop what listens there, or set PORT to another one`;
  return `cannot listen on ${host}:${port}: ${failure.message}`;
}

function answer(options: ServerOptions, request: IncomingMessage, response: ServerResponse): void {
  const path = URL.parse(request.url ?? '/', 'http://localhost')?.pathname;
  if (path === undefined) {
    send(response, text(400, 'not a URL path'));
    return;
  }
  const { exactElse } = options;
  const here = options.routes.filter((route) => route.path === path || (!exactElse && isNear(route, path)));
  const route = here.find(({ method }) => method === request.method || (method === 'GET' && request.method === 'HEAD'));
  if (!route) {
    if (here.length === 0 && options.fallback?.(request, response)) return;
    send(response, exactElse ?? noRoute(here));
    return;
  }
  respond(route, request, path)
    .catch((failure: unknown) => {
      options.log.error({ path, reason: messageOf(failure) }, 'a request failed');
      return text(500, 'internal error; see the log');
    })
    .then((reply) => send(response, reply));
}

function isNear(route: Route, path: string): boolean {
  return `${route.path}/` === path || (route.path.endsWith('/') && path.startsWith(route.path) && route.path !== '/');
}

function noRoute([other]: readonly Route[]): HttpResponse {
  return other ? { ...text(405, `use ${other.method}`), headers: { allow: other.method } } : text(404, 'nothing here');
}

async function respond(route: Route, request: IncomingMessage, path: string): Promise<HttpResponse> {
  // Node joins repeated headers; only Set-Cookie, which no request has, would be a list.
  const headers = request.headers as HttpRequest['headers'];
  const refusal = route.refuse?.(headers);
  const bytes = await readBody(request, refusal ? 0 : MAX_BODY_BYTES);
  if (refusal) return refusal;
  if (bytes) return route.handle(requestOf(request, path, headers, bytes));
  await route.onTooLarge?.();
  return tooLarge;
}

const tooLarge = {
  ...text(413, `the body is over ${MAX_BODY_BYTES} bytes: ${ADVICE_TOO_LARGE}`),
  headers: { connection: 'close' },
};

/**
 * The whole body, or `undefined` when it is over the limit. Then too it is read to its end, without keeping it: whoever
 * is cut off while sending does not read the answer.
 */
function readBody(request: IncomingMessage, maxBytes: number): Promise<Buffer | undefined> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= maxBytes) chunks.push(chunk);
      else chunks.length = 0;
      if (bytes > MOST_DISCARDED_BYTES) resolve(undefined);
    });
    request.on('end', () => resolve(bytes > maxBytes ? undefined : joined(chunks)));
    request.on('error', reject);
  });
}

function joined(chunks: readonly Buffer[]): Buffer {
  const [first] = chunks;
  return first && chunks.length === 1 ? first : Buffer.concat(chunks);
}

/** The body is made text only for whoever asks: in a rush nobody does. */
function requestOf(
  { method = '' }: IncomingMessage,
  path: string,
  headers: HttpRequest['headers'],
  bytes: Buffer,
): HttpRequest {
  let text: string | undefined;
  return {
    method,
    path,
    headers,
    bytes,
    get body() {
      text ??= bytes.toString('utf8');
      return text;
    },
  };
}

function send(response: ServerResponse, { status, headers, body }: HttpResponse): void {
  if (response.headersSent || response.destroyed) return;
  response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) });
  response.end(body);
}
