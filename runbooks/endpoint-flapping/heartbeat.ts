import type { EventView } from '../evidence/event.ts';
import { conditionOf } from '../evidence/node.ts';
import { clockTime, secondsSince } from '../evidence/node-words.ts';
import { type Course, coverage, WINDOW_MINUTES } from '../evidence/over-time.ts';
import { limits } from './limits.ts';
import type { Seen } from './schema.ts';
import { span } from './words.ts';

/** The controller manager heard nothing of a node for its grace period, and said so in the node's place. */
export interface Silence {
  readonly words: string;
  /** RFC 3339: when it said so last. */
  readonly at: string;
  /** Until the kubelet said that it is Ready again; absent: it has not, or that was not told. */
  readonly backAfterSeconds?: number;
}

/** `undefined`: it was heard of all the time, within the half hour. */
export function silenceOf({ node, events }: Pick<Seen, 'node' | 'events'>, now: Date): Silence | undefined {
  const ready = conditionOf(node, 'Ready');
  const called = lastOf(events, 'NodeNotReady', 'node-controller', now);
  if (ready?.status === 'Unknown') {
    const at = ready.lastTransitionTime ?? called?.lastSeen ?? now.toISOString();
    return { at, words: `nobody has heard of ${node.name} since ${clockTime(at)} (Ready=Unknown)` };
  }
  if (called === undefined) return undefined;
  const back = lastOf(events, 'NodeReady', 'kubelet', now);
  const backAfterSeconds = back && secondsSince(called.lastSeen, new Date(back.lastSeen));
  const often = called.count > 1 ? `${called.count} times, last` : '';
  return {
    at: called.lastSeen,
    words: `${node.name} fell silent ${often} at ${clockTime(called.lastSeen)}`.replace('  ', ' '),
    ...(backAfterSeconds !== undefined && backAfterSeconds >= 0 ? { backAfterSeconds } : {}),
  };
}

/**
 * Whether what a kubelet counts of a silence can be seen by now: it counts when the silence is over, and is scraped some
 * seconds later.
 */
export function isCounted({ at, backAfterSeconds }: Silence, now: Date): boolean {
  return backAfterSeconds !== undefined && secondsSince(at, now) - backAfterSeconds >= limits.countedAfterSeconds;
}

/** What the kubelet itself says against its node; `undefined`: nothing within the half hour. */
export function ownReport({ node, events }: Pick<Seen, 'node' | 'events'>, now: Date): string | undefined {
  const ready = conditionOf(node, 'Ready');
  if (ready?.status === 'False') return `Ready=False: ${ready.message}`;
  const said = lastOf(events, 'NodeNotReady', 'kubelet', now);
  return said && `the kubelet called its node NotReady at ${clockTime(said.lastSeen)}, and Ready again since`;
}

function lastOf(events: readonly EventView[], reason: string, from: string, now: Date): EventView | undefined {
  return events
    .filter((event) => event.reason === reason && event.from === from)
    .filter(({ lastSeen }) => secondsSince(lastSeen, now) <= limits.latelySeconds)
    .toSorted((a, b) => Date.parse(b.lastSeen) - Date.parse(a.lastSeen))[0];
}

/** Whether a change of a pod belongs to one of its node: from its silence until some seconds after it was back. */
export function isWith(changedAt: string, silence: Silence): boolean {
  const after = secondsSince(silence.at, new Date(changedAt));
  return after >= -limits.marginSeconds && after <= (silence.backAfterSeconds ?? 0) + limits.withNodeSeconds;
}

/** How late heartbeats were, by kube-state-metrics. */
export interface Gaps {
  /** The greatest age of the lease that a scrape saw, in seconds. */
  readonly longest: number;
  /** Seconds it was dated ahead, at most: by a node whose clock is. `undefined`: its least age was not seen. */
  readonly ahead: number | undefined;
  /** No gap was longer than this: a short one may lie between two scrapes. */
  readonly atMost: number;
  /** In which share of the minutes it was seen. */
  readonly seen: number;
  readonly words: string;
}

export function gapsOf(heartbeats: readonly Course[]): Gaps | undefined {
  const valuesOf = (figure: string) =>
    heartbeats.filter((course) => course.figure === figure).flatMap(({ values }) => values);
  const ages = valuesOf('leaseAge');
  const every = Math.max(...valuesOf('scrapedEvery').map(({ value }) => value));
  if (ages.length === 0 || !Number.isFinite(every)) return undefined;
  const longest = Math.max(...ages.map(({ value }) => value));
  const least = valuesOf('leaseAgeLeast').map(({ value }) => -value);
  const ahead = least.length === 0 ? undefined : Math.max(0, ...least);
  const minutes = Array.from({ length: WINDOW_MINUTES }, (_, minutesAgo) => minutesAgo);
  const seen = coverage(new Map(ages.map(({ minutesAgo, value }) => [minutesAgo, value])), minutes);
  const age = longest < 0 ? `dated ${span(longest)} ahead` : `up to ${span(longest)} old`;
  const words = `its lease was ${age} (scraped every ${span(every)})`;
  return { longest, ahead, atMost: longest + every, seen, words };
}
