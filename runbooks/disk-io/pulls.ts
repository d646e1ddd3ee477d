import { secondsSince } from '../evidence/node-words.ts';
import { summed } from '../evidence/over-time.ts';
import type { Seen } from './schema.ts';

/** Minutes ago in which images were being pulled, as far as it can be told. */
export function pullingMinutes(pulls: Seen['pulls'], { starts }: Seen['starting'], now: Date): ReadonlySet<number> {
  const [counts, seconds] = [summed(pulls, 'ended'), summed(pulls, 'seconds')];
  const isSeen = summed(pulls, 'seen');
  const under = new Set<number>();
  for (const [minute, count] of counts) {
    // Before the first pull of a kubelet's process its counters are not there.
    const before = counts.get(minute + 1) ?? (isSeen.has(minute + 1) ? 0 : count);
    if (count <= before) continue;
    const took = (seconds.get(minute) ?? 0) - (seconds.get(minute + 1) ?? 0);
    const length = Math.ceil(took / (count - before) / 60);
    for (let back = 0; back <= length; back += 1) under.add(minute + back);
  }
  for (const { pullingSince } of starts) {
    if (pullingSince === undefined) continue;
    for (let minute = 0; minute <= secondsSince(pullingSince, now) / 60; minute += 1) under.add(minute);
  }
  return under;
}

/** A counter that began anew counts from there. */
export function endedIn(pulls: Seen['pulls']): number {
  const counts = [...summed(pulls, 'ended')].toSorted(([a], [b]) => b - a);
  return counts.reduce((sum, [, count], index) => {
    const before = counts[index - 1]?.[1];
    if (before === undefined) return sum;
    return sum + (count >= before ? count - before : count);
  }, 0);
}

/** Bytes of the images whose pull ended in these minutes, at least: each by the lower edge of its size. Undefined: not told. */
export function pulledBytes(pulls: Seen['pulls'], minutes: readonly number[]): number | undefined {
  const isSeen = summed(pulls, 'seen');
  const sizes = pulls.filter(({ figure }) => figure === 'sizes');
  if (sizes.length === 0) return undefined;
  return sizes.reduce((sum, { labels, values }) => {
    const counts = new Map(values.map(({ minutesAgo, value }) => [minutesAgo, value]));
    const ended = minutes.reduce((all, minute) => {
      const count = counts.get(minute);
      const before = counts.get(minute + 1) ?? (isSeen.has(minute + 1) ? 0 : count);
      return count === undefined || before === undefined ? all : all + Math.max(0, count - before);
    }, 0);
    return sum + ended * leastBytes(labels.image_size_in_bytes ?? '');
  }, 0);
}

/** `1GB-5GB` → 1 GiB, `GT100GB` → 100 GiB, `0-10MB` and `N/A` → 0. */
function leastBytes(label: string): number {
  const [, least = 0, unit] = /^(?:GT)?(\d+)([MG])B/.exec(label) ?? [];
  return Number(least) * (unit === 'G' ? 2 ** 30 : 2 ** 20);
}
