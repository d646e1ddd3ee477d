import type { NodeTarget } from '../../engine/target.ts';
import { withoutKubelet } from '../evidence/kubelet-stats.ts';
import { whyStay } from '../evidence/movable-pod.ts';
import { podName } from '../evidence/pods-here.ts';
import { logFlood } from './causes/log-flood.ts';
import { otherWriter } from './causes/other-writer.ts';
import { topOn } from './charged.ts';
import { growthOf, loudestOf } from './growth.ts';
import type { Seen } from './schema.ts';
import { periodOf, stallOf } from './stall.ts';

export interface Culprit {
  readonly namespace: string;
  readonly pod: string;
  /** Minutes ago that the disk was saturated for the first time in the window. */
  readonly sinceMinutes: number;
}

/** The pods to act on: whose log is confirmed to flood the disk, and who is confirmed to write to it. Two, if these differ. */
export function culpritsOf(seen: Seen, target: NodeTarget): readonly Culprit[] {
  const now = new Date(seen.lease.readAt);
  const stall = stallOf(seen, now);
  if (stall.state !== 'saturated') return [];
  const context = { target, now, since: undefined };
  const isConfirmed = (cause: typeof logFlood) =>
    cause.judge(seen, withoutKubelet(seen), context).verdict === 'confirmed';
  const sinceMinutes = Math.max(...stall.minutes);
  const flood = isConfirmed(logFlood) ? loudestOf(growthOf(seen.logs), periodOf(stall.minutes)) : undefined;
  const writer = isConfirmed(otherWriter) ? topOn(stall.disk, seen, stall.minutes) : undefined;
  const isSame = flood && writer && flood.namespace === writer.namespace && flood.pod === writer.pod;
  return [flood, isSame ? undefined : writer].flatMap((found) =>
    found ? [{ namespace: found.namespace, pod: found.pod, sinceMinutes }] : [],
  );
}

/** Why it is not to be evicted. */
export function whyNotEvicted({ namespace, pod: name }: Culprit, { pods }: Seen): string | undefined {
  const pod = pods.find((one) => one.namespace === namespace && one.name === name);
  const words = podName({ namespace, name });
  if (pod === undefined) return `${words} is not on this node any more`;
  const why = whyStay(pod);
  return why === undefined ? undefined : `${words} is proved, but ${why}`;
}
