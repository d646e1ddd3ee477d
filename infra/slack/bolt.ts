import { App, type Receiver } from '@slack/bolt';
import type { SlackAppOptions } from './app.ts';
import { identity } from './identity.ts';
import { listen } from './listeners.ts';
import { silent, slackLogger } from './log.ts';
import { slackModals } from './modals.ts';
import { webClient } from './web.ts';
import { whisper } from './whisper.ts';

export interface BoltOptions extends SlackAppOptions {
  readonly receiver: Receiver;
  readonly ackAfterMs: number;
  /** The longest one answer to a `response_url` may take. */
  readonly callTimeoutMs: number;
  /** The longest a call that opens or changes a window may take. */
  readonly modalTimeoutMs: number;
}

/** Bolt with all our listeners. It asks Slack nothing by itself: who the bot is, it is told. */
export function boltWith(options: BoltOptions): App {
  const { receiver, botToken, botId, botUserId, handlers, ackAfterMs, callTimeoutMs, log = silent } = options;
  const fetchInTime: typeof fetch = (input, init) =>
    fetch(input, { ...init, signal: init?.signal ?? AbortSignal.timeout(callTimeoutMs) });
  const bolt = new App({
    receiver,
    authorize: async () => ({ botToken, ...(botId ? { botId } : {}), ...(botUserId ? { botUserId } : {}) }),
    convoStore: false,
    logger: slackLogger(log),
    clientOptions: { fetch: fetchInTime, ...(options.apiUrl ? { slackApiUrl: options.apiUrl } : {}) },
  });
  const api = options.apiUrl === undefined ? {} : { apiUrl: options.apiUrl };
  const client = webClient({ botToken, timeoutMs: options.modalTimeoutMs, log, ...api });
  listen(bolt, {
    handlers,
    ourselves: identity(options),
    modals: slackModals(client),
    whisper: (place, user, text) => whisper(client, place, user, text),
    ackAfterMs,
    log,
  });
  return bolt;
}
