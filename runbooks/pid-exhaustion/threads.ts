import { type Course, coverage, meanIn, summed } from '../evidence/over-time.ts';
import { limits } from './limits.ts';
import { amount, count, FRESH_MINUTES } from './words.ts';

/** What one pod holds, by how many minutes ago. Of those that hold most, and of those nearest to their limit. */
export interface PodUse {
  readonly namespace: string;
  readonly pod: string;
  readonly threads: ReadonlyMap<number, number>;
  /** Of its limit. Empty: it has none, or is not among the nearest. */
  readonly share: ReadonlyMap<number, number>;
  /** PIDs it may have, as seen last. */
  readonly limit?: number | undefined;
  /** As seen last; absent: cAdvisor shows no containers. */
  readonly processes?: number | undefined;
}

/** The pods that were told of, by name. */
export function podsIn(courses: readonly Course[]): readonly PodUse[] {
  const named = courses.filter(({ labels }) => labels.pod);
  const byPod = Map.groupBy(named, ({ labels }) => `${labels.namespace}/${labels.pod}`);
  return [...byPod]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([, own]) => {
      const { namespace = '', pod = '' } = own[0]?.labels ?? {};
      const over = (figure: string) =>
        new Map(
          own
            .filter((course) => course.figure === figure)
            .flatMap(({ values }) => values.map(({ minutesAgo, value }) => [minutesAgo, value] as const)),
        );
      return {
        namespace,
        pod,
        threads: over('threads'),
        share: over('share'),
        limit: latest(over('limit')),
        processes: latest(over('processes')) || undefined,
      };
    });
}

/** How many pods the figures name, at each moment those that hold most. */
const NAMED = 5;

/** Why it cannot be said that no pod is near to its limit: of some the limit was not seen. */
export function gapInLimits(courses: readonly Course[], minutes: readonly number[]): string | undefined {
  const [pods, seen] = [summed(courses, 'pods'), summed(courses, 'limitsSeen')];
  if (coverage(pods, minutes) < limits.coverageShare) return 'its pods were not seen all the time';
  // A pod counts for two minutes after its end, and its limit does not.
  const seenAt = (minute: number) => Math.max(...[0, 1, 2].map((before) => seen.get(minute + before) ?? 0));
  const lacking = Math.max(0, ...minutes.map((minute) => (pods.get(minute) ?? 0) - seenAt(minute)));
  if (lacking > 0) return `the limits of ${count(lacking, 'pod')} were not seen`;
  const without = podsIn(courses).find(({ limit, share }) => limit !== undefined && share.size === 0);
  return without && `how much ${without.namespace}/${without.pod} used of its limit was not seen`;
}

/** What a pod that is not named may hold at most: as much as the least of those named, or all that is left. */
export function mostUnnamed(courses: readonly Course[], minutes: readonly number[]): number {
  const together = summed(courses, 'together');
  const pods = podsIn(courses);
  const most = minutes.map((minute) => {
    const named = pods.flatMap(({ threads }) => threads.get(minute) ?? []);
    const left = (together.get(minute) ?? 0) - named.reduce((sum, threads) => sum + threads, 0);
    return [minute, Math.max(0, named.length < NAMED ? left : Math.min(left, ...named))] as const;
  });
  return meanIn(new Map(most), minutes) ?? 0;
}

/** The pod that held most threads over these minutes (one in which it was not among the first five counts as none). */
export function biggestOf(pods: readonly PodUse[], minutes: readonly number[]): PodUse | undefined {
  return best(pods, ({ threads }) => meanOver(threads, minutes));
}

/** The pod that held most at any moment. */
export function tallestOf(pods: readonly PodUse[]): PodUse | undefined {
  return best(pods, ({ threads }) => Math.max(0, ...threads.values()));
}

/** The pod that came nearest to its own limit. */
export function nearestOf(pods: readonly PodUse[]): PodUse | undefined {
  return best(
    pods.filter(({ share }) => share.size > 0),
    ({ share }) => Math.max(...share.values()),
  );
}

export function meanOver(values: ReadonlyMap<number, number>, minutes: readonly number[]): number {
  return meanIn(new Map(minutes.map((minute) => [minute, values.get(minute) ?? 0])), minutes) ?? 0;
}

/** What it is now; `undefined`: it was not seen lately. */
export function fresh(values: ReadonlyMap<number, number>): number | undefined {
  return Math.min(...values.keys()) <= FRESH_MINUTES ? latest(values) : undefined;
}

export function latest(values: ReadonlyMap<number, number>): number | undefined {
  const minute = Math.min(...values.keys());
  return values.get(minute);
}

/** Threads that are not ended, or processes: different mistakes. `undefined`: not seen. */
export function kindOf({ threads, processes }: PodUse): 'threads' | 'processes' | undefined {
  const now = latest(threads);
  if (processes === undefined || now === undefined) return undefined;
  return now >= limits.threadsPerProcess * processes ? 'threads' : 'processes';
}

/** `28,400 threads in 3 processes`, `900 processes with 1,020 threads`. */
export function holdsWords(use: PodUse, threads: number): string {
  const { processes } = use;
  const kind = kindOf(use);
  const what = kind === 'processes' ? count(processes ?? threads, 'process') : count(threads, 'thread');
  const within = kind === 'threads' && processes !== undefined ? ` in ${count(processes, 'process')}` : '';
  const more = kind === 'processes' ? ` with ${amount(threads)} threads` : '';
  return `${what}${within}${more}`;
}

function best(pods: readonly PodUse[], weight: (pod: PodUse) => number): PodUse | undefined {
  return pods.toSorted((a, b) => weight(b) - weight(a))[0];
}
