import { type Course, coverage, summed, WINDOW_MINUTES } from '../evidence/over-time.ts';
import { limits } from './limits.ts';

export const ALL_MINUTES = Array.from({ length: WINDOW_MINUTES + 1 }, (_, minutesAgo) => minutesAgo);

/** The PIDs of something over half an hour: how many are taken, and of how many. */
export interface Usage {
  readonly threads: ReadonlyMap<number, number>;
  /** Shares by minutes ago; what was not seen is not there. */
  readonly shares: ReadonlyMap<number, number>;
  readonly peak: number;
  readonly max: number;
}

/**
 * Of the machine. Its limit is the lower of kernel.pid_max and kernel.threads-max, as the kubelet takes it (rlimit.maxpid).
 * `undefined`: not collected, since the processes collector of node_exporter is off by default.
 */
export function usageOf(machine: readonly Course[]): Usage | undefined {
  const threads = summed(machine, 'threads');
  const [pidMax, threadsMax] = [summed(machine, 'pidMax'), summed(machine, 'threadsMax')];
  return usage(threads, (minute) => {
    const known = [pidMax.get(minute), threadsMax.get(minute)].filter((max) => max !== undefined);
    return known.length === 0 ? undefined : Math.min(...known);
  });
}

/** Of all pods together: what they may have is the limit of the cgroup they are all in. Most set-ups drop these series. */
export function usageOfPods(threads: readonly Course[]): Usage | undefined {
  const max = summed(threads, 'allPodsMax');
  return usage(summed(threads, 'allPods'), (minute) => max.get(minute));
}

function usage(threads: ReadonlyMap<number, number>, maxAt: (minute: number) => number | undefined): Usage | undefined {
  const shares = new Map<number, number>();
  const maxima = [];
  for (const [minute, used] of threads) {
    const max = maxAt(minute);
    if (!max) continue;
    maxima.push(max);
    shares.set(minute, used / max);
  }
  if (shares.size === 0) return undefined;
  return { threads, shares, peak: Math.max(...shares.values()), max: Math.min(...maxima) };
}

export function minutesFrom(values: ReadonlyMap<number, number>, least: number): readonly number[] {
  return [...values].flatMap(([minute, value]) => (value >= least ? [minute] : [])).toSorted((a, b) => a - b);
}

/** Whether it was seen in nearly all of these minutes: only then can be said that something was not. */
export function isCovered(values: ReadonlyMap<number, unknown>, minutes: readonly number[] = ALL_MINUTES): boolean {
  return coverage(values, minutes) >= limits.coverageShare;
}
