import { secondsSince } from '../evidence/node-words.ts';
import type { Course } from '../evidence/over-time.ts';
import type { Silence } from './heartbeat.ts';
import { limits } from './limits.ts';
import type { Seen } from './schema.ts';

/** What a kubelet counted within half an hour: while its node was silent, which alone may be why, and at other times. */
export interface Counted {
  readonly inSilence: number;
  readonly otherwise: number;
  /** From before the silence until its end had been scraped: what is not counted then was not there. */
  readonly isWhole: boolean;
}

/** In seconds ago, the earlier first. */
interface Span {
  readonly from: number;
  readonly to: number;
}

/** `undefined`: that figure is not scraped. */
export function countedOf(
  { counts, heartbeats = [] }: Pick<Seen, 'counts'> & { readonly heartbeats?: Seen['heartbeats'] | undefined },
  figure: string,
  silence: Silence,
  now: Date,
): Counted | undefined {
  const courses = counts.filter((course) => course.figure === figure);
  if (courses.length === 0) return undefined;
  const last = spanOf(silence, now);
  const silent = [last, ...earlier(heartbeats)];
  const grown = courses.flatMap(growthIn);
  const sum = (steps: typeof grown) => Math.round(steps.reduce((all, { by }) => all + by, 0));
  const isThen = ({ from, to }: Span) => silent.some((span) => from >= span.to && to <= span.from);
  const seen = courses.flatMap(({ values }) => values.map(({ minutesAgo }) => minutesAgo * 60));
  return {
    inSilence: sum(grown.filter(isThen)),
    otherwise: sum(grown.filter((step) => !isThen(step))),
    isWhole: Math.max(...seen) >= last.from && Math.min(...seen) <= Math.max(0, last.to),
  };
}

/** All of the half hour. */
export function allCounted(counts: readonly Course[], figure: string): number | undefined {
  const courses = counts.filter((course) => course.figure === figure);
  return courses.length === 0 ? undefined : Math.round(courses.flatMap(growthIn).reduce((sum, { by }) => sum + by, 0));
}

/** What came of a silence is counted when it is over, and scraped some seconds later. */
function spanOf({ at, backAfterSeconds }: Silence, now: Date): Span {
  const ago = secondsSince(at, now);
  const to = backAfterSeconds === undefined ? 0 : ago - backAfterSeconds - limits.countedAfterSeconds;
  return { from: ago + limits.clockSeconds, to };
}

/** Of several silences events tell the time of the last one; of the others kube-state-metrics does. */
function earlier(heartbeats: readonly Course[]): readonly Span[] {
  const unknown = heartbeats.filter(({ figure }) => figure === 'unknown').flatMap(({ values }) => values);
  return unknown
    .filter(({ value }) => value > 0)
    .map(({ minutesAgo }) => ({
      from: (minutesAgo + 1) * 60 + limits.clockSeconds,
      to: minutesAgo * 60 - limits.countedAfterSeconds,
    }));
}

/** By how much a counter grew from each time it was seen to the next; a process that starts anew counts from zero. */
function growthIn({ values }: Course): readonly (Span & { readonly by: number })[] {
  return values.slice(1).flatMap(({ minutesAgo, value }, index) => {
    const before = values[index];
    if (before === undefined) return [];
    const by = value >= before.value ? value - before.value : value;
    return by > 0 ? [{ from: before.minutesAgo * 60, to: minutesAgo * 60, by }] : [];
  });
}
