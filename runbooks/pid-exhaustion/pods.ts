import * as z from 'zod';
import type { Evidence } from '../../engine/runbook.ts';
import type { NodeTarget } from '../../engine/target.ts';
import { type Eviction, evictionOf, stormOf } from '../evidence/evicted.ts';
import { MovablePod } from '../evidence/movable-pod.ts';
import { networkAppOf } from '../evidence/network-apps.ts';
import { plural } from '../evidence/node-words.ts';

const More = z.object({
  metadata: z.object({ labels: z.record(z.string(), z.string()).default({}) }),
  spec: z.object({ containers: z.array(z.object({ name: z.string() })).default([]) }).prefault({}),
});

/** A pod of the node. */
export type PodHere = MovablePod & {
  /** Its first container, if it is of the network: kube-proxy, a CNI plug-in. */
  readonly networkContainer?: string | undefined;
  /** Neither victims nor those turned away say who took the PIDs. */
  readonly eviction?: Eviction | undefined;
};

const Pod = z.unknown().transform((object): PodHere => {
  const { metadata, spec } = More.parse(object);
  return {
    ...MovablePod.parse(object),
    networkContainer: networkAppOf(metadata.labels) ? spec.containers[0]?.name : undefined,
    eviction: evictionOf(object),
  };
});

export const PodsHere = z.object({ items: z.array(Pod) }).transform(({ items }): readonly PodHere[] => {
  const byName = new Map(items.map((pod) => [nameOf(pod), pod]));
  return [...byName].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, pod]) => pod);
});

export function podsOf(node: string) {
  return { fieldSelector: `spec.nodeName=${node}` } as const;
}

/** With the time they were read at, by our clock. */
export interface PodsView {
  readonly readAt: string;
  readonly here: readonly PodHere[];
}

export const pods: Evidence<PodsView, NodeTarget> = {
  title: 'Pods on the node',
  schema: z.object({ readAt: z.string(), here: PodsHere }),
  reads: ['list Pod'],
  read: async ({ kube }, { name }, { now }) => ({
    readAt: now.toISOString(),
    here: await kube.list('Pod', podsOf(name)),
  }),
  show: ({ here, readAt }) => [plural(here.length, 'pod'), ...endedWords(here, new Date(readAt))].join(', '),
};

/** "2 evicted to free PIDs", "24 turned away", of the storm that goes on: no proof against any of them. */
export function endedWords(pods: readonly PodHere[], now: Date): readonly string[] {
  const evictions = pods.flatMap(({ eviction }) => (eviction ? [eviction] : []));
  const { victims, turnedAway, undated } = stormOf(evictions, 'PIDPressure', now);
  return [
    ...(victims > 0 ? [`${victims} evicted to free PIDs`] : []),
    ...(turnedAway > 0 ? [`${turnedAway} turned away by PIDPressure`] : []),
    ...(undated > 0 ? [`${undated} evicted to free PIDs, nothing says when`] : []),
  ];
}

export function nameOf({ namespace, name }: { readonly namespace: string; readonly name: string }): string {
  return `${namespace}/${name}`;
}
