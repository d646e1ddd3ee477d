import type { Receiver } from '@slack/bolt';
import type { Clock } from '../../engine/ports.ts';
import { admit } from './admit.ts';
import { boltWith } from './bolt.ts';
import type { SlackHandlers } from './listeners.ts';
import { type Log, silent } from './log.ts';
import { answer, jsonAnswer, type SlackRequest, type SlackResponse } from './request.ts';

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
 * Slack's way into a process that lives on: Bolt behind a receiver of our own, so that one function serves every such
 * entry point. Where the process stops with the answer, see `createLambdaSlackApp`.
 */
export function createSlackApp(options: SlackAppOptions): SlackApp {
  const { signingSecret, ackAfterMs = 2_000, log = silent, clock = { now: () => new Date() } } = options;
  const receiver = ourReceiver();
  const times = { ackAfterMs, callTimeoutMs: CALL_TIMEOUT_MS, modalTimeoutMs: MODAL_TIMEOUT_MS };
  const bolt = boltWith({ ...options, ...times, receiver });
  const inFlight = new Set<Promise<void>>();

  return {
    async handle(request) {
      const admitted = admit(request, { signingSecret, clock, log });
      if ('answered' in admitted) return admitted.answered;
      const acked = Promise.withResolvers<SlackResponse>();
      const work = bolt
        .processEvent({
          body: admitted.payload,
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

/** `handle` calls Bolt by itself; Bolt only wants to know that there is something to receive with. */
function ourReceiver(): Receiver {
  return { init() {}, start: async () => {}, stop: async () => {} };
}
