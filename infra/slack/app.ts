import { App, type Receiver } from '@slack/bolt';
import type { Clock } from '../../engine/ports.ts';
import { identity } from './identity.ts';
import { listen, type SlackHandlers } from './listeners.ts';
import { type Log, silent, slackLogger } from './log.ts';
import { slackModals } from './modals.ts';
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
import { webClient } from './web.ts';
import { whisper } from './whisper.ts';

export interface SlackAppOptions {
  readonly botToken: string;
  readonly signingSecret: string;
  /** Base of the Web API. Default: https://slack.com/api/ */
  readonly apiUrl?: string;
  /** The workspace the app is installed in. Without it Slack is asked once (`auth.test`), at the first request. */
  readonly teamId?: string;
  readonly botId?: string;
  readonly botUserId?: string;
  readonly handlers: SlackHandlers;
  readonly clock?: Clock;
  readonly log?: Log;
  /** A command that takes longer is acknowledged first and answered afterwards. Default 2,000 of Slack's 3,000 ms. */
  readonly ackAfterMs?: number;
}

export interface SlackApp {
  /** Answers one request of Slack, well within its 3 seconds. Never throws. */
  handle(request: SlackRequest): Promise<SlackResponse>;
  /** Resolves when nothing is in flight: answers that come after the acknowledgement included. */
  idle(): Promise<void>;
}

const CALL_TIMEOUT_MS = 8_000;
/** A trigger is good for three seconds: a window that is not open by then never will be. */
const MODAL_TIMEOUT_MS = 2_500;

/**
 * Slack's way in: Bolt behind a receiver of our own, so that one function serves every HTTP entry point. The signature
 * is checked here and not by Bolt, whose receivers take timestamps from the future and stumble over a charset.
 */
export function createSlackApp(options: SlackAppOptions): SlackApp {
  const { botToken, botId, botUserId, signingSecret, handlers, ackAfterMs = 2_000, log = silent } = options;
  const { clock = { now: () => new Date() } } = options;
  const receiver = ourReceiver();
  const bolt = new App({
    receiver,
    authorize: async () => ({ botToken, ...(botId ? { botId } : {}), ...(botUserId ? { botUserId } : {}) }),
    convoStore: false,
    logger: slackLogger(log),
    clientOptions: { fetch: fetchInTime, ...(options.apiUrl ? { slackApiUrl: options.apiUrl } : {}) },
  });
  const api = options.apiUrl === undefined ? {} : { apiUrl: options.apiUrl };
  const client = webClient({ botToken, timeoutMs: MODAL_TIMEOUT_MS, log, ...api });
  listen(bolt, {
    handlers,
    ourselves: identity(options),
    modals: slackModals(client),
    whisper: (place, user, text) => whisper(client, place, user, text),
    ackAfterMs,
    log,
  });
  const inFlight = new Set<Promise<void>>();

  return {
    async handle(request) {
      const body = bytesOf(request);
      const check = checkSignature(
        {
          signature: headerOf(request, 'x-slack-signature'),
          timestamp: headerOf(request, 'x-slack-request-timestamp'),
          body,
        },
        signingSecret,
        clock.now(),
      );
      if (check !== 'genuine') {
        if (isSslCheck(body)) return answer(200);
        log.warn({ check }, `refused a request that says it is from Slack: ${hints[check]}`);
        return answer(401, 'not signed by Slack');
      }
      const payload = payloadOf(headerOf(request, 'content-type'), body);
      if (payload === undefined) return answer(400, 'neither a form nor JSON');
      if (payload.ssl_check !== undefined) return answer(200);
      if (payload.type === 'url_verification') return jsonAnswer({ challenge: payload.challenge });

      const acked = Promise.withResolvers<SlackResponse>();
      const work = bolt
        .processEvent({
          body: payload,
          ack: async (response?: unknown) => acked.resolve(response ? jsonAnswer(response) : answer(200)),
          customProperties: { receivedAtMs: performance.now() },
        })
        .then(
          () => acked.resolve(answer(404, 'nothing here listens to that')),
          // Bolt has logged it.
          () => acked.resolve(answer(500, 'Nightshift failed; its log says why')),
        )
        .finally(() => inFlight.delete(work));
      inFlight.add(work);
      return acked.promise;
    },

    async idle() {
      while (inFlight.size > 0) await Promise.all(inFlight);
    },
  };
}

const hints = {
  unsigned: 'it has no signature',
  stale: 'its time is more than five minutes off; is the clock of this machine right?',
  forged: 'its signature does not fit; is slack.signingSecret the one of this app?',
} as const;

/** `handle` calls Bolt by itself; Bolt only wants to know that there is something to receive with. */
function ourReceiver(): Receiver {
  return { init() {}, start: async () => {}, stop: async () => {} };
}

const fetchInTime: typeof fetch = (input, init) =>
  fetch(input, { ...init, signal: init?.signal ?? AbortSignal.timeout(CALL_TIMEOUT_MS) });
