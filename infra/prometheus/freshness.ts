import * as z from 'zod';
import { ReadFailure } from '../../engine/errors.ts';
import type { Clock } from '../../engine/ports.ts';
import type { Source } from '../../engine/readers.ts';

/**
 * By Prometheus' own clock, so that ours does not matter: how many seconds old the newest of all scrapes is. An instant
 * query also answers with what is five minutes old, and says nothing of it.
 */
export const newestScrape = 'time() - max(timestamp(up))';

/**
 * Older than this, nothing that Prometheus answers is about now. Its default is a scrape a minute (`scrape_interval`), and
 * nobody advises more than two: with these, and some, the newest of all scrapes is younger (judgement).
 */
export const STALE_SECONDS = 150;
/** For so long the age is not asked for again: a run asks once. */
const KNOWN_FOR_MS = 10_000;
const limits = { deadlineMs: 5_000, maxBytes: 65_536 } as const;

const Ages = z.tuple([z.object({ value: z.number() })]);

/**
 * The figures of a Prometheus that takes nothing in any more (its disk is full, a remote write lags) are those of before:
 * every query fails then, and says how old its newest scrape is. Where nobody can tell, as without any `up`, it answers.
 */
export function unlessStale({ read }: Source, clock: Clock): Source {
  let known: { readonly untilMs: number; readonly age: Promise<number | undefined> } | undefined;

  function ageSeconds(): Promise<number | undefined> {
    const nowMs = clock.now().getTime();
    if (known && nowMs < known.untilMs) return known.age;
    const age = read({ verb: 'query', promql: newestScrape }, limits).then(
      ({ body }) => Ages.safeParse(body).data?.[0].value,
      () => {
        known = undefined;
        return undefined;
      },
    );
    known = { untilMs: nowMs + KNOWN_FOR_MS, age };
    return age;
  }

  return {
    async read(request, readLimits) {
      if (request.verb !== 'query' && request.verb !== 'range') return read(request, readLimits);
      const [answer, age] = await Promise.all([read(request, readLimits), ageSeconds()]);
      if (age === undefined || !(age > STALE_SECONDS)) return answer;
      throw new ReadFailure(
        'server-error',
        `Prometheus takes nothing in any more: its newest scrape is ${minutes(age)} old, so its figures are not those of now`,
        {
          remedy:
            'Look at its log and its disk; where samples come by remote write, or from Thanos, at what lags there.',
        },
      );
    },
  };
}

function minutes(seconds: number): string {
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)} min ${whole % 60} s`;
}
