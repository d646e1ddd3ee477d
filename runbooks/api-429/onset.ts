import * as z from 'zod';
import { limits } from './limits.ts';
import { onsetStepSeconds, onsetWindowSeconds } from './queries.ts';

const names = ['etcdMean', 'etcdSilent', 'rejected', 'seats', 'overflows'] as const;
export type Sign = (typeof names)[number];

/** Since when each sign is over its limit, within the last half hour, in Unix seconds. Absent: it is not, or not any more. */
export interface Onset {
  readonly first: { readonly [S in Sign]?: number };
  /** Signs that were over it from the very beginning: they began before we look. */
  readonly before: readonly Sign[];
  /** Signs Prometheus has figures of. */
  readonly known: readonly Sign[];
}

const limitsOf = (): Readonly<Record<Sign, number>> => ({
  etcdMean: limits.etcdSlowSeconds,
  etcdSilent: 0,
  rejected: limits.refusedPerSecond,
  seats: limits.seatsFullShare,
  overflows: limits.overflowsPerSecond,
});

const Points = z.array(
  z.object({
    labels: z.record(z.string(), z.string()),
    points: z.array(z.object({ at: z.date(), value: z.number() })),
  }),
);

export const OnsetSchema = z.object({ series: Points, now: z.date() }).transform(({ series, now }): Onset => {
  const startsAt = now.getTime() / 1000 - onsetWindowSeconds + onsetStepSeconds;
  const over = limitsOf();
  const first: { [S in Sign]?: number } = {};
  for (const { labels, points } of series) {
    const sign = names.find((name) => name === labels.figure);
    if (sign === undefined) continue;
    const since = sinceWhen(points, over[sign]);
    if (since !== undefined) first[sign] = Math.min(first[sign] ?? Number.POSITIVE_INFINITY, since);
  }
  const known = names.filter((name) => series.some(({ labels }) => labels.figure === name));
  return { first, known, before: known.filter((sign) => (first[sign] ?? Number.POSITIVE_INFINITY) <= startsAt) };
});

/** The beginning of the last stretch over the limit; none, if it has ended. Where nothing was measured nothing ended. */
function sinceWhen(points: z.infer<typeof Points>[number]['points'], limit: number): number | undefined {
  const inTime = [...points].sort((a, b) => a.at.getTime() - b.at.getTime());
  const calm = inTime.findLastIndex(({ value }) => !(value > limit));
  const first = inTime[calm + 1];
  return first && first.at.getTime() / 1000;
}

const titles: Readonly<Record<Sign, string>> = {
  etcdMean: 'slow etcd',
  etcdSilent: 'an etcd member silent',
  rejected: 'refused requests',
  seats: 'a full priority level',
  overflows: 'a full accept queue',
};

export function titleOf(sign: Sign): string {
  return titles[sign];
}

/** In order of time: what came first is nearest to the cause. */
export function inOrder({ first }: Onset): readonly (readonly [Sign, number])[] {
  return names
    .flatMap((name) => (first[name] === undefined ? [] : [[name, first[name]] as const]))
    .sort(([, a], [, b]) => a - b);
}

export function showOnset(onset: Onset): string {
  const words = inOrder(onset).map(([sign, at]) => {
    const since = onset.before.includes(sign) ? 'for longer than half an hour' : `since ${clock(at)}`;
    return `${titles[sign]} ${since}`;
  });
  return words.length === 0 ? 'nothing is over its limit' : words.join(', ');
}

/** `07:48:30`, UTC. */
export function clock(unixSeconds: number): string {
  return new Date(unixSeconds * 1000).toISOString().slice(11, 19);
}
