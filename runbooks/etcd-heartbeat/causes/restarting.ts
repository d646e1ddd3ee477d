import { inconclusive, type Verdict } from '../../../engine/verdict.ts';
import type { Maybe } from '../facts.ts';
import { limits } from '../limits.ts';
import { type Member, nameOf, podOf } from '../members.ts';
import { counted } from '../words.ts';

/** A member that ends again and again is up between two ends: that it answers now rules out nothing. */
export function unlessRestarting(verdict: Verdict, maybe: Maybe): Verdict {
  const member = maybe.members?.find(isRestarting);
  if (verdict.verdict !== 'ruled-out' || member === undefined) return verdict;
  const pod = podOf(member, maybe.pods);
  const ended = pod?.lastExit === undefined ? '' : ` (the last time: ${pod.lastExit})`;
  const look = pod === undefined ? '' : `: kubectl -n kube-system logs --previous ${pod.name}`;
  return inconclusive(
    `${nameOf(member, maybe.pods)} answers now, and ${restartWords(member)}${ended}; why it ends, its log of the run before tells${look}`,
  );
}

export function isRestarting({ restarts = 0 }: Member): boolean {
  return Math.round(restarts) >= limits.restartsAgain;
}

/** `started 5 times in 10 minutes`. */
export function restartWords({ restarts = 0 }: Member): string {
  return `started ${counted(Math.round(restarts), 'time')} in 10 minutes`;
}
