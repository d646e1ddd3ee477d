import { duration, secondsSince } from '../evidence/node-words.ts';
import { limits } from './limits.ts';
import type { StaticPod } from './pods.ts';

/** A container that ends again and again runs between two ends, and may pass its probes: that it runs now rules out nothing. */
export function isBetweenEnds({ stopped, restarts, last }: StaticPod, now: Date): boolean {
  if (stopped || last === undefined || restarts < limits.endedOften) return false;
  return secondsSince(last.endedAt, now) < limits.loopingSeconds;
}

/** The same, as it was while it was stopped: it is judged by the run before. */
export function asEnded(pod: StaticPod): StaticPod {
  return { ...pod, stopped: { reason: 'it runs again', message: '', isOver: true } };
}

/** How long the run before lasted; `undefined`: its kubelet does not tell. */
export function lastedSeconds({ last }: StaticPod): number | undefined {
  return last?.startedAt ? secondsSince(last.startedAt, new Date(last.endedAt)) : undefined;
}

/** What the run before ended for has had no time yet to end this one, too: else it may be over, as after a reboot. */
export function mayEndOfItAgain(pod: StaticPod, now: Date): boolean {
  const lasted = lastedSeconds(pod);
  return lasted !== undefined && pod.runningSince !== undefined && secondsSince(pod.runningSince, now) < lasted;
}

/** `it has ended 14 times, the last time 60 s ago`. */
export function endingWords({ restarts, last }: StaticPod, now: Date): string {
  return `it has ended ${restarts} times, the last time ${duration(secondsSince(last?.endedAt ?? '', now))} ago`;
}
