import { type Facts, silenceOf } from './facts.ts';
import { silentNodes } from './lookup.ts';
import { podsOn, replacements, slotsOn } from './placement.ts';
import type { Workload } from './workloads.ts';

export interface Tally {
  /** As many as there should be. */
  readonly desired: number;
  /** On reachable nodes, with those made anew for evicted ones; of a workload that never gets ready, none. */
  readonly ready: number;
  /** Not marked for deletion. */
  readonly current: number;
}

/** How many pods of a workload there are, without making any. */
export function tallyOf(facts: Facts, workload: Workload, now: number): Tally {
  const desired = scheduledOf(facts).get(workload) ?? 0;
  const silent = silentNodes(facts)
    .filter((node) => silenceOf(node, now))
    .flatMap((node) => podsOn(facts, node, now))
    .filter((place) => place.workload === workload);
  const evicted = silent.filter(({ evictedAt }) => evictedAt !== undefined);
  const anew = replacements(facts, now).filter((place) => place.workload === workload);
  return {
    desired,
    ready: workload.livesSeconds === undefined ? desired - silent.length + anew.length : 0,
    current: desired - evicted.length + anew.length,
  };
}

const counted = new WeakMap<Facts, ReadonlyMap<Workload, number>>();

/** Counted once for each state of the cluster. */
function scheduledOf(facts: Facts): ReadonlyMap<Workload, number> {
  const known = counted.get(facts);
  if (known) return known;
  const counts = new Map<Workload, number>();
  for (const node of facts.nodes) {
    for (const { workload } of slotsOn(facts, node)) counts.set(workload, (counts.get(workload) ?? 0) + 1);
  }
  counted.set(facts, counts);
  return counts;
}
