import * as z from 'zod';
import { messageOf } from '../../engine/errors.ts';
import type { Evidence } from '../../engine/runbook.ts';
import type { NodeTarget } from '../../engine/target.ts';
import { KubeletStats, type LogSize, type Stalled } from '../evidence/kubelet-stats.ts';
import { limits } from './limits.ts';
import { LOG_FLOOR_BYTES } from './queries.ts';
import { percent, rate, size } from './words.ts';

/** Between two looks at logs: a flood grows by 30 MB in it, and one that grew was not rotated meanwhile (every 10 s at the soonest). */
const LOOK_AGAIN_SECONDS = 6;

/** Another witness, of now and the last 5 minutes: a stalled kubelet may not answer, or not a second time. */
export interface KubeletLooks {
  readonly first: KubeletStats;
  /** Absent: there was nothing to look at again, or it did not answer again (`gap`). */
  readonly second?: KubeletStats | undefined;
  readonly gap?: string | undefined;
}

export const kubelet: Evidence<KubeletLooks, NodeTarget> = {
  title: 'What its kubelet tells itself',
  schema: z.object({ first: KubeletStats, second: KubeletStats.optional(), gap: z.string().optional() }),
  reads: ['kubelet /stats/summary'],
  read: async ({ kubelet: direct }, { name }) => {
    const first = await direct.stats(name);
    const seen = KubeletStats.safeParse(first).data;
    if (seen === undefined || largestIn(seen) === undefined) return { first };
    const again = direct.stats(name, { afterSeconds: LOOK_AGAIN_SECONDS });
    return again.then((second) => ({ first, second })).catch((thrown) => ({ first, gap: messageOf(thrown) }));
  },
  show: (looks) => {
    const { first, second = first, gap } = looks;
    const large = largestIn(second);
    const grown = grownBetween(looks)[0];
    return [
      second.stalled
        ? stalledWords(second.stalled)
        : 'no pressure on I/O is told (from Kubernetes 1.34 on, with cgroup v2)',
      large
        ? `${nameOf(large)} has the largest log, ${size(large.bytes)}`
        : `no log is larger than ${size(LOG_FLOOR_BYTES)}`,
      ...(grown ? [`${nameOf(grown)} grew by ${rate(grown.perSecond)} at least`] : []),
      ...(gap ? [`not seen a second time: ${gap}`] : []),
    ].join('; ');
  },
  threshold: 'all tasks stalled on I/O 20 % of the last minute; one log: half of what the disk moves',
  thresholdSource: 'chosen here; measured that a log is charged to the container runtime, never to its pod',
  // It waits between its looks, on top of the time that the kubelet takes.
  deadlineMs: 12_000,
  witness: true,
};

/** `all tasks were stalled on I/O 62 % of the last 10 s, 45 % of the last minute, 31 % of 5`. */
export function stalledWords({ in10, in60, in300 }: Stalled): string {
  return `all tasks were stalled on I/O ${percent(in10)} of the last 10 s, ${percent(in60)} of the last minute, ${percent(in300)} of 5`;
}

/**
 * Whether no pod waits for I/O itself, while the machine does: then it is the container runtime that waits, which writes what
 * pods print, or another process of the machine. Not so where it is not told of every pod.
 */
export function noPodWaits({ pods }: KubeletStats): boolean {
  return pods.every(({ waiting }) => waiting !== undefined && waiting < limits.calmStalledShare);
}

/** How they stood when the kubelet was asked last. */
export function latestOf({ first, second = first }: KubeletLooks): KubeletStats {
  return second;
}

/** The largest log, if any is larger than one that is not flooded. */
export function largestIn({ logs }: KubeletStats): LogSize | undefined {
  return logs
    .filter(({ bytes }) => bytes > LOG_FLOOR_BYTES)
    .toSorted((a, b) => b.bytes - a.bytes || (nameOf(a) < nameOf(b) ? -1 : 1))[0];
}

/** Whether every log was counted, and none is as large as one that is flooded: see causes/log-flood.ts. */
export function areSmall(stats: KubeletStats): boolean {
  return stats.logsUnseen === 0 && largestIn(stats) === undefined;
}

interface Grown extends LogSize {
  /** Bytes a second, at least. */
  readonly perSecond: number;
}

/** What grew between the looks, the most of it first. Rotation takes away what it may have grown besides. */
export function grownBetween({ first, second }: KubeletLooks): readonly Grown[] {
  const before = new Map(first.logs.map((log) => [nameOf(log), log]));
  return (second?.logs ?? [])
    .flatMap((log): Grown[] => {
      const was = before.get(nameOf(log));
      // Whole seconds: it may have been nearly one more.
      const seconds = was ? (Date.parse(log.at) - Date.parse(was.at)) / 1000 + 1 : 0;
      if (!was || seconds <= 1 || log.bytes <= was.bytes) return [];
      return [{ ...log, perSecond: (log.bytes - was.bytes) / seconds }];
    })
    .toSorted((a, b) => b.perSecond - a.perSecond || (nameOf(a) < nameOf(b) ? -1 : 1));
}

/** `shop/export-7d9f-abcde (container app)` */
export function nameOf({ namespace, pod, container }: Omit<LogSize, 'bytes' | 'at'>): string {
  return `${namespace}/${pod} (container ${container})`;
}
