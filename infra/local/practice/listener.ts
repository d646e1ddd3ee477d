import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Exchange {
  readonly request: IncomingMessage;
  readonly url: URL;
  readonly body: string;
}

export interface Answered {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface Listener {
  readonly url: string;
  close(): Promise<void>;
}

/** A loopback HTTP server whose answers may come late. `onAnswer` counts. */
export async function listener(
  answer: (exchange: Exchange) => Answered,
  delayMs: (exchange: Exchange) => number,
  onAnswer: (exchange: Exchange, bytes: number) => void,
): Promise<Listener> {
  const server: Server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const url = new URL(request.url ?? '/', 'http://localhost');
      const exchange = { request, url, body: Buffer.concat(chunks).toString() };
      const wait = delayMs(exchange);
      const reply = () => send(response, answer(exchange), (bytes) => onAnswer(exchange, bytes));
      if (wait > 0) setTimeout(reply, wait);
      else reply();
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

function send(response: ServerResponse, { status, headers, body }: Answered, count: (bytes: number) => void): void {
  if (response.destroyed) return;
  const bytes = Buffer.byteLength(body);
  count(bytes);
  response.writeHead(status, { ...headers, 'content-length': bytes });
  response.end(body);
}
