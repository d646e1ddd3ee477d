import { TryLater } from './errors.ts';
import type { Clock } from './ports.ts';

export interface PaceOptions {
  readonly perSecond: number;
  readonly burst: number;
}

/**
 * Slack's published limits: about one message a second and channel with short bursts tolerated; `chat.update` 50 a
 * minute. https://docs.slack.dev/apis/web-api/rate-limits
 */
export const slackPace = {
  post: { perSecond: 1, burst: 6 },
  update: { perSecond: 50 / 60, burst: 10 },
} as const satisfies Record<string, PaceOptions>;

/**
 * A token bucket: takes one token, or throws `TryLater` with the time until there is one. `spare`: so many are left for
 * others, who matter more.
 */
export function pace(clock: Clock, { perSecond, burst }: PaceOptions): (spare?: number) => void {
  let tokens = burst;
  let countedAt = clock.now().getTime();
  return (spare = 0) => {
    const now = clock.now().getTime();
    tokens = Math.min(burst, tokens + (Math.max(0, now - countedAt) / 1000) * perSecond);
    countedAt = now;
    const missing = 1 + spare - tokens;
    if (missing > 0) throw new TryLater('the channel is paced', Math.ceil((missing / perSecond) * 1000));
    tokens -= 1;
  };
}
