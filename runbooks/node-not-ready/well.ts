import { confirmed, inconclusive, type Verdict } from '../../engine/verdict.ts';
import { conditionOf } from '../evidence/node.ts';
import { clockTime } from '../evidence/node-words.ts';
import type { Maybe } from './evidence.ts';
import { isFlapping } from './flapping.ts';
import { lifeOf, readinessOf } from './signs.ts';

/** Scrapes come once a minute at most: what a window or the last scrape shows may be that much older. */
export const SCRAPE_SECONDS = 60;

/** What is good now, and since when by its own date (unknown: nothing can be said to be older). */
export interface Good {
  readonly words: string;
  readonly since?: string | undefined;
}

/** The node is well by its own word: Ready, its lease not late, and its readiness does not come and go. */
export function wellNow(maybe: Maybe, now: Date): Good | undefined {
  const ready = readinessOf(maybe);
  if (ready?.status !== 'True' || isFlapping(maybe, now)) return undefined;
  const { state } = lifeOf(maybe, now);
  return state === 'renewing' || state === 'unseen' ? { words: 'Ready=True', since: ready.since } : undefined;
}

/** The pressure is not there, by the kubelet's own word. */
export function notUnder({ node }: Maybe, type: string): Good | undefined {
  const condition = node && conditionOf(node, type);
  return condition?.status === 'False'
    ? { words: `${type}=False`, since: condition.lastTransitionTime ?? undefined }
    : undefined;
}

/**
 * The verdict a sign gives: it proves its cause, unless what it would have broken is good since after it. Then it is
 * history: why the alert came perhaps, but not what is wrong now. `from`: the earliest moment the sign can stem from.
 */
export function unlessPast(words: string, from: Date, good: Good | undefined, title?: string): Verdict {
  if (good?.since === undefined || Date.parse(good.since) < from.getTime()) return confirmed(words, title);
  return past(words, good);
}

/** The verdict of a sign of this node's trouble: it needs the Node object, which dates since when it is well. */
export function unlessWellSince(words: string, from: Date, maybe: Maybe, now: Date, title?: string): Verdict {
  if (maybe.node === undefined && !isFlapping(maybe, now)) {
    return inconclusive(`${words}; whether the node is well since could not be seen`);
  }
  return unlessPast(words, from, wellNow(maybe, now), title);
}

/** A sign that is history, whenever it was. */
export function past(words: string, { words: is, since }: Good): Verdict {
  return inconclusive(`${words}; but that is past: ${is}${since === undefined ? '' : ` since ${clockTime(since)}`}`);
}

/** The earliest moment that still shows in a window of so many seconds (0: in the last scrape). */
export function shownFrom(now: Date, windowSeconds: number): Date {
  return new Date(now.getTime() - (windowSeconds + SCRAPE_SECONDS) * 1000);
}
