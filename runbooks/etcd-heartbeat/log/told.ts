import { inconclusive, type Verdict } from '../../../engine/verdict.ts';
import { serverTime } from '../../evidence/control-plane.ts';
import { secondsSince } from '../../evidence/node-words.ts';
import type { Maybe } from '../facts.ts';
import { limits } from '../limits.ts';
import { windowSeconds } from '../queries.ts';
import { listed } from '../words.ts';
import { type Entry, ofKind } from './entries.ts';
import type { MemberLog } from './evidence.ts';
import { gapWords, last, worstOf } from './words.ts';

/** Lines of a clock that is ahead of ours, or without a time, are of nobody knows when. */
function isPresent({ at }: Entry, now: Date): boolean {
  if (at === undefined) return false;
  const age = secondsSince(at, now);
  return age >= -limits.leaseAheadSeconds && age <= windowSeconds;
}

/** What the members wrote within ten minutes. What is older was so, and proves nothing of now. */
export function toldNow({ log, readyz }: Maybe, now: Date): readonly MemberLog[] {
  const moment = serverTime(readyz, now);
  return (log?.logs ?? [])
    .map((one) => ({ ...one, entries: one.entries.filter((entry) => isPresent(entry, moment)) }))
    .filter(({ entries }) => entries.length > 0);
}

/** The same of before. */
function toldBefore({ log, readyz }: Maybe, now: Date): readonly MemberLog[] {
  const moment = serverTime(readyz, now);
  const isPast = ({ at }: Entry) => at !== undefined && secondsSince(at, moment) > windowSeconds;
  return (log?.logs ?? []).map((one) => ({ ...one, entries: one.entries.filter(isPast) }));
}

/** That heartbeats are late, and by how much, from the log of whoever leads. */
export function lateTold(maybe: Maybe, now: Date): string | undefined {
  return each(toldNow(maybe, now), ({ pod, entries }) => {
    const late = ofKind(entries, 'late');
    return late.length > 0 ? `${pod} wrote that ${gapWords(late)}${last(late)}` : undefined;
  });
}

/** That they were, before the minutes that are looked at. */
export function lateBefore(maybe: Maybe, now: Date): string | undefined {
  return each(toldBefore(maybe, now), ({ pod, entries }) => {
    const late = ofKind(entries, 'late');
    return late.length > 0 ? `${pod} wrote that its ${gapWords(late)}${last(late)}` : undefined;
  });
}

export function appliesTold(maybe: Maybe, now: Date): string | undefined {
  return each(toldNow(maybe, now), ({ pod, entries }) => {
    const slow = ofKind(entries, 'apply');
    return slow.length > 0
      ? `${pod} wrote that an apply took ${worstOf(slow)} (etcd expects under 100 ms)${last(slow)}`
      : undefined;
  });
}

/** A ruling out by figures, unless the log tells of the very thing: two witnesses that contradict each other. */
export function unlessTold(verdict: Verdict, told: string | undefined): Verdict {
  if (verdict.verdict !== 'ruled-out' || told === undefined) return verdict;
  return inconclusive(`${verdict.reason}; yet ${told}: the two contradict each other`);
}

function each(logs: readonly MemberLog[], words: (one: MemberLog) => string | undefined): string | undefined {
  const all = logs.flatMap((one) => words(one) ?? []);
  return all.length > 0 ? listed(all) : undefined;
}
