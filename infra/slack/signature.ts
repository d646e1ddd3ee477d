import { createHmac, timingSafeEqual } from 'node:crypto';

/** Slack's own advice; here in both directions, because a timestamp from the future is as wrong as an old one. */
export const MAX_SKEW_SECONDS = 300;

export interface SignedRequest {
  /** `x-slack-signature` */
  readonly signature: string | undefined;
  /** `x-slack-request-timestamp`: seconds since 1970 */
  readonly timestamp: string | undefined;
  /** The body as it came, before anything decoded it. */
  readonly body: Uint8Array;
}

/** `stale`: properly formed, but the clocks are more than five minutes apart or somebody replays an old request. */
export type SignatureCheck = 'genuine' | 'unsigned' | 'stale' | 'forged';

/** https://docs.slack.dev/authentication/verifying-requests-from-slack */
export function checkSignature(
  { signature, timestamp, body }: SignedRequest,
  secret: string,
  now: Date,
): SignatureCheck {
  if (signature === undefined || timestamp === undefined || !/^\d{1,12}$/.test(timestamp)) return 'unsigned';
  if (Math.abs(now.getTime() / 1000 - Number(timestamp)) > MAX_SKEW_SECONDS) return 'stale';
  const expected = Buffer.from(sign(body, timestamp, secret));
  const given = Buffer.from(signature);
  return given.length === expected.length && timingSafeEqual(given, expected) ? 'genuine' : 'forged';
}

/** Whether it looks like a signature of Slack's, made with whatever secret. */
export function isFormed(signature: string | undefined): boolean {
  return /^v0=[0-9a-f]{64}$/.test(signature ?? '');
}

/** `v0=` and the HMAC-SHA256 over `v0:timestamp:body` in hex. */
export function sign(body: Uint8Array, timestamp: string, secret: string): string {
  return `v0=${createHmac('sha256', secret).update(`v0:${timestamp}:`).update(body).digest('hex')}`;
}
