import * as z from 'zod';
import type { Readers } from '../../engine/readers.ts';
import type { Evidence } from '../../engine/runbook.ts';
import { EtcdPods, etcdPodSelection } from './etcd-pods.ts';

export interface ControlPlaneNode {
  readonly name: string;
  readonly ready: 'True' | 'False' | 'Unknown';
  readonly unschedulable: boolean;
  /** `aws`, `gce`, `azure`, …: where the machine came from; it does not tell who runs the control plane. */
  readonly provider?: string;
}

/** `sampled`: no etcd pod was found, so this is any one node, good only for its provider. */
export interface ControlPlaneNodes {
  readonly sampled: boolean;
  readonly nodes: readonly ControlPlaneNode[];
}

const Node = z.object({
  metadata: z.object({ name: z.string() }),
  spec: z
    .object({ unschedulable: z.boolean().default(false), providerID: z.string().optional() })
    .default({ unschedulable: false }),
  status: z.object({ conditions: z.array(z.object({ type: z.string(), status: z.string() })).default([]) }),
});

const Schema = z
  .object({ sampled: z.boolean(), items: z.array(Node) })
  .transform(({ sampled, items }): ControlPlaneNodes => ({ sampled, nodes: items.map(controlPlaneNode) }));

/** An etcd of more than nine members does not exist in the wild; the cost of a run must not grow with the cluster. */
const MOST_NODES = 9;

/** The nodes that carry etcd's static pods; when there are none, one node of the cluster for its provider. */
export const controlPlaneNodes: Evidence<ControlPlaneNodes, unknown> = {
  title: 'Nodes under etcd',
  schema: Schema,
  reads: ['list Pod in kube-system', 'get Node', 'list Node'],
  read: async ({ kube }) => {
    const pods = EtcdPods.parse(await kube.list('Pod', etcdPodSelection));
    if (pods.length === 0) return anyNode(kube);
    const names = [...new Set(pods.map(({ node }) => node))].slice(0, MOST_NODES);
    const nodes = await Promise.all(names.map((name) => kube.find('Node', name)));
    return { sampled: false, items: nodes.filter((node) => node !== null) };
  },
  show: ({ sampled, nodes }) =>
    sampled
      ? `none; the cluster's machines come from: ${nodes[0]?.provider ?? 'unknown'}`
      : nodes
          .map(({ name, ready, unschedulable }) => `${name} Ready=${ready}${unschedulable ? ', cordoned' : ''}`)
          .join('; '),
};

/** Only a fresh list honours `limit`. */
async function anyNode(kube: Readers['kube']): Promise<unknown> {
  const list = z.object({ items: z.array(z.unknown()) }).parse(await kube.list('Node', { limit: 1, fresh: true }));
  return { sampled: true, items: list.items };
}

function controlPlaneNode({ metadata, spec, status }: z.infer<typeof Node>): ControlPlaneNode {
  const ready = status.conditions.find(({ type }) => type === 'Ready')?.status;
  const provider = spec.providerID?.split('://')[0];
  return {
    name: metadata.name,
    ready: ready === 'True' || ready === 'False' ? ready : 'Unknown',
    unschedulable: spec.unschedulable,
    ...(provider ? { provider } : {}),
  };
}
