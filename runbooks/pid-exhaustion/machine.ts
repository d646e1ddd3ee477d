import { type Course, coverage, summed, WINDOW_MINUTES } from '../evidence/over-time.ts';
import { limits } from './limits.ts';

export const ALL_MINUTES = Array.from({ length: WINDOW_MINUTES + 1 }, (_, minutesAgo) => minutesAgo);

/** The PIDs of something over half an hour: how many are taken, and of how many. */
export interface Usage {
  readonly threads: ReadonlyMap<number, number>;
  /** Shares by minutes ago; what was not seen is not there. Of several limits those that are known: it is so much at least. */
  readonly shares: ReadonlyMap<number, number>;
  /** The minutes in which all of its limits were known: only then it is no more. */
  readonly whole: ReadonlyMap<number, true>;
  readonly peak: number;
  readonly max: number;
}

/**
 * Of the machine. Its limit is the lower of kernel.pid_max and kernel.threads-max, as the kubelet takes it (rlimit.maxpid).
 * `undefined`: not collected, since the processes collector of node_exporter is off by default.
 */
export function usageOf(machine: readonly Course[]): Usage | undefined {
  const threads = summed(machine, 'threads');
  return usage(threads, [summed(machine, 'pidMax'), summed(machine, 'threadsMax')]);
}

/** Whether the machine is counted at all: then what is missing is missing, and its pods cannot stand in for it. */
export function isCounted(machine: readonly Course[]): boolean {
  return machine.some(({ figure }) => figure !== 'forks');
}

/** Of all pods together: what they may have is the limit of the cgroup they are all in. Most set-ups drop these series. */
export function usageOfPods(threads: readonly Course[]): Usage | undefined {
  return usage(summed(threads, 'allPods'), [summed(threads, 'allPodsMax')]);
}

function usage(
  threads: ReadonlyMap<number, number>,
  limitsOverTime: readonly ReadonlyMap<number, number>[],
): Usage | undefined {
  const shares = new Map<number, number>();
  const whole = new Map<number, true>();
  const maxima = [];
  for (const [minute, used] of threads) {
    const known = limitsOverTime.flatMap((limit) => limit.get(minute) || []);
    if (known.length === 0) continue;
    if (known.length === limitsOverTime.length) whole.set(minute, true);
    const max = Math.min(...known);
    maxima.push(max);
    shares.set(minute, used / max);
  }
  if (shares.size === 0) return undefined;
  return { threads, shares, whole, peak: Math.max(...shares.values()), max: Math.min(...maxima) };
}

export function minutesFrom(values: ReadonlyMap<number, number>, least: number): readonly number[] {
  return [...values].flatMap(([minute, value]) => (value >= least ? [minute] : [])).toSorted((a, b) => a - b);
}

/** Whether it was seen in nearly all of these minutes: only then can be said that something was not. */
export function isCovered(values: ReadonlyMap<number, unknown>, minutes: readonly number[] = ALL_MINUTES): boolean {
  return coverage(values, minutes) >= limits.coverageShare;
}
