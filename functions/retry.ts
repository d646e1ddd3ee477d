import { messageOf, Refused, TryLater } from '../engine/errors.ts';
import { Ambiguous, maxAttempts, type RetryOptions } from '../engine/ports.ts';

const AMBIGUOUS_RETRY_MS = 2_000;
export const REFUSED_RETRY_MS = 30_000;
const LONGEST_BACKOFF_MS = 60_000;

/** For a message that nobody has begun to work on. */
export const handedBack: RetryOptions = {
  delayMs: 0,
  reason: 'handed back: the process was stopping',
  countsAsAttempt: false,
};

/** What becomes of a message that failed, for the log. */
export function nextWords(attempt: number): string {
  return attempt < maxAttempts ? 'will try again' : 'was tried for the last time, and is a dead letter now';
}

/** Waiting that is nobody's fault never uses up the attempts; everything else ends as a dead letter one day. */
export function retryFor(failure: unknown, attempt: number): RetryOptions {
  const reason = messageOf(failure);
  if (failure instanceof TryLater) return { delayMs: failure.retryAfterMs, reason, countsAsAttempt: false };
  if (failure instanceof Ambiguous) return { delayMs: AMBIGUOUS_RETRY_MS, reason, countsAsAttempt: false };
  if (failure instanceof Refused) return { delayMs: REFUSED_RETRY_MS, reason };
  return { delayMs: Math.min(LONGEST_BACKOFF_MS, 500 * 2 ** attempt), reason };
}
