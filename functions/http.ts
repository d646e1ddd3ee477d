import { timingSafeEqual } from 'node:crypto';

/** One request, as every HTTP entry (the local server, a Lambda) hands it in. Header names are in lower case. */
export interface HttpRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: string;
  /** The body as it came, where it came as bytes. */
  readonly bytes?: Buffer;
}

export interface HttpResponse {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A webhook of 1,000 alerts is about 1 MB; Slack's requests are far smaller. */
export const MAX_BODY_BYTES = 4 * 1024 * 1024;
/** What whoever keeps the Alertmanager does about a larger one. */
export const ADVICE_TOO_LARGE =
  'split its groups by more labels (group_by of the route); max_alerts would leave alerts out';

export function text(status: number, body: string): HttpResponse {
  return { status, headers: { 'content-type': 'text/plain; charset=utf-8' }, body: `${body}\n` };
}

export function json(status: number, body: unknown): HttpResponse {
  return { status, headers: { 'content-type': 'application/json' }, body: `${JSON.stringify(body)}\n` };
}

/**
 * Whether the request carries this bearer token. Takes the same time wherever the two differ; an empty token lets nobody
 * in.
 */
export function hasBearer({ headers }: Pick<HttpRequest, 'headers'>, token: string): boolean {
  const sent = Buffer.from(/^Bearer +(.+)$/i.exec(headers.authorization ?? '')?.[1] ?? '');
  const own = Buffer.from(token);
  const comparable = sent.length === own.length && own.length > 0;
  return timingSafeEqual(comparable ? sent : own, own) && comparable;
}
