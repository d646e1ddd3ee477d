import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip, constants as zlib } from 'node:zlib';

export interface Exchange {
  readonly request: IncomingMessage;
  readonly url: URL;
  readonly body: string;
}

/** A text, or its pieces one after the other, made while they are sent. */
export type Text = string | Iterable<string>;

export interface Answered {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Text;
  /** Milliseconds until it is sent; default 0. */
  readonly afterMs?: number;
}

export interface Listener {
  readonly url: string;
  close(): Promise<void>;
}

/** A loopback HTTP server whose answers may come late. `onAnswer` counts; bytes are those before compression. */
export async function listener(
  answer: (exchange: Exchange) => Answered,
  delayMs: (exchange: Exchange) => number,
  onAnswer: (exchange: Exchange, bytes: number) => void,
): Promise<Listener> {
  const answered = (exchange: Exchange): Answered => {
    try {
      return answer(exchange);
    } catch (thrown) {
      const body = `the practice cluster failed: ${thrown instanceof Error ? thrown.stack : String(thrown)}\n`;
      return { status: 500, headers: { 'content-type': 'text/plain; charset=utf-8' }, body };
    }
  };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const url = new URL(request.url ?? '/', 'http://localhost');
      const exchange = { request, url, body: Buffer.concat(chunks).toString() };
      const count = (bytes: number) => onAnswer(exchange, bytes);
      after(delayMs(exchange), () => {
        const { afterMs = 0, ...reply } = answered(exchange);
        after(afterMs, () => void send(exchange, response, reply, count));
      });
    });
  });
  // Longer than any client keeps an idle connection: a server that hangs up first makes its clients fail at random.
  server.keepAliveTimeout = 120_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** What is still to come does not keep a closed cluster's process alive. */
function after(waitMs: number, go: () => void): void {
  if (waitMs > 0) setTimeout(go, waitMs).unref();
  else go();
}

/** Smaller answers are not worth compressing: the API server's own limit. */
const COMPRESSED_FROM_BYTES = 128 * 1024;

async function send(
  { request }: Exchange,
  response: ServerResponse,
  { status, headers, body }: Answered,
  count: (bytes: number) => void,
): Promise<void> {
  if (response.destroyed) return;
  const pieces = (typeof body === 'string' ? [body] : body)[Symbol.iterator]();
  const { text, done } = upTo(pieces, COMPRESSED_FROM_BYTES);
  if (done) {
    const bytes = Buffer.byteLength(text);
    count(bytes);
    response.writeHead(status, { ...headers, 'content-length': bytes });
    response.end(text);
    return;
  }
  let bytes = 0;
  function* rest(): Generator<string> {
    for (let part = { text, done }; part.text !== ''; part = upTo(pieces, COMPRESSED_FROM_BYTES)) {
      bytes += Buffer.byteLength(part.text);
      yield part.text;
    }
  }
  const gzip = /\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''));
  const encoding = gzip ? { 'content-encoding': 'gzip', vary: 'Accept-Encoding' } : {};
  response.writeHead(status, { ...headers, ...encoding });
  const source = Readable.from(rest());
  const sent = gzip ? pipeline(source, createGzip({ level: zlib.Z_BEST_SPEED }), response) : pipeline(source, response);
  // A client that has read enough hangs up; that is its right.
  await sent.catch(() => undefined);
  count(bytes);
}

function upTo(pieces: Iterator<string>, bytes: number): { readonly text: string; readonly done: boolean } {
  let text = '';
  while (text.length < bytes) {
    const { value, done } = pieces.next();
    if (done) return { text, done: true };
    text += value;
  }
  return { text, done: false };
}

/** `head` as JSON with one more field, an array that is written item by item. */
export function* textOf(head: object, key: string, items: Iterable<object>): Generator<string> {
  yield `${JSON.stringify(head).slice(0, -1)},${JSON.stringify(key)}:[`;
  let separator = '';
  for (const item of items) {
    yield separator + JSON.stringify(item);
    separator = ',';
  }
  yield ']}';
}
