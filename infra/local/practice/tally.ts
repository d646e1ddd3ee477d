import { type Facts, pastSilenceOf } from './facts.ts';
import { isReady, readyAgainAt } from './kubernetes/pod-status.ts';
import { hasMoved, livesOf } from './life/moved.ts';
import { replicasAt } from './life/replicas.ts';
import { firstRevision, type Revision } from './life/revisions.ts';
import { silentNodes } from './lookup.ts';
import { rolledOutAt } from './naming.ts';
import { type PodPlace, podsOf, podsOn } from './placement.ts';
import type { Workload } from './workloads.ts';

export interface Tally {
  /** As many as there should be. */
  readonly desired: number;
  /** On reachable nodes, with those made anew for evicted ones; of a workload that never gets ready, none. */
  readonly ready: number;
  /** Not marked for deletion. */
  readonly current: number;
}

/** How many pods of a workload there are; of one that has not moved without making any. */
export function tallyOf(facts: Facts, workload: Workload, now: number): Tally {
  const desired = replicasAt(facts, workload, now);
  if (hasMoved(facts, workload, now)) return { desired, ...counted(podsOf(facts, workload, now), now) };
  const unready = silentNodes(facts)
    .flatMap((node) => podsOn(facts, node, now))
    .filter((place) => place.workload === workload && !isReady(place, now));
  const ready = Math.max(0, desired - unready.length - endingOf(workload, desired, now));
  return { desired, ready, current: desired };
}

/** How many of them are ended again and again. */
function endingOf(
  { livesSeconds, livesOn, livesUntil = Number.POSITIVE_INFINITY }: Workload,
  all: number,
  now: number,
) {
  return livesSeconds === undefined || now >= livesUntil ? 0 : (livesOn?.length ?? all);
}

/** Those made from one template. */
export function tallyOfRevision(
  facts: Facts,
  workload: Workload,
  { hash }: Revision,
  now: number,
): Pick<Tally, 'ready' | 'current'> {
  if (hasMoved(facts, workload, now)) {
    const places = podsOf(facts, workload, now).filter(({ life }) => life?.revision.hash === hash);
    return counted(places, now);
  }
  return hash === firstRevision(facts, workload).hash ? tallyOf(facts, workload, now) : { ready: 0, current: 0 };
}

function counted(places: readonly PodPlace[], now: number): Pick<Tally, 'ready' | 'current'> {
  const active = places.filter(({ evictedAt }) => evictedAt === undefined);
  return { ready: active.filter((place) => isReady(place, now)).length, current: active.length };
}

/** When one of these counts last changed, or may have. */
export function countedAt(facts: Facts, workload: Workload, now: number): number {
  const ofNodes = silentNodes(facts).flatMap((node) => [pastSilenceOf(node, now)?.unknownAt, readyAgainAt({ node })]);
  const lives = hasMoved(facts, workload, now) ? livesOf(facts, workload) : [];
  const ofPods = lives.flatMap(({ serial, createdAt, readyAt, markedAt, goneAt }) =>
    serial === undefined ? [markedAt, goneAt] : [createdAt, readyAt, markedAt, goneAt],
  );
  const moments = [...ofNodes, ...ofPods].filter((at) => at !== undefined).filter((at) => at <= now);
  return moments.reduce((last, at) => Math.max(last, at), rolledOutAt(facts, workload));
}
