import type { Course } from '../evidence/over-time.ts';
import { LOG_FLOOR_BYTES } from './queries.ts';

/** A container's log that is or was large, and the bytes it grew by, minute by minute: a lower bound. */
export interface Growth {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  readonly grown: ReadonlyMap<number, number>;
  /** Bytes it had when it was looked at, rotated files included. */
  readonly sizes: ReadonlyMap<number, number>;
  /** Minutes in which it was smaller than at the look before: something was taken away, as rotation does. */
  readonly shrank: ReadonlySet<number>;
  /** Bytes at its largest. */
  readonly largest: number;
}

/**
 * Only what it gained counts: a rotated log shrinks, and what was written and rotated between two looks is not seen. Of
 * a log that comes into view while logs were seen the minute before, all above the floor is new.
 */
export function growthOf(logs: readonly Course[]): readonly Growth[] {
  const seen = new Set(logs.filter(({ figure }) => figure === 'seen').flatMap(({ values }) => values.map(minuteOf)));
  return logs
    .filter(({ figure }) => figure === 'size')
    .map(({ labels: { namespace = '', pod = '', container = '' }, values }) => {
      const grown = new Map<number, number>();
      const shrank = new Set<number>();
      values.forEach(({ minutesAgo, value }, index) => {
        const before = values[index - 1];
        const wasBelow = seen.has(minutesAgo + 1) && before?.minutesAgo !== minutesAgo + 1;
        const from = wasBelow ? LOG_FLOOR_BYTES : before?.value;
        if (from !== undefined && value > from) grown.set(minutesAgo, value - from);
        if (before !== undefined && value < before.value) shrank.add(minutesAgo);
      });
      const sizes = new Map(values.map(({ minutesAgo, value }) => [minutesAgo, value]));
      return { namespace, pod, container, grown, sizes, shrank, largest: Math.max(...sizes.values()) };
    });
}

function minuteOf({ minutesAgo }: { readonly minutesAgo: number }): number {
  return minutesAgo;
}

/** Bytes within these minutes. */
export function grownIn({ grown }: Growth, minutes: readonly number[]): number {
  return minutes.reduce((sum, minute) => sum + (grown.get(minute) ?? 0), 0);
}

/** The one that grew most within these minutes (all: in the whole window), if any grew. */
export function loudestOf(logs: readonly Growth[], minutes?: readonly number[]): Growth | undefined {
  const within = (log: Growth) => grownIn(log, minutes ?? [...log.grown.keys()]);
  return logs
    .filter((log) => within(log) > 0)
    .toSorted((a, b) => within(b) - within(a) || (keyOf(a) < keyOf(b) ? -1 : 1))[0];
}

function keyOf({ namespace, pod, container }: Growth): string {
  return [namespace, pod, container].join('/');
}
