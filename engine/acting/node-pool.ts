import * as z from 'zod';
import type { Readers } from '../readers.ts';

const labels = z.record(z.string(), z.string()).default({});

const NodeObject = z.object({
  metadata: z.object({ name: z.string(), labels }),
  spec: z.object({ unschedulable: z.boolean().default(false) }).default({ unschedulable: false }),
});

const NodeTable = z.object({
  columnDefinitions: z.array(z.object({ name: z.string() })),
  rows: z.array(z.object({ cells: z.array(z.unknown()) })),
});

export interface PoolNode {
  readonly name: string;
  readonly ready: boolean;
  readonly schedulable: boolean;
}

export interface NodePool {
  /** `nodegroup workers-b`, `control-plane nodes`, `etcd nodes`, `worker nodes` */
  readonly name: string;
  readonly controlPlane: boolean;
  /** Which nodes belong to it; absent: all that are no control plane. */
  readonly labelSelector?: string;
  readonly nodes: readonly PoolNode[];
}

/** How clouds and installers mark the nodes that stand in for each other. Of several the first counts. */
const POOL_LABELS = [
  'karpenter.sh/nodepool',
  'eks.amazonaws.com/nodegroup',
  'cloud.google.com/gke-nodepool',
  'kubernetes.azure.com/agentpool',
  'node.kubernetes.io/pool',
];
/**
 * By the role of a node, which `kubectl get nodes` shows and whoever set the cluster up has given it. That of etcd comes
 * first: where it is told apart (RKE, RKE2, K3s with roles of their own) its members are what needs a quorum.
 * https://docs.rke2.io/install/server_roles
 */
const CONTROL_PLANE = ['etcd', 'control-plane', 'controlplane', 'master'].map((role) => ({
  role,
  label: `node-role.kubernetes.io/${role}`,
}));

/** The node and those that can take over from it. As a table: 0.3 kB a node. Throws `ReadFailure`. */
export async function poolOf(kube: Readers['kube'], node: string): Promise<NodePool> {
  const { metadata } = NodeObject.parse(await kube.get('Node', node, { fresh: true }));
  const plane = CONTROL_PLANE.find(({ label }) => label in metadata.labels);
  if (plane) {
    const name = plane.role === 'etcd' ? 'etcd nodes' : 'control-plane nodes';
    return nodesNow(kube, { name, controlPlane: true, labelSelector: plane.label });
  }
  const label = POOL_LABELS.find((candidate) => candidate in metadata.labels);
  if (label === undefined) return nodesNow(kube, { name: 'worker nodes', controlPlane: false });
  const group = metadata.labels[label];
  const name = `${label.split('/')[1]} ${group}`;
  return nodesNow(kube, { name, controlPlane: false, labelSelector: `${label}=${group}` });
}

/** The pool with its nodes as they are now. */
export async function nodesNow(kube: Readers['kube'], pool: Omit<NodePool, 'nodes'>): Promise<NodePool> {
  const { labelSelector } = pool;
  const table = NodeTable.parse(
    await kube.list('Node', { fresh: true, as: 'table', ...(labelSelector === undefined ? {} : { labelSelector }) }),
  );
  const column = (name: string) => table.columnDefinitions.findIndex((definition) => definition.name === name);
  const [name, status, roles] = [column('Name'), column('Status'), column('Roles')];
  const rows = table.rows.map(({ cells }) => ({
    name: String(cells[name]),
    status: String(cells[status]).split(','),
    worker: !CONTROL_PLANE.some(({ role }) => String(cells[roles]).split(',').includes(role)),
  }));
  return {
    ...pool,
    nodes: rows
      .filter(({ worker }) => labelSelector !== undefined || worker)
      .map((row) => ({
        name: row.name,
        ready: row.status.includes('Ready'),
        schedulable: !row.status.includes('SchedulingDisabled'),
      })),
  };
}
