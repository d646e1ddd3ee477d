import type { Check, ManualRemedy } from '../../../engine/runbook.ts';
import { endedLately } from '../pods.ts';
import type { Maybe, Seen } from '../seen.ts';
import type { DnsTarget } from '../target.ts';

export type Manual = ManualRemedy<Seen, DnsTarget>;

/** A question from a pod of its own, as any other would ask it. */
export const ask: Check = {
  command:
    'kubectl run dns-check --rm -i --restart=Never --image=busybox:1.36 -- sh -c "nslookup kubernetes.default.svc.cluster.local && nslookup example.com"',
  shows: 'an address for both within a second (the first by the name of your cluster domain)',
};

export const ready: Check = {
  command: 'kubectl -n kube-system get pods -l k8s-app=kube-dns -o wide',
  shows: 'all of them READY, and RESTARTS not growing any more',
};

/** Nodes of those pods that are in trouble, or a word to put one in. */
export function nodesOf({ pods }: Maybe): readonly string[] {
  const unwell = (pods?.all ?? []).filter(
    (pod) => !pod.isReady || endedLately(pod, new Date(pod.ended?.finishedAt ?? 0)),
  );
  const nodes = [...new Set(unwell.flatMap(({ node }) => node ?? []))].toSorted();
  return nodes.length > 0 ? nodes : ['NODE'];
}
