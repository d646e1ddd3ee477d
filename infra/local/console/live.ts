import type { IncomingMessage, ServerResponse } from 'node:http';

/** Keeps proxies and browsers from taking a quiet channel for a dead one. */
const heartbeatMs = 15_000;
/** A reader this far behind is gone or asleep; it gets a fresh snapshot when it comes back. */
const maxBacklogBytes = 4_000_000;

export interface LiveStream {
  /** Sends the snapshot, then everything that is published for this person until the reader leaves. */
  open(request: IncomingMessage, response: ServerResponse, reader: { readonly user: string; snapshot: unknown }): void;
  /** To everybody, or only to the pages of one person. */
  publish(event: string, data: unknown, to?: string): void;
  close(): void;
}

/** Server-Sent Events (https://html.spec.whatwg.org/multipage/server-sent-events.html) to every open page. */
export function createLiveStream(): LiveStream {
  /** Open pages, and who is at each. */
  const readers = new Map<ServerResponse, string>();
  const frame = (event: string, data: unknown) => `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
  const send = (reader: ServerResponse, text: string) => {
    if (reader.writableLength > maxBacklogBytes) reader.destroy();
    else reader.write(text);
  };
  const heartbeat = setInterval(() => {
    for (const reader of readers.keys()) send(reader, ': still here\n\n');
  }, heartbeatMs).unref();

  return {
    open(request, response, { user, snapshot }) {
      response.writeHead(200, {
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-store',
        'x-content-type-options': 'nosniff',
        'x-accel-buffering': 'no',
      });
      if (request.method === 'HEAD') return void response.end();
      response.write(`retry: 1000\n${frame('snapshot', snapshot)}`);
      readers.set(response, user);
      request.once('close', () => readers.delete(response));
      response.once('close', () => readers.delete(response));
    },
    publish(event, data, to) {
      const text = frame(event, data);
      for (const [reader, user] of readers) if (to === undefined || to === user) send(reader, text);
    },
    close() {
      clearInterval(heartbeat);
      for (const reader of readers.keys()) reader.end();
      readers.clear();
    },
  };
}
