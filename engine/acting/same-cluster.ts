import type { Plan } from '../plan.ts';

type Placed = Pick<Plan, 'cluster' | 'clusterUid'>;

/**
 * One API server may be configured under two names, by two URLs or two kubeconfigs, and one name may lead to another
 * cluster than before. What tells clusters apart is the uid of their namespace kube-system; the name only where a plan does
 * not know it.
 */
export function isSameCluster(a: Placed, b: Placed): boolean {
  if (a.clusterUid === undefined || b.clusterUid === undefined) return a.cluster === b.cluster;
  return a.clusterUid === b.clusterUid;
}

/** In whose line an execution stands: in one cluster they happen one at a time, under whichever name. */
export function lineOf({ cluster, clusterUid }: Placed): string {
  return clusterUid ?? cluster;
}
