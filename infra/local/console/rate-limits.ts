import type { Clock } from '../../../engine/ports.ts';

/** `perMinute` calls in the long run; after a pause up to `burst` of them at once. */
export interface Limit {
  readonly perMinute: number;
  readonly burst: number;
}

/** The limit of each Web API method; `*` is for methods not named. */
export type Limits = Readonly<Record<string, Limit>>;

const tier = (perMinute: number): Limit => ({ perMinute, burst: perMinute });

/**
 * https://docs.slack.dev/apis/web-api/rate-limits: tiers 2, 3 and 4 are 20, 50 and 100 calls a minute; chat.postMessage
 * is one a second in each channel, where "short bursts" are tolerated. Slack names no figure for the burst: five here.
 */
export const documentedLimits: Limits = {
  'chat.postMessage': { perMinute: 60, burst: 5 },
  'chat.update': tier(50),
  'chat.delete': tier(50),
  'chat.postEphemeral': tier(100),
  'conversations.history': tier(50),
  'conversations.replies': tier(50),
  'conversations.info': tier(50),
  'users.info': tier(100),
  'views.open': tier(100),
  'views.update': tier(100),
  'usergroups.users.list': tier(20),
  '*': tier(100),
};

/** Counts a call. Returns 0 when it is within the limit, else the whole seconds to wait (Slack's `Retry-After`). */
export type RateLimiter = (method: string, channel: string | undefined) => number;

/** A bucket of tokens for each method, and for chat.postMessage for each channel. */
export function createRateLimiter(clock: Clock, limits: Partial<Limits> = {}): RateLimiter {
  const buckets = new Map<string, { tokens: number; filledAt: number }>();
  return (method, channel) => {
    const limit = limits[method] ?? documentedLimits[method] ?? limits['*'] ?? tier(100);
    const key = method === 'chat.postMessage' ? `${method} ${channel}` : method;
    const now = clock.now().getTime();
    const bucket = buckets.get(key) ?? { tokens: limit.burst, filledAt: now };
    const perMs = limit.perMinute / 60_000;
    bucket.tokens = Math.min(limit.burst, bucket.tokens + Math.max(0, now - bucket.filledAt) * perMs);
    bucket.filledAt = now;
    buckets.set(key, bucket);
    if (bucket.tokens >= 1) {
      bucket.tokens -= 1;
      return 0;
    }
    return Math.max(1, Math.ceil((1 - bucket.tokens) / perMs / 1000));
  };
}
