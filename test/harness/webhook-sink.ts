import { once } from 'node:events';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';

export interface ReceivedRequest {
  readonly authorization: string | undefined;
  readonly body: string;
  readonly at: Date;
  /** What it was answered. */
  readonly status: number;
}

export interface WebhookSink extends AsyncDisposable {
  readonly url: string;
  readonly requests: readonly ReceivedRequest[];
  /** Default 200. */
  answerWith(status: number): void;
}

/** An HTTP server on 127.0.0.1 that keeps every request it gets. */
export async function startWebhookSink(): Promise<WebhookSink> {
  const requests: ReceivedRequest[] = [];
  let status = 200;
  const server = createServer(async (request, response) => {
    const body = await text(request);
    requests.push({ authorization: request.headers.authorization, body, at: new Date(), status });
    response.writeHead(status).end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the webhook sink has no port');
  return {
    url: `http://127.0.0.1:${address.port}/`,
    requests,
    answerWith: (next) => {
      status = next;
    },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
