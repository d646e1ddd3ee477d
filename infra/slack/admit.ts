import type { Clock } from '../../engine/ports.ts';
import type { Log } from './log.ts';
import {
  answer,
  bytesOf,
  headerOf,
  isSslCheck,
  jsonAnswer,
  payloadOf,
  type SlackRequest,
  type SlackResponse,
} from './request.ts';
import { checkSignature } from './signature.ts';

/** What a request wants of us, or its answer when there is nothing to want. */
export type Admission = { readonly payload: Readonly<Record<string, unknown>> } | { readonly answered: SlackResponse };

/**
 * The first look at whatever says it is from Slack. The signature is checked here and not by Bolt, whose receivers take
 * timestamps from the future and stumble over a charset.
 */
export function admit(
  request: SlackRequest,
  { signingSecret, clock, log }: { readonly signingSecret: string; readonly clock: Clock; readonly log: Log },
): Admission {
  const body = bytesOf(request);
  const signed = {
    signature: headerOf(request, 'x-slack-signature'),
    timestamp: headerOf(request, 'x-slack-request-timestamp'),
    body,
  };
  const check = checkSignature(signed, signingSecret, clock.now());
  if (check !== 'genuine') {
    if (isSslCheck(body)) return { answered: answer(200) };
    log.warn({ check }, `refused a request that says it is from Slack: ${hints[check]}`);
    return { answered: answer(401, 'not signed by Slack') };
  }
  const payload = payloadOf(headerOf(request, 'content-type'), body);
  if (payload === undefined) return { answered: answer(400, 'neither a form nor JSON') };
  if (payload.ssl_check !== undefined) return { answered: answer(200) };
  if (payload.type === 'url_verification') return { answered: jsonAnswer({ challenge: payload.challenge }) };
  return { payload };
}

const hints = {
  unsigned: 'it has no signature',
  stale: 'its time is more than five minutes off; is the clock of this machine right?',
  forged: 'its signature does not fit; is slack.signingSecret the one of this app?',
} as const;
