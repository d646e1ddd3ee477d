import type { NodeTarget } from '../../engine/target.ts';
import { withoutKubelet } from '../evidence/kubelet-stats.ts';
import { whyStay } from '../evidence/movable-pod.ts';
import { leakerIn, leakingPod } from './causes/leaking-pod.ts';
import { isOver, podLimit } from './causes/pod-limit.ts';
import { familyIn } from './family.ts';
import { limits } from './limits.ts';
import { minutesFrom, usageOf } from './machine.ts';
import type { Maybe, Seen } from './schema.ts';
import { shortageOf } from './shortage.ts';
import { holdersOf } from './signs.ts';
import { nearestOf, type PodUse, podsIn, tallestOf } from './threads.ts';
import { FRESH_MINUTES } from './words.ts';

/** A pod to act on. */
export interface Culprit {
  readonly use: PodUse;
  /** Minutes ago that PIDs were short for the first time in the window. */
  readonly sinceMinutes: number;
  /** They are not any more. */
  readonly isOver: boolean;
  /** Others of its controller take as many: it is the version that does, and not this pod. */
  readonly isOneOfMany?: true;
}
export type CulpritOf = (seen: Seen, target: NodeTarget) => Culprit | undefined;

/**
 * The pod that is confirmed to take its node's PIDs. If need be by what its kubelet counts now, but never without its threads
 * over half an hour: no pod is ended for one moment.
 */
export const leakOf: CulpritOf = (seen, target) =>
  leakBy(withoutKubelet(seen), seen, target) ?? leakBy(seen, seen, target);

function leakBy(maybe: Maybe, seen: Seen, target: NodeTarget): Culprit | undefined {
  const now = new Date(seen.pods.readAt);
  if (leakingPod.judge(seen, maybe, { target, now, since: undefined }).verdict !== 'confirmed') return undefined;
  const shortage = shortageOf(seen, maybe, now);
  if (shortage.state !== 'short') return undefined;
  const { minutes } = shortage;
  const when = { sinceMinutes: Math.max(0, ...minutes), isOver: Math.min(...minutes) > FRESH_MINUTES };
  const holders = holdersOf(shortage, seen.threads);
  const use = leakerIn(holders);
  if (use) return { use, ...when };
  const first = familyIn(seen, holders)?.pods[0];
  return first && { use: first, ...when, isOneOfMany: true };
}

/** The pod that is confirmed to have reached its own limit. */
export const fullOf: CulpritOf = (seen, target) => {
  const context = { target, now: new Date(seen.pods.readAt), since: undefined };
  if (podLimit.judge(seen, seen, context).verdict !== 'confirmed') return undefined;
  const use = nearestOf(podsIn(seen.threads));
  return use && { use, sinceMinutes: Math.max(0, ...minutesFrom(use.share, limits.tightShare)), isOver: isOver(use) };
};

/** The pod a person would look at first, proved or not: what is missing may be why it is not proved. */
export function suspectIn({ machine, threads }: Maybe): PodUse | undefined {
  const pods = threads ? podsIn(threads) : [];
  const [nearest, tallest] = [nearestOf(pods), tallestOf(pods)];
  const isShort = machine !== undefined && (usageOf(machine)?.peak ?? 0) >= limits.tightShare;
  const isFull = nearest && Math.max(...nearest.share.values()) >= limits.tightShare;
  return isFull && !isShort ? nearest : tallest;
}

/** Why it is not to be evicted. */
export function whyNotEvicted({ use: { namespace, pod: name }, isOver: over, isOneOfMany }: Culprit, { pods }: Seen) {
  const pod = pods.here.find((one) => one.namespace === namespace && one.name === name);
  const words = `${namespace}/${name}`;
  if (pod === undefined) return `${words} is not on this node any more`;
  if (pod.phase === 'Failed' || pod.phase === 'Succeeded') return `${words} has ended already`;
  if (isOneOfMany) return `${words} is one of several that take them: ending it would not give enough of them back`;
  if (over) return `there are PIDs again: ending ${words} would free none that are missed`;
  const why = whyStay(pod);
  return why === undefined ? undefined : `${words} is proved, but ${why}`;
}
