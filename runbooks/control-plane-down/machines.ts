import * as z from 'zod';
import type { Evidence } from '../../engine/runbook.ts';
import { Lease, type LeaseView } from '../evidence/node-lease.ts';
import { clockTime } from '../evidence/node-words.ts';

/** A machine of the control plane. */
export interface Machine {
  readonly name: string;
  readonly hostname: string;
  readonly addresses: readonly string[];
  readonly ready: 'True' | 'False' | 'Unknown';
  readonly readySince?: string;
  readonly createdAt: string;
  /** When its kubelet last renewed, by the machine's own clock; absent: no such lease. */
  readonly renewedAt?: string;
}

const Node = z.object({
  metadata: z.object({
    name: z.string(),
    creationTimestamp: z.string(),
    labels: z.record(z.string(), z.string()).default({}),
  }),
  status: z.object({
    conditions: z
      .array(z.object({ type: z.string(), status: z.string(), lastTransitionTime: z.string().nullish() }))
      .default([]),
    addresses: z.array(z.object({ address: z.string() })).default([]),
  }),
});
const NodeList = z.object({ items: z.array(Node) });

/** The most that are looked at: more than nine do not exist in the wild, and the cost must not grow with the cluster. */
const MOST_MACHINES = 9;
const CONTROL_PLANE = 'node-role.kubernetes.io/control-plane';

const Schema = z
  .array(z.object({ node: Node, lease: Lease.nullable() }))
  .transform((all): readonly Machine[] =>
    [...new Map(all.map((one) => [one.node.metadata.name, machineOf(one)])).values()].toSorted((a, b) =>
      a.name < b.name ? -1 : 1,
    ),
  );

/** An empty list is an answer: a provider's control plane registers no nodes. Servers before 1.20 label them otherwise. */
export const machines: Evidence<readonly Machine[], unknown> = {
  title: 'Machines of the control plane, and their kubelets',
  schema: Schema,
  reads: ['list Node', 'get Lease in kube-node-lease'],
  read: async ({ kube }) => {
    const { items } = NodeList.parse(await kube.list('Node', { labelSelector: CONTROL_PLANE }));
    const unlike = [...new Map(items.map((node) => [node.metadata.name, node])).values()];
    const some = unlike.toSorted((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1)).slice(0, MOST_MACHINES);
    return Promise.all(
      some.map(async (node) => ({
        node,
        lease: await kube.find('Lease', node.metadata.name, { namespace: 'kube-node-lease' }),
      })),
    );
  },
  show: (all) =>
    all.length === 0
      ? 'none is a node of this cluster'
      : all
          .map(({ name, ready, renewedAt }) => {
            const kubelet = renewedAt ? `kubelet renewed at ${clockTime(renewedAt)}` : 'its kubelet has no lease';
            return `${name} Ready=${ready}, ${kubelet}`;
          })
          .join('; '),
  threshold: 'a kubelet renews every 10 s; after 40 s its lease has run out',
  thresholdSource: 'KubeletConfiguration v1beta1, nodeLeaseDurationSeconds',
};

interface Found {
  readonly node: z.infer<typeof Node>;
  readonly lease: LeaseView | null;
}

function machineOf({ node: { metadata, status }, lease }: Found): Machine {
  const ready = status.conditions.find(({ type }) => type === 'Ready');
  const is = ready?.status;
  return {
    name: metadata.name,
    hostname: metadata.labels['kubernetes.io/hostname'] ?? metadata.name,
    addresses: status.addresses.map(({ address }) => address),
    ready: is === 'True' || is === 'False' ? is : 'Unknown',
    createdAt: metadata.creationTimestamp,
    ...(ready?.lastTransitionTime ? { readySince: ready.lastTransitionTime } : {}),
    ...(lease?.renewedAt ? { renewedAt: lease.renewedAt } : {}),
  };
}
