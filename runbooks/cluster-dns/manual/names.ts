import type { Check, ManualRemedy } from '../../../engine/runbook.ts';
import type { PodView } from '../pods.ts';
import type { Maybe, Seen } from '../seen.ts';
import { failingOf, type Waits } from '../signs.ts';
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
export function nodesOf(maybe: Maybe): readonly string[] {
  const nodes = unwellNodes(maybe);
  return nodes.length > 0 ? nodes : ['NODE'];
}

/** A node whose pods wait in vain, ready as they may be; `undefined`: none is known. */
export function waitingNode(maybe: Maybe, what: Waits): string | undefined {
  return failingOf(maybe, what)
    .map(({ node }) => node)
    .toSorted()[0];
}

/** A node to ask from: one whose pods wait in vain, else one in trouble, else any that CoreDNS runs on. */
export function askingNode(maybe: Maybe, what: Waits): string {
  const runs = (maybe.pods?.all ?? []).flatMap(({ node }) => node ?? []).toSorted();
  return waitingNode(maybe, what) ?? unwellNodes(maybe)[0] ?? runs[0] ?? 'NODE';
}

/** Of those that are not ready; between two ends a pod may be: else of those that have ended, the latest first. */
function unwellNodes({ pods }: Maybe): readonly string[] {
  const all = pods?.all ?? [];
  const unready = all.filter(({ isReady }) => !isReady);
  const endOf = ({ ended }: PodView) => Date.parse(ended?.finishedAt ?? '');
  const ended = all.filter((pod) => !Number.isNaN(endOf(pod))).toSorted((a, b) => endOf(b) - endOf(a));
  const nodesOfAll = (some: readonly PodView[]) => [...new Set(some.flatMap(({ node }) => node ?? []))];
  return unready.length > 0 ? nodesOfAll(unready).toSorted() : nodesOfAll(ended);
}
