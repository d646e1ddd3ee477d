import * as z from 'zod';
import { findNode, list, podsOn } from '../changes/look.ts';
import { Node } from '../changes/objects.ts';
import { taintText } from '../changes/taint.ts';
import { tolerates } from '../changes/tolerations.ts';
import { ReadFailure } from '../errors.ts';
import type { Readers } from '../readers.ts';
import { hasTaint, inUse, isAlike, isNamedBy, lastingOf } from './dedicated.ts';
import { type Demand, demandsOf, inShort, suits } from './demands.ts';
import { barriersOf, dedicating, isPassing, sameTaint, type Taint } from './kept-free.ts';
import { hasMark, poolMarkOf } from './pool-labels.ts';

const NodeTable = z.object({
  columnDefinitions: z.array(z.object({ name: z.string() })),
  rows: z.array(z.object({ cells: z.array(z.unknown()) })),
});

export interface PoolNode {
  readonly name: string;
  readonly ready: boolean;
  readonly schedulable: boolean;
  /** The taint that keeps its pods away, which is not one of the whole pool. */
  readonly keptFree?: string;
  /** Those that may dedicate it. */
  readonly taints?: readonly Taint[];
}

/** Which nodes make a pool. */
interface Which {
  /** `nodegroup workers-b`, `control-plane nodes`, `etcd nodes`, `worker nodes` */
  readonly name: string;
  readonly controlPlane: boolean;
  /** Which nodes belong to it; absent: all that are no control plane. */
  readonly labelSelector?: string;
  /** Of these those that belong to it; absent: all. */
  readonly isOfIt?: (node: Node) => boolean;
  /** No label says which pool it is: that of the nodes on which pods with such a demand can run. */
  readonly demand?: Demand;
  /** Nothing says which nodes stand in for each other. */
  readonly isGuess?: boolean;
  /** The taints of nodes that are no part of the guess: they are dedicated to others. */
  readonly apart?: readonly string[];
  /** The node it was looked up for takes pods in spite of its taint: of those that name it. */
  readonly servesByTaint?: boolean;
}

export interface NodePool extends Which {
  readonly nodes: readonly PoolNode[];
  /** It has so many that their taints were not read. */
  readonly taintsUnread?: boolean;
}

/**
 * By the role of a node, which `kubectl get nodes` shows and whoever set the cluster up has given it. That of etcd comes
 * first: where it is told apart (RKE, RKE2, K3s with roles of their own) its members are what needs a quorum.
 * https://docs.rke2.io/install/server_roles
 */
const CONTROL_PLANE = ['etcd', 'control-plane', 'controlplane', 'master'].map((role) => ({
  role,
  label: `node-role.kubernetes.io/${role}`,
}));

/**
 * The node and those that can take over from it, by a label or annotation of its pool. Where there is none: all workers, as
 * a guess, and of these those on which its pods can run, for each kind of demand that not all of them meet. Throws
 * `ReadFailure`.
 */
export async function poolsAround(kube: Readers['kube'], name: string): Promise<readonly NodePool[]> {
  const node = await findNode(kube, name);
  if (!node) throw new ReadFailure('not-found', `node ${name} does not exist`);
  const { metadata } = node;
  const plane = CONTROL_PLANE.find(({ label }) => label in metadata.labels);
  if (plane) {
    const name = plane.role === 'etcd' ? 'etcd nodes' : 'control-plane nodes';
    return [await nodesNow(kube, { name, controlPlane: true, labelSelector: plane.label })];
  }
  const mark = poolMarkOf(metadata);
  if (!mark) return poolsByPods(kube, node);
  const { labelSelector } = mark;
  const which =
    labelSelector === undefined ? { isOfIt: (other: Node) => hasMark(other.metadata, mark) } : { labelSelector };
  const servesByTaint = await takesByTaint(kube, node);
  return [await nodesNow(kube, { name: mark.name, controlPlane: false, servesByTaint, ...which })];
}

async function takesByTaint(kube: Readers['kube'], { metadata, spec }: Node): Promise<boolean> {
  const taints = lastingOf(spec.taints);
  if (taints.length === 0 || spec.unschedulable) return false;
  const pods = await podsOn(kube, metadata.name);
  return taints.some((taint) => isNamedBy(pods, taint));
}

const WORKERS: Which = { name: 'worker nodes', controlPlane: false, isGuess: true };

/** A pod that is bound to this very node says nothing of a pool. */
async function poolsByPods(kube: Readers['kube'], node: Node): Promise<readonly NodePool[]> {
  const { name } = node.metadata;
  const pods = await podsOn(kube, name);
  const demands = demandsOf(pods);
  const everyone = await nodesNow(kube, WORKERS);
  const tainted = everyone.nodes.map(({ name, taints = [] }) => ({ name, taints }));
  const used = await inUse(kube, tainted, { name, pods });
  const workers = used.length === 0 ? everyone : await nodesNow(kube, dedicatedLike(node, used));
  const pools = demands
    .filter((demand) => !isBoundTo(node, demand))
    .map((demand): Which => {
      const isKept = (other: Node) =>
        used.some((taint) => hasTaint(other.spec.taints, taint) && !allTolerate(demand, taint));
      const isOfIt = (other: Node) => other.metadata.name === name || (suits(other, demand) && !isKept(other));
      return { name: `worker nodes with ${inShort(demand)}`, controlPlane: false, demand, isOfIt };
    });
  const all = await Promise.all(pools.map((pool) => nodesNow(kube, pool)));
  const asked = all.filter(({ nodes }) => nodes.length < everyone.nodes.length);
  const isSame = ({ nodes }: NodePool) => sameNodes(nodes, workers.nodes);
  // What its pods ask for says of a dedicated node more than its taint; of the rest what all ask for says nothing.
  if (workers.name !== WORKERS.name && asked.some(isSame)) return asked;
  return [workers, ...asked.filter((pool) => !isSame(pool))];
}

function sameNodes(a: readonly PoolNode[], b: readonly PoolNode[]): boolean {
  const names = new Set(a.map(({ name }) => name));
  return a.length === b.length && b.every(({ name }) => names.has(name));
}

/** The workers with the same of these taints, or with none, as it has. */
function dedicatedLike(node: Node, used: readonly Taint[]): Which {
  const own = used.filter((taint) => hasTaint(node.spec.taints, taint));
  const apart = used.filter((taint) => !own.includes(taint)).map(taintText);
  const name = own.length === 0 ? WORKERS.name : `${WORKERS.name} with ${own.map(taintText).sort().join(', ')}`;
  return { ...WORKERS, name, isOfIt: (other) => isAlike(used, other, node), apart: apart.sort() };
}

function allTolerate({ pods }: Demand, taint: Taint): boolean {
  return pods.every(({ spec }) => spec.tolerations.some((one) => tolerates(one, taint)));
}

/** With its name taken away it would not suit. */
function isBoundTo(node: Node, demand: Demand): boolean {
  const elsewhere = { ...node.metadata.labels, 'kubernetes.io/hostname': 'another' };
  const other = { ...node, metadata: { ...node.metadata, name: 'another', labels: elsewhere } };
  return suits(node, demand) && !suits(other, demand);
}

/** Larger pools are read as a table (0.3 kB a node), which has no taints: whole nodes are 13 kB each. */
const MOST_WHOLE = 500;

/** The pool with its nodes as they are now. */
export async function nodesNow(kube: Readers['kube'], pool: Which): Promise<NodePool> {
  const { isOfIt, demand, labelSelector } = pool;
  const rows = await tableOf(kube, labelSelector);
  const taintsUnread = rows.length > MOST_WHOLE;
  if (taintsUnread) return { ...(isOfIt ? WORKERS : pool), nodes: rows.map(plain), taintsUnread };
  const where = labelSelector === undefined ? {} : { labelSelector };
  const whole = new Map((await list(kube, Node, 'Node', where)).map((node) => [node.metadata.name, node]));
  const own = rows.filter(({ name }) => {
    const node = whole.get(name);
    return !isOfIt || (node !== undefined && isOfIt(node));
  });
  const taintsOf = ({ name }: Row) => barriersOf(whole.get(name)?.spec.taints ?? []);
  const common = dedicating(own.map(taintsOf));
  return {
    ...pool,
    nodes: own.map((row) => {
      const barrier = taintsOf(row).find((taint) => {
        if (isPassing(taint)) return true;
        if (common.some((one) => sameTaint(one, taint))) return false;
        return !demand || !allTolerate(demand, taint);
      });
      const { key, effect } = barrier ?? {};
      const now = { ...plain(row), taints: lastingOf(whole.get(row.name)?.spec.taints ?? []) };
      // Without its value, which may be a time of its own.
      return key === undefined || effect === undefined
        ? now
        : { ...now, schedulable: false, keptFree: taintText({ key, effect }) };
    }),
  };
}

interface Row {
  readonly name: string;
  readonly status: readonly string[];
}

function plain({ name, status }: Row): PoolNode {
  return { name, ready: status.includes('Ready'), schedulable: !status.includes('SchedulingDisabled') };
}

/** Those with the label; without one those that are no control plane. */
async function tableOf(kube: Readers['kube'], labelSelector: string | undefined): Promise<readonly Row[]> {
  const table = NodeTable.parse(
    await kube.list('Node', { fresh: true, as: 'table', ...(labelSelector === undefined ? {} : { labelSelector }) }),
  );
  const column = (name: string) => table.columnDefinitions.findIndex((definition) => definition.name === name);
  const [name, status, roles] = [column('Name'), column('Status'), column('Roles')];
  return table.rows
    .filter(({ cells }) => {
      const isWorker = !CONTROL_PLANE.some(({ role }) => String(cells[roles]).split(',').includes(role));
      return labelSelector !== undefined || isWorker;
    })
    .map(({ cells }) => ({ name: String(cells[name]), status: String(cells[status]).split(',') }));
}
