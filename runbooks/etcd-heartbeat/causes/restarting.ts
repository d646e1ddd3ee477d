import { inconclusive, type Verdict } from '../../../engine/verdict.ts';
import { serverTime } from '../../evidence/control-plane.ts';
import type { EtcdPod } from '../../evidence/etcd-pods.ts';
import { secondsSince } from '../../evidence/node-words.ts';
import type { Maybe } from '../facts.ts';
import { limits } from '../limits.ts';
import { type Member, nameOf, podOf } from '../members.ts';
import { counted, duration } from '../words.ts';

/** A member that ends again and again is up between two ends: that it answers now rules out nothing. */
export function unlessRestarting(verdict: Verdict, maybe: Maybe, now: Date): Verdict {
  if (verdict.verdict !== 'ruled-out') return verdict;
  const member = maybe.members?.find(isRestarting);
  if (member === undefined) {
    const words = endingWords(maybe, now);
    return words === undefined ? verdict : inconclusive(words);
  }
  const pod = podOf(member, maybe.pods);
  const ended = pod?.lastExit === undefined ? '' : ` (the last time: ${pod.lastExit})`;
  const look = pod === undefined ? '' : lookAt(pod);
  return inconclusive(
    `${nameOf(member, maybe.pods)} answers now, and ${restartWords(member)}${ended}; why it ends, its log of the run before tells${look}`,
  );
}

export function isRestarting({ restarts = 0 }: Member): boolean {
  return Math.round(restarts) >= limits.restartsAgain;
}

/** Of a container that runs, and has ended several times, the last time just now: as its pod tells, where no metric does. */
export function endingWords({ members = [], pods, readyz }: Maybe, ours: Date): string | undefined {
  if (pods === undefined) {
    // Scrapes may have seen one start of many.
    const started = members.find(({ restarts = 0 }) => Math.round(restarts) > 0);
    return started && `${nameOf(started)} ${restartWords(started)}; how often before, only its pod could tell`;
  }
  const now = serverTime(readyz, ours);
  const pod = pods.find(
    ({ runs, restarts, endedAt = '' }) =>
      runs && restarts >= limits.restartsAgain && secondsSince(endedAt, now) < limits.loopingSeconds,
  );
  if (pod?.endedAt === undefined) return undefined;
  const ago = duration(secondsSince(pod.endedAt, now));
  return `${pod.name} runs now, and has ended ${counted(pod.restarts, 'time')}, the last time ${ago} ago; why, its log of the run before tells${lookAt(pod)}`;
}

function lookAt({ name }: EtcdPod): string {
  return `: kubectl -n kube-system logs --previous ${name}`;
}

/** `started 5 times in 10 minutes`. */
export function restartWords({ restarts = 0 }: Member): string {
  return `started ${counted(Math.round(restarts), 'time')} in 10 minutes`;
}
