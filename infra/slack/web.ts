import { WebClient } from '@slack/web-api';
import { type Call, failureOf } from './failures.ts';
import { type Log, slackLogger } from './log.ts';

export interface WebOptions {
  readonly botToken: string;
  /** Base of the Web API. Default: https://slack.com/api/ */
  readonly apiUrl?: string;
  readonly timeoutMs: number;
  readonly log: Log;
}

/** Slack's own client, which never repeats a call by itself: who calls knows what may happen twice. */
export function webClient({ botToken, apiUrl, timeoutMs, log }: WebOptions): WebClient {
  return new WebClient(botToken, {
    ...(apiUrl === undefined ? {} : { slackApiUrl: apiUrl }),
    timeout: timeoutMs,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    logger: slackLogger(log),
  });
}

/** Runs one call; what it throws becomes `TryLater`, `Ambiguous` or `Refused`. */
export async function calling<T>(call: Call, send: () => Promise<T>): Promise<T> {
  try {
    return await send();
  } catch (thrown) {
    throw failureOf(thrown, call);
  }
}
