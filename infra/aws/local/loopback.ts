import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

export interface Loopback extends AsyncDisposable {
  /** Without a slash at its end. */
  readonly url: string;
}

/** A server on a free port of 127.0.0.1. A request whose handling fails is cut off. */
export async function onLoopback(
  handle: (request: IncomingMessage, response: ServerResponse) => Promise<unknown>,
): Promise<Loopback> {
  const server = createServer((incoming, response) => {
    handle(incoming, response).catch(() => incoming.socket.destroy());
  });
  // Longer than any client keeps an idle connection: a server that hangs up first makes its clients fail at random.
  server.keepAliveTimeout = 120_000;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}

export interface Passed {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** Asks the same of somebody else. */
export async function passOn(
  target: string,
  { method, url, headers }: Pick<IncomingMessage, 'method' | 'url' | 'headers'>,
  body: Buffer,
): Promise<Passed> {
  const { hostname, port } = new URL(target);
  const outgoing = request({ hostname, port, method, path: url, headers });
  outgoing.end(body);
  const [answer] = (await once(outgoing, 'response')) as [IncomingMessage];
  return { status: answer.statusCode ?? 500, headers: answer.headers, body: await buffer(answer) };
}

/** What is asked of AWS: `UpdateItem`, `SendMessageBatch`; of S3, which has only methods, `PUT`. */
export function operationOf({ headers, method }: Pick<IncomingMessage, 'headers' | 'method'>): string {
  const target = headers['x-amz-target'];
  return typeof target === 'string' ? (target.split('.').at(-1) ?? target) : `${method}`;
}
