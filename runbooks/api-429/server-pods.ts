import * as z from 'zod';
import type { Evidence } from '../../engine/runbook.ts';
import { EtcdPods, etcdPods } from '../evidence/etcd-pods.ts';
import { hostOf } from '../evidence/scrape-targets.ts';

/** A static pod of the API server, as its kubelet reports it. */
export interface ServerPod {
  readonly name: string;
  readonly addresses: readonly string[];
  /** What the kubelet's own probe of `/readyz` says. */
  readonly ready: boolean;
}

/** The one at the host of an `instance`. */
export function podAt(pods: readonly ServerPod[], instance: string): ServerPod | undefined {
  const host = hostOf(instance);
  return pods.find(({ addresses }) => addresses.includes(host));
}

/** Both in one list: kubeadm and its kin label the mirror pods of their static pods so. */
export const controlPlaneSelection = {
  namespace: 'kube-system',
  labelSelector: 'component in (etcd,kube-apiserver),tier=control-plane',
} as const;

const Labelled = z.object({
  items: z.array(z.looseObject({ metadata: z.looseObject({ labels: z.record(z.string(), z.string()).default({}) }) })),
});

/** The items of one component; a list that is none is left to the schema behind. */
function only(component: string, list: unknown): unknown {
  const { data } = Labelled.safeParse(list);
  return data ? { items: data.items.filter(({ metadata }) => metadata.labels.component === component) } : list;
}

const listed: Pick<Evidence<unknown, unknown>, 'reads' | 'read' | 'deadlineMs'> = {
  reads: ['list Pod in kube-system'],
  read: ({ kube }) => kube.list('Pod', controlPlaneSelection),
  // A list of one namespace comes from etcd, and hangs when etcd does.
  deadlineMs: 3_000,
};

export const pods: typeof etcdPods = {
  ...etcdPods,
  ...listed,
  schema: z.preprocess((list) => only('etcd', list), EtcdPods),
};

const Pod = z.object({
  metadata: z.object({ name: z.string() }),
  status: z
    .object({
      hostIP: z.string().optional(),
      podIP: z.string().optional(),
      conditions: z.array(z.object({ type: z.string(), status: z.string() })).default([]),
    })
    .prefault({}),
});
const ServerPods = z.object({ items: z.array(Pod) }).transform(({ items }): readonly ServerPod[] => {
  const all = items.map(({ metadata: { name }, status: { hostIP, podIP, conditions } }) => ({
    name,
    addresses: [hostIP, podIP].filter((address) => address !== undefined),
    ready: conditions.some(({ type, status }) => type === 'Ready' && status === 'True'),
  }));
  return [...new Map(all.map((pod) => [pod.name, pod])).values()].toSorted((a, b) => (a.name < b.name ? -1 : 1));
});

/** An empty list is an answer: the API servers are no static pods of this cluster. */
export const serverPods: Evidence<readonly ServerPod[], unknown> = {
  ...listed,
  title: 'API server pods of the control plane',
  schema: z.preprocess((list) => only('kube-apiserver', list), ServerPods),
  show: (all) =>
    all.length === 0
      ? 'none: the API server does not run as a static pod of this cluster'
      : all.map(({ name, ready }) => `${name} ${ready ? 'ready' : 'not ready'}`).join('; '),
};
