import type { Measure } from '../../engine/measure.ts';
import { EVENTS_LIVE_SECONDS } from '../evidence/event.ts';
import { clockTime, duration, secondsSince } from '../evidence/node-words.ts';
import { type Course, coverage, WINDOW_MINUTES } from '../evidence/over-time.ts';
import { type Disk, type DiskMinute, disksOf, isUnderKubelet, stalledOf } from './devices.ts';
import { limits } from './limits.ts';
import type { Maybe, Seen } from './schema.ts';
import { amount, clockMinute, percent, SLOW_ANSWER_SECONDS } from './words.ts';

/** Whether a disk held the node up within the last half hour: to be proved before anybody is blamed for it. */
export type Stall =
  | { readonly state: 'saturated'; readonly disk: Disk; readonly minutes: readonly number[]; readonly words: string }
  | { readonly state: 'calm' | 'unclear'; readonly words: string };

/** Requests waiting, times as many as before: no longer the wavering of a queue (judgement). */
const CLEARLY_WORSE = 3;

export const ALL_MINUTES = Array.from({ length: WINDOW_MINUTES + 1 }, (_, minutesAgo) => minutesAgo);

export function stallOf({ disks: courses, events, mounts }: Seen, now: Date): Stall {
  const disks = disksOf(courses);
  const worst = worstOf(disks, mounts);
  if (worst === undefined) return { state: 'unclear', words: 'node_exporter shows no disk of this machine' };
  const silences = silencesOf(events, now);
  if (worst.saturated.length === 0) return calmness(courses, events, disks, now);
  const words = saturationWords(worst, now);
  const unclear = (why: string) => ({ state: 'unclear', words: `${words}; but ${why}` }) as const;
  const inWindow = silences.filter((minutesAgo) => minutesAgo + limits.beforeNotReadyMinutes <= WINDOW_MINUTES);
  if (inWindow.length > 0) {
    const under = isUnderKubelet(worst.device, disks, mounts);
    if (under === false) return unclear('the kubelet keeps nothing on that disk: it is not why the node was NotReady');
    if (under === undefined) return unclear('whether the kubelet keeps its data on that disk is not known');
    const before = worst.saturated.filter(({ minutesAgo }) =>
      inWindow.some((silence) => isJustBefore(minutesAgo, silence)),
    );
    const at = clockMinute(now, inWindow[0] ?? 0);
    if (before.length === 0) return unclear(`not when the node was called NotReady (${at})`);
    if (before.every(isHardlyFelt))
      return unclear(
        `hardly a task waited for it when the node was called NotReady (${at}): a disk that works on many requests at once, as NVMe, is no less quick for that`,
      );
  }
  const minutes = worst.saturated.map(({ minutesAgo }) => minutesAgo);
  return { state: 'saturated', disk: worst, minutes, words };
}

/** By what tasks wait for, where that is collected, and not by the length of the queue. */
function isHardlyFelt({ stalled }: DiskMinute): boolean {
  return stalled !== undefined && stalled < limits.calmStalledShare;
}

/** The minutes a saturation is to be explained by: also those in which a rate or the page cache still held it back. */
export function periodOf(minutes: readonly number[]): readonly number[] {
  const before = minutes.flatMap((minute) => [minute, minute + 1, minute + 2]);
  return [...new Set(before)].filter((minute) => minute <= WINDOW_MINUTES).toSorted((a, b) => a - b);
}

/** That the node was late, in words: called NotReady within the hour, or with a lease beyond its time. */
export function latenessOf({ events = [], heartbeats = [] }: Maybe, now: Date): readonly string[] {
  const silent = events.filter(({ reason, from }) => reason === 'NodeNotReady' && from === 'node-controller');
  const last = silent.toSorted((a, b) => Date.parse(a.lastSeen) - Date.parse(b.lastSeen)).at(-1);
  const age = peakOf(heartbeats, 'leaseAge');
  return [
    ...(last && secondsSince(last.lastSeen, now) < EVENTS_LIVE_SECONDS
      ? [`the node was called NotReady at ${clockTime(last.lastSeen)}${last.count > 1 ? ` (${last.count} times)` : ''}`]
      : []),
    ...(age > limits.lateLeaseSeconds ? [`its lease was up to ${duration(age)} old`] : []),
  ];
}

/** Minutes ago that the node was late: called NotReady, or with a lease beyond its time. */
export function lateMinutes({ events = [], heartbeats = [] }: Maybe, now: Date): readonly number[] {
  const ages = heartbeats.filter(({ figure }) => figure === 'leaseAge').flatMap(({ values }) => values);
  return [
    ...silencesOf(events, now),
    ...ages.filter(({ value }) => value > limits.lateLeaseSeconds).map(({ minutesAgo }) => minutesAgo),
  ];
}

/**
 * ". Meanwhile the node was called NotReady at 08:20:42", or else how late its lease was, or its kubelet's answers, or nothing:
 * one proof is enough for a first line, and the thread has all.
 */
export function heldUpWords(maybe: Maybe, now: Date): string {
  const { scrapes = [] } = maybe;
  const slowest = peakOf(scrapes, 'seconds');
  const words = [
    ...latenessOf(maybe, now),
    ...(slowest > SLOW_ANSWER_SECONDS ? [`its kubelet took up to ${duration(slowest)} to answer Prometheus`] : []),
  ];
  return words.length === 0 ? '' : `. Meanwhile ${words[0]}`;
}

function peakOf(courses: readonly Course[], figure: string): number {
  const values = courses.filter((course) => course.figure === figure).flatMap((course) => course.values);
  return Math.max(0, ...values.map(({ value }) => value));
}

/** How long the queue of the saturated disk is now, over the last two minutes: for before and after a fix. */
export function queueNow(seen: Seen): Measure | undefined {
  const disk = worstOf(disksOf(seen.disks), seen.mounts);
  const recent = (disk?.minutes ?? []).filter(({ minutesAgo }) => minutesAgo <= 2).flatMap(({ queue }) => queue ?? []);
  if (disk === undefined || recent.length === 0) return undefined;
  return {
    of: `requests waiting for ${disk.device}`,
    value: recent.reduce((sum, queue) => sum + queue, 0) / recent.length,
    unit: 'count',
    worseWhen: 'higher',
    clearlyWorse: CLEARLY_WORSE,
    fineUntil: limits.queue,
  };
}

/** A disk under the kubelet before others, then the one that was saturated longest, then the busiest. */
export function worstOf(disks: readonly Disk[], mounts: Seen['mounts']): Disk | undefined {
  const weight = (disk: Disk) => [
    disk.saturated.length > 0 && isUnderKubelet(disk.device, disks, mounts) === true ? 1 : 0,
    disk.saturated.length,
    busiest(disk),
  ];
  return disks.toSorted((a, b) => {
    const [one, other] = [weight(a), weight(b)];
    const difference = one.map((value, index) => (other[index] ?? 0) - value).find((value) => value !== 0);
    return difference ?? (a.device < b.device ? -1 : 1);
  })[0];
}

/** Calm: every minute seen, every disk idle half the time, nobody stalled, and no NotReady from before that. */
function calmness(courses: Seen['disks'], events: Seen['events'], disks: readonly Disk[], now: Date): Stall {
  const top = disks.toSorted((a, b) => busiest(b) - busiest(a))[0];
  const stalled = stalledOf(courses);
  const worstStall = Math.max(0, ...stalled.values());
  const figures = `${top?.device} was at most ${percent(top ? busiest(top) : 0)} busy${stalled.size === 0 ? '' : `, all tasks stalled on I/O ${percent(worstStall)} of the time`}`;
  const unclear = (why: string) => ({ state: 'unclear', words: `${figures}, but ${why}` }) as const;
  if (top === undefined) return { state: 'unclear', words: 'node_exporter shows no disk of this machine' };
  if (worstStall >= limits.stalledShare) {
    return unclear(
      'no disk of its own is saturated: network storage that hangs, or a limit on the I/O of single processes (io.max), looks so',
    );
  }
  if (busiest(top) >= limits.calmBusyShare || worstStall >= limits.calmStalledShare) {
    return unclear('that is neither calm nor saturated (limits 50 and 95 %, stalled 5 and 20 %)');
  }
  const half = disks.find(({ isHalfSeen }) => isHalfSeen);
  if (half) return unclear(`how busy ${half.device} was was not seen all the time`);
  if (stalled.size === 0) return unclear('the I/O pressure of the machine (PSI) is not collected');
  const seen = new Map(top.minutes.map(({ minutesAgo }) => [minutesAgo, true]));
  const share = Math.min(coverage(seen, ALL_MINUTES), coverage(stalled, ALL_MINUTES));
  if (share < limits.coverageShare) return unclear(`only ${percent(share)} of the last half hour was seen`);
  const earlier = silencesOf(events, now).find(
    (minutesAgo) => minutesAgo + limits.beforeNotReadyMinutes > WINDOW_MINUTES,
  );
  if (earlier !== undefined) {
    return unclear(
      `the node was called NotReady at ${clockMinute(now, earlier)}, before the half hour that was looked at`,
    );
  }
  return { state: 'calm', words: `${figures} in half an hour` };
}

/** Every disk was seen, and none was ever busy enough to be saturated, whether its queue was seen or not. */
export function isNeverSaturated(courses: Seen['disks']): boolean {
  const disks = disksOf(courses);
  return (
    disks.length > 0 &&
    disks.every(
      (disk) =>
        busiest(disk) < limits.busyShare &&
        coverage(new Map(disk.minutes.map(({ minutesAgo }) => [minutesAgo, true])), ALL_MINUTES) >=
          limits.coverageShare,
    )
  );
}

function busiest({ minutes }: Disk): number {
  return Math.max(0, ...minutes.map(({ busy }) => busy));
}

/** Minutes ago, within the hour that events live, that the controller manager called the node NotReady. */
function silencesOf(events: Seen['events'], now: Date): readonly number[] {
  return events
    .filter(({ reason, from }) => reason === 'NodeNotReady' && from === 'node-controller')
    .map(({ lastSeen }) => secondsSince(lastSeen, now) / 60)
    .filter((minutesAgo) => minutesAgo >= 0 && minutesAgo <= EVENTS_LIVE_SECONDS / 60)
    .toSorted((a, b) => a - b);
}

export function isJustBefore(minutesAgo: number, silence: number): boolean {
  return minutesAgo >= silence - 1 && minutesAgo <= silence + limits.beforeNotReadyMinutes;
}

function saturationWords({ device, saturated }: Disk, now: Date): string {
  const last = saturated.toSorted((a, b) => a.minutesAgo - b.minutesAgo)[0];
  const queue = Math.max(0, ...saturated.flatMap(({ queue: waiting }) => waiting ?? []));
  const stalled = Math.max(0, ...saturated.flatMap(({ stalled: share }) => share ?? []));
  const when =
    last && last.minutesAgo > 2 ? `was saturated, last at ${clockMinute(now, last.minutesAgo)},` : 'is saturated';
  const pressure = stalled > 0 ? `, all tasks stalled ${percent(stalled)}` : '';
  return `${device} ${when} in ${Math.min(saturated.length, WINDOW_MINUTES)} of the last ${WINDOW_MINUTES} minutes (busy ${percent(Math.max(...saturated.map(({ busy }) => busy)))}, up to ${amount(queue)} waiting${pressure})`;
}
