/** One HTTP request as any entry point has it: a local server's headers and bytes, or a Lambda event's strings. */
export interface SlackRequest {
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** The raw body: the signature is over its bytes. */
  readonly body: Uint8Array | string;
  /** As in an API Gateway or function URL event. */
  readonly isBase64Encoded?: boolean;
}

export interface SlackResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export function headerOf({ headers }: SlackRequest, name: string): string | undefined {
  const key = Object.keys(headers).find((candidate) => candidate.toLowerCase() === name);
  const value = key === undefined ? undefined : headers[key];
  return typeof value === 'string' ? value : value?.[0];
}

export function bytesOf({ body, isBase64Encoded = false }: SlackRequest): Uint8Array {
  return typeof body === 'string' ? Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8') : body;
}

/** Slack probes a command's URL now and then; the answer says nothing, so it needs no signature. */
export function isSslCheck(bytes: Uint8Array): boolean {
  return /(^|&)ssl_check=1(&|$)/.test(Buffer.from(bytes).toString('latin1'));
}

/**
 * The payload: JSON of the Events API, a command's form, or the JSON in the form field `payload` of an interaction.
 * `undefined` when it is none of them.
 */
export function payloadOf(
  contentType: string | undefined,
  bytes: Uint8Array,
): Readonly<Record<string, unknown>> | undefined {
  const text = Buffer.from(bytes).toString('utf8');
  switch (contentType?.split(';')[0]?.trim().toLowerCase()) {
    case 'application/json':
      return objectIn(text);
    case 'application/x-www-form-urlencoded': {
      const form = new URLSearchParams(text);
      const payload = form.get('payload');
      return payload === null ? Object.fromEntries(form) : objectIn(payload);
    }
    default:
      return undefined;
  }
}

function objectIn(json: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(json);
    return value !== null && typeof value === 'object' && !Array.isArray(value) ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

export function answer(status: number, body = ''): SlackResponse {
  return { status, headers: { 'content-type': 'text/plain; charset=utf-8' }, body };
}

export function jsonAnswer(body: unknown): SlackResponse {
  return { status: 200, headers: { 'content-type': 'application/json; charset=utf-8' }, body: JSON.stringify(body) };
}
