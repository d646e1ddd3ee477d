import type { IncomingMessage, ServerResponse } from 'node:http';

/** Takes the request and answers `true`, or leaves it alone and answers `false`. */
export type RequestHandler = (request: IncomingMessage, response: ServerResponse) => boolean;

/** The URL that was asked for; `undefined` for a target that is none, such as `//`. */
export function urlOf(request: IncomingMessage): URL | undefined {
  return URL.parse(request.url ?? '/', 'http://console') ?? undefined;
}

/** The body is larger than what anybody has a reason to send. */
export class BodyTooLarge extends Error {
  readonly code = 'BODY_TOO_LARGE';
}

/** Reads a whole body. Throws `BodyTooLarge` beyond `limitBytes`, before keeping more of it. */
export async function readBody(request: IncomingMessage, limitBytes: number): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size > limitBytes) throw new BodyTooLarge(`The body is larger than ${limitBytes} bytes.`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

export function sendJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...headers,
  });
  response.end(JSON.stringify(body));
}
