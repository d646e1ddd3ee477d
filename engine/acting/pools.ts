import type { Change } from '../change.ts';
import { riskOfTaint } from '../changes/taint.ts';
import type { InterlockReport } from '../interlocks.ts';
import type { Readers } from '../readers.ts';
import type { Limits } from './limits.ts';
import { type NodePool, poolOf } from './node-pool.ts';

/** A pool, and which of its nodes a plan takes out. */
export interface Touched {
  readonly pool: NodePool;
  readonly out: ReadonlySet<string>;
  /** The pods that run there go as well, not only those that would come. */
  readonly emptied: boolean;
}

/** Two nodes of one pool go together: neither takes over from the other. Throws `ReadFailure`. */
export async function poolsOf(kube: Readers['kube'], changes: readonly Change[]): Promise<readonly Touched[]> {
  const nodes = [...new Set(changes.flatMap((change) => nodeTakenOut(change) ?? []))];
  const each = await Promise.all(nodes.map(async (node) => ({ node, pool: await poolOf(kube, node) })));
  return [...Map.groupBy(each, ({ pool }) => pool.name).values()].flatMap((all) => {
    const [first] = all;
    const out = new Set(all.map(({ node }) => node));
    const emptied = changes.some((change) => out.has(nodeEmptied(change) ?? ''));
    return first ? [{ pool: first.pool, out, emptied }] : [];
  });
}

/** What these pools would be without the nodes that go. */
export function withoutThem(pools: readonly Touched[], limits: Limits): InterlockReport[] {
  return [
    ...pools.map((touched) => healthyNodes(touched, limits)),
    ...pools.filter(({ pool }) => pool.controlPlane).map(quorum),
  ];
}

function nodeTakenOut(change: Change): string | undefined {
  if (change.verb === 'cordon' || (change.verb === 'taint' && change.taint.effect === 'NoSchedule')) return change.node;
  return nodeEmptied(change);
}

function nodeEmptied(change: Change): string | undefined {
  if (change.verb === 'drain') return change.node;
  return change.verb === 'taint' && riskOfTaint(change.taint) === 'high' ? change.node : undefined;
}

function healthyNodes({ pool, out, emptied }: Touched, { readyNodesPercent }: Limits): InterlockReport {
  const serving = pool.nodes.filter(({ ready, schedulable }) => ready && schedulable);
  const left = serving.filter(({ name }) => !out.has(name)).length;
  const all = pool.nodes.length;
  const report = { id: 'healthy-nodes', title: `Enough healthy nodes among the ${pool.name}` } as const;
  if (all === 1 && readyNodesPercent < 100)
    return { ...report, ...onlyOne(pool.nodes[0]?.name, emptied || serving.length > 0) };
  // Rounded up two thirds of two nodes are both: one may always be away, unless the team says all.
  const most = readyNodesPercent === 100 ? all : Math.max(1, all - 1);
  const wanted = Math.min(Math.max(1, Math.ceil((all * readyNodesPercent) / 100)), most);
  const value = `${left} of ${all} would be left ready and schedulable; at least ${wanted} must`;
  return { ...report, holds: left >= wanted, value, breakable: false };
}

/**
 * Nothing stands in for it: whoever may break the glass can answer for that. One that takes no pods has none to lose, if
 * those that it has may stay.
 */
function onlyOne(name = '', loses: boolean): Pick<InterlockReport, 'holds' | 'value' | 'breakable' | 'occasions'> {
  const only = `${name} is the only one`;
  if (!loses) return { holds: true, value: `${only}, and takes no new pods as it is`, breakable: true };
  const value = `${only}: none would be left ready and schedulable`;
  return { holds: false, value, breakable: true, occasions: [`the only node ${name}`] };
}

/** More than half of all must stay ready without these: what etcd needs where each runs a member. */
function quorum({ pool, out }: Touched): InterlockReport {
  const left = pool.nodes.filter(({ name, ready }) => !out.has(name) && ready).length;
  const wanted = Math.floor(pool.nodes.length / 2) + 1;
  return {
    id: 'control-plane-quorum',
    title: 'The control plane keeps its quorum',
    holds: left >= wanted,
    value: `${left} of ${pool.nodes.length} control-plane nodes are ready besides ${[...out].join(' and ')}; ${wanted} are a quorum`,
    breakable: false,
  };
}
