import { AwsLambdaReceiver } from '@slack/bolt';
import { admit } from './admit.ts';
import type { SlackApp, SlackAppOptions } from './app.ts';
import { boltWith } from './bolt.ts';
import { silent, slackLogger } from './log.ts';
import { headerOf, type SlackRequest } from './request.ts';

/** Of Slack's 3 seconds, with one call that opens a window and one that stores what was pressed. */
const MODAL_TIMEOUT_MS = 1_200;
const CALL_TIMEOUT_MS = 1_200;
/** Never before the handler is done: what is said after the acknowledgement would be said before it was sent. */
const ACK_AFTER_MS = 60_000;

/**
 * Slack's way into a process that is frozen with its answer: Bolt by its `AwsLambdaReceiver`, which answers when every
 * listener is done. So nothing is left to do afterwards, and handlers must do no more than store what was asked.
 */
export function createLambdaSlackApp(options: Omit<SlackAppOptions, 'ackAfterMs'>): SlackApp {
  const { signingSecret, log = silent, clock = { now: () => new Date() } } = options;
  const receiver = new AwsLambdaReceiver({
    signingSecret,
    signatureVerification: false, // `admit` has done it, in both directions of time
    logger: slackLogger(log),
    customPropertiesExtractor: () => ({ receivedAtMs: performance.now() }),
  });
  const times = { ackAfterMs: ACK_AFTER_MS, callTimeoutMs: CALL_TIMEOUT_MS, modalTimeoutMs: MODAL_TIMEOUT_MS };
  boltWith({ ...options, ...times, receiver });
  const answering = receiver.toHandler();

  return {
    async handle(request) {
      const admitted = admit(request, { signingSecret, clock, log });
      if ('answered' in admitted) return admitted.answered;
      const { statusCode, headers = {}, body } = await answering(eventWith(admitted.payload, request), {});
      return {
        status: statusCode,
        headers: Object.fromEntries(
          Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]),
        ),
        body,
      };
    },
    idle: async () => {},
  };
}

/**
 * The event as the receiver likes it: JSON, in plain text. It would read base64 as ASCII, and throws at a form whose
 * content type names a charset.
 */
function eventWith(payload: Readonly<Record<string, unknown>>, request: SlackRequest) {
  const retries = ['x-slack-retry-num', 'x-slack-retry-reason'].flatMap((name) => {
    const value = headerOf(request, name);
    return value === undefined ? [] : [[name, value] as const];
  });
  return {
    version: '2.0',
    routeKey: 'POST /slack/events',
    rawPath: '/slack/events',
    rawQueryString: '',
    headers: { 'content-type': 'application/json', ...Object.fromEntries(retries) },
    requestContext: {},
    body: JSON.stringify(payload),
    isBase64Encoded: false,
  };
}
