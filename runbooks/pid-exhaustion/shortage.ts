import type { Measure } from '../../engine/measure.ts';
import { serverTime } from '../evidence/control-plane.ts';
import type { EventView } from '../evidence/event.ts';
import { wasWithin } from '../evidence/log-time.ts';
import { conditionOf } from '../evidence/node.ts';
import { clockTime, secondsSince } from '../evidence/node-words.ts';
import { summed, WINDOW_MINUTES } from '../evidence/over-time.ts';
import { countWords, usageNow } from './kubelet.ts';
import { limits } from './limits.ts';
import { isCovered, minutesFrom, type Usage, usageOf, usageOfPods } from './machine.ts';
import type { Maybe, Seen } from './schema.ts';
import { fresh } from './threads.ts';
import { amount, clockMinute, FRESH_MINUTES, listed, percent } from './words.ts';

/** Whether the machine ran out of PIDs within the last half hour: to be proved before anybody is blamed for it. */
export type Shortage =
  | {
      readonly state: 'short';
      /** What is full: the machine, or the limit of all its pods together. */
      readonly of: 'machine' | 'pods';
      readonly usage: Usage;
      /** Minutes ago. */
      readonly minutes: readonly number[];
      readonly words: string;
    }
  | { readonly state: 'threshold' | 'enough' | 'unclear'; readonly words: string };

export function shortageOf(seen: Seen, maybe: Maybe, now: Date): Shortage {
  const usage = maybe.machine && usageOf(maybe.machine);
  const pods = maybe.threads && usageOfPods(maybe.threads);
  const direct = maybe.kubelet && usageNow(maybe.kubelet);
  for (const [of, one] of [
    ['machine', usage],
    ['pods', pods],
  ] as const) {
    const minutes = one ? minutesFrom(one.shares, limits.shortShare) : [];
    if (one && minutes.length > 0) {
      const words = `${usedWords(of, one, limits.shortShare, now)}${of === 'machine' ? denialWords(maybe, one) : ''}`;
      return { state: 'short', of, usage: one, minutes, words };
    }
  }
  if (direct && direct.peak >= limits.shortShare && !isDenied(direct, usage)) return shortNow(direct);
  if (seen.readyz.etcd === false) {
    return unclear('the API server has lost etcd: what it says of this node may be an old copy');
  }
  const time = serverTime(seen.readyz, now);
  const said = signsOf(maybe, time);
  const refused = refusedForks(maybe, time);
  if (usage === undefined) return direct ? atThisMoment(seen, maybe, direct, time) : notCounted(maybe, time);
  const tight = minutesFrom(usage.shares, limits.tightShare);
  if (tight.length > 0 && said.length + refused.length > 0) {
    const words = `${usedWords('machine', usage, limits.tightShare, now)}; ${listed([...said, ...refused])}`;
    return { state: 'short', of: 'machine', usage, minutes: tight, words };
  }
  return unproved(seen, usage, time, direct && direct.peak >= limits.tightShare ? kubeletWords(direct) : undefined);
}

function notCounted(maybe: Maybe, now: Date): Shortage {
  return unclear([...signsOf(maybe, now), ...refusedForks(maybe, now), uncountedWords(maybe)].join(', but '));
}

/** By its kubelet alone, which knows what is now: that there were PIDs enough before is not for it to say. */
function atThisMoment(seen: Seen, maybe: Maybe, direct: Usage, now: Date): Shortage {
  const signs = [...signsOf(maybe, now), ...refusedForks(maybe, now)];
  if (signs.length > 0 && direct.peak >= limits.tightShare) return shortNow(direct, signs);
  const words = kubeletWords(direct);
  const met = lastMet(maybe.events ?? [])?.lastSeen;
  const isCompared = met !== undefined && secondsSince(met, now) < limits.comparedSeconds;
  // Through `seen`: what was not looked at has not kept silent.
  if (isCompared && direct.peak < limits.plentyShare && refusedForks(seen, now).length === 0)
    return { state: 'threshold', words: `the kubelet said EvictionThresholdMet at ${clockTime(met)}, but ${words}` };
  return unclear([...signs, `${words}; what was in the half hour before was not seen`].join(', but '));
}

function shortNow(direct: Usage, signs: readonly string[] = []): Shortage {
  const words = [`By its kubelet, ${kubeletWords(direct)}`, ...(signs.length > 0 ? [listed(signs)] : [])].join('; ');
  return { state: 'short', of: 'machine', usage: direct, minutes: [0], words };
}

/** `31,400 of 32,768 PIDs (96 %) are in use now`: what a kubelet counts is of one minute. */
function kubeletWords({ threads, max }: Usage): string {
  return `${countWords({ used: Math.max(...threads.values()), max })} are in use now`;
}

/** One witness says that PIDs are short now, the other that there are plenty. */
function isDenied(one: Usage, other: Usage | undefined): boolean {
  const [is, was] = [one, other].map((usage) => usage && fresh(usage.shares));
  return is !== undefined && was !== undefined && is >= limits.tightShare && was < limits.plentyShare;
}

function denialWords(maybe: Maybe, usage: Usage): string {
  const direct = maybe.kubelet && usageNow(maybe.kubelet);
  return direct && isDenied(usage, direct) ? `. But its kubelet counts otherwise: ${kubeletWords(direct)}` : '';
}

/** No minute in which they ran out was seen: they never did, or that cannot be told. */
function unproved(seen: Seen, usage: Usage, now: Date, denied: string | undefined): Shortage {
  const words = `at most ${percent(usage.peak)} of the machine's ${amount(usage.max)} PIDs were used in half an hour`;
  if (denied) return unclear(`${words}, but by its kubelet ${denied}: figures contradict each other`);
  const together = summed(seen.threads, 'together');
  const contradicting = [...together].some(([minute, threads]) => {
    const all = usage.threads.get(minute);
    return all !== undefined && threads > limits.contradictionShare * all;
  });
  if (contradicting)
    return unclear(`${words}, but its pods alone have more threads than that: figures contradict each other`);
  if (!isCovered(usage.whole)) return unclear(`${words}, but not all of its figures were seen all the time`);
  if (!isCovered(together)) return unclear(`${words}, but what its pods hold of it was not seen all the time`);
  // Through `seen`: what was not looked at has not kept silent.
  const said = signsOf(seen, now);
  const refused = refusedForks(seen, now);
  if (said.length > 0 && usage.peak < limits.plentyShare)
    return { state: 'threshold', words: `${listed(said)}, but ${words}` };
  if (said.length + refused.length > 0) return unclear(`${words}, but ${listed([...said, ...refused])}`);
  if (usage.peak >= limits.tightShare) return unclear(`${words}: neither enough nor too few`);
  return { state: 'enough', words };
}

/** The kubelet's own word: it comes only with `pid.available` in its evictionHard, which is not in the default. */
function signsOf({ node, events = [] }: Maybe, now: Date): readonly string[] {
  const condition = node && conditionOf(node, 'PIDPressure');
  const last = events
    .filter(({ reason, message }) =>
      reason === 'EvictionThresholdMet' ? isAboutPids(message) : reason === 'NodeHasInsufficientPID',
    )
    .filter(({ lastSeen }) => wasWithin(limits.signMinutes * 60, lastSeen, now))
    .toSorted((a, b) => Date.parse(a.lastSeen) - Date.parse(b.lastSeen))
    .at(-1);
  const since = condition?.lastTransitionTime ? ` since ${clockTime(condition.lastTransitionTime)}` : '';
  return [
    ...(condition?.status === 'True' ? [`the kubelet reports PIDPressure${since}`] : []),
    ...(last && condition?.status !== 'True' ? [`the kubelet said ${last.reason} at ${clockTime(last.lastSeen)}`] : []),
  ];
}

/** The last time its kubelet said that it evicts pods to reclaim PIDs. */
export function lastMet(events: readonly EventView[]): EventView | undefined {
  return events
    .filter(({ reason, message }) => reason === 'EvictionThresholdMet' && isAboutPids(message))
    .toSorted((a, b) => Date.parse(a.lastSeen) - Date.parse(b.lastSeen))
    .at(-1);
}

/** "Attempting to reclaim pids". */
function isAboutPids(message: string): boolean {
  return /\bpids\b/i.test(message);
}

/** Forks refused to the network's pods, as they wrote it down within the window. */
function refusedForks({ networkLogs }: Maybe, now: Date): readonly string[] {
  const last = networkLogs?.refusals
    .filter(({ kind, at }) => kind === 'fork' && at && wasWithin(limits.signMinutes * 60, at, now))
    .at(-1);
  return last?.at ? [`a fork was refused to ${last.pod} at ${clockTime(last.at)} (${last.line})`] : [];
}

/** How full it is now: for before and after a fix. */
export function usedNow(seen: Seen, maybe: Maybe): Measure | undefined {
  const direct = maybe.kubelet && usageNow(maybe.kubelet);
  const counted = maybe.machine || !direct ? usageOf(seen.machine) : undefined;
  const shares = (counted ?? direct)?.shares ?? new Map<number, number>();
  const recent = [...shares].flatMap(([minute, share]) => (minute <= 1 ? [share] : []));
  if (recent.length === 0) return undefined;
  return {
    of: 'PIDs in use on the machine',
    value: Math.max(...recent),
    unit: 'share',
    worseWhen: 'higher',
    clearlyWorse: CLEARLY_WORSE,
    fineUntil: limits.tightShare,
  };
}

/** Times as full: a tenth more is no wavering any more, and hardly more than that is left (judgement). */
export const CLEARLY_WORSE = 1.1;

function usedWords(of: 'machine' | 'pods', { shares, max }: Usage, least: number, now: Date): string {
  const minutes = minutesFrom(shares, least);
  const peak = percent(Math.max(...minutes.map((minute) => shares.get(minute) ?? 0)));
  const [last, first] = [Math.min(...minutes), Math.max(...minutes)];
  const since = first >= WINDOW_MINUTES ? 'for half an hour or more' : `since ${clockMinute(now, first)}`;
  const [who, is, was, what] =
    of === 'machine'
      ? ['The machine', 'uses', 'used', `of its ${amount(max)} PIDs`]
      : ['All pods together', 'use', 'used', `of the ${amount(max)} PIDs they may have`];
  return last <= FRESH_MINUTES
    ? `${who} ${is} ${peak} ${what}, over ${percent(least)} ${since}`
    : `${who} ${was} ${peak} ${what}, over ${percent(least)} from ${clockMinute(now, first)} to ${clockMinute(now, last)}`;
}

function uncountedWords({ machine }: Maybe): string {
  const words = 'how many PIDs the machine has and uses';
  return machine === undefined
    ? `${words} could not be seen`
    : `${words} is not collected (node_exporter needs --collector.processes)`;
}

function unclear(words: string): Shortage {
  return { state: 'unclear', words };
}
