import type { Change } from '../change.ts';
import { riskOfTaint } from '../changes/taint.ts';
import type { InterlockReport } from '../interlocks.ts';
import type { Readers } from '../readers.ts';
import type { Limits } from './limits.ts';
import { type NodePool, poolsAround } from './node-pool.ts';
import { OWN_POOL_LABEL } from './pool-labels.ts';

/** A pool, and which of its nodes a plan takes out. */
export interface Touched {
  readonly pool: NodePool;
  readonly out: ReadonlySet<string>;
  /** The pods that run there go as well, not only those that would come. */
  readonly emptied: boolean;
  /** One of them takes pods in spite of its taint, which keeps others away. */
  readonly servesByTaint?: boolean;
  /** How many nodes the pool had when the plan began. */
  readonly had?: number;
}

/** Two nodes of one pool go together: neither takes over from the other. Throws `ReadFailure`. */
export async function poolsOf(kube: Readers['kube'], changes: readonly Change[]): Promise<readonly Touched[]> {
  const nodes = [...new Set(changes.flatMap((change) => nodeTakenOut(change) ?? []))];
  const each = await Promise.all(
    nodes.map(async (node) => (await poolsAround(kube, node)).map((pool) => ({ node, pool }))),
  );
  return [...Map.groupBy(each.flat(), ({ pool }) => pool.labelSelector ?? pool.name).values()].flatMap((all) => {
    const [first] = all;
    const members = new Set(first?.pool.nodes.map(({ name }) => name));
    const out = new Set([...all.map(({ node }) => node), ...nodes.filter((node) => members.has(node))]);
    const emptied = changes.some((change) => out.has(nodeEmptied(change) ?? ''));
    const servesByTaint = all.some(({ pool }) => pool.servesByTaint);
    return first ? [{ pool: first.pool, out, emptied, servesByTaint }] : [];
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

function healthyNodes(touched: Touched, { readyNodesPercent }: Limits): InterlockReport {
  const { pool, out, emptied, servesByTaint } = touched;
  const all = sizeOf(touched);
  const serving = pool.nodes.filter(({ ready, schedulable }) => ready && schedulable);
  const left = serving.filter(({ name }) => !out.has(name)).length;
  const title = `Enough healthy nodes among the ${pool.name}`;
  const report = { id: 'healthy-nodes', title, breakable: false, pool: { name: pool.name, nodes: all } } as const;
  const servesYet = servesByTaint && pool.nodes.some(({ name, ready }) => ready && out.has(name));
  const takesNothing = !emptied && !servesYet && left === serving.length;
  if (takesNothing && readyNodesPercent < 100) {
    const now = `${left} of ${all} are ready and schedulable before and after${gone(touched)}${besides(touched)}`;
    return {
      ...report,
      holds: true,
      value: `${named(out)} ${takesNone(touched)}: ${now}`,
    };
  }
  if (all === 1 && readyNodesPercent < 100) return { ...report, ...onlyOne(out, 'ready and schedulable') };
  // Rounded up two thirds of two nodes are both: one may always be away, unless the team says all.
  const most = readyNodesPercent === 100 ? all : Math.max(1, all - 1);
  const wanted = Math.min(Math.max(1, Math.ceil((all * readyNodesPercent) / 100)), most);
  const holds = left >= wanted;
  const value = `${left} of ${all} would be left ready and schedulable${gone(touched)}; at least ${wanted} must${besides(touched, !holds)}`;
  return { ...report, holds, value };
}

/** Why its cordon costs nothing: what a taint keeps out may still let in who tolerates it. */
function takesNone({ pool: { nodes }, out }: Touched): string {
  const own = nodes.filter(({ name }) => out.has(name));
  const one = out.size === 1;
  return own.some(({ ready, keptFree }) => ready && keptFree !== undefined)
    ? `${one ? 'is' : 'are'} kept free already`
    : `${one ? 'takes' : 'take'} no new pods anyway`;
}

/** What has to be known of these numbers; where they forbid something, also what would make them better ones. */
function besides({ pool: { nodes, isGuess, apart = [], taintsUnread } }: Touched, forbids = false): string {
  const better = forbids ? `: ${OWN_POOL_LABEL} would` : '';
  const free = nodes.filter(({ keptFree, ready }) => keptFree !== undefined && ready);
  const taints = [...new Set(free.flatMap(({ keptFree }) => keptFree ?? []))].sort().join(', ');
  return [
    ...(free.length > 0
      ? [`; ${free.length === 1 ? '1 is' : `${free.length} are`} kept free by a taint that not all have: ${taints}`]
      : []),
    ...(taintsUnread ? ['; they are too many to read their taints'] : []),
    ...(apart.length > 0 ? [`; apart from nodes that are dedicated by a taint: ${apart.join(', ')}`] : []),
    ...(isGuess ? [`; no label says which of them are one pool${better}`] : []),
  ].join('');
}

/** More than half of all must stay ready without these: what etcd needs where each runs a member. */
function quorum(touched: Touched): InterlockReport {
  const { pool, out, emptied } = touched;
  const all = sizeOf(touched);
  const ready = pool.nodes.filter((node) => node.ready);
  const left = ready.filter(({ name }) => !out.has(name)).length;
  const wanted = Math.floor(all / 2) + 1;
  const report = { id: 'control-plane-quorum', title: 'The control plane keeps its quorum', breakable: false } as const;
  if (!emptied && left === ready.length)
    return { ...report, holds: true, value: `${named(out)} ${out.size === 1 ? 'is' : 'are'} not ready anyway` };
  // A cordon leaves the member of etcd where it runs.
  if (!emptied && all === 1) return { ...report, ...onlyOne(out, 'ready for new pods') };
  const value = `${left} of ${all} ${pool.name} are ready besides ${named(out)}${gone(touched)}; ${wanted} are a quorum`;
  return { ...report, holds: left >= wanted, value };
}

/** Nothing stands in for it: whoever may break the glass can answer for that. */
function onlyOne(
  out: Touched['out'],
  without: string,
): Pick<InterlockReport, 'holds' | 'value' | 'breakable' | 'occasions'> {
  const value = `${named(out)} is the only one: none would be left ${without}`;
  return { holds: false, value, breakable: true, occasions: [`the only node ${named(out)}`] };
}

/** A node that has vanished since the plan began is gone, and not one that never was. */
function sizeOf({ pool, had = 0 }: Touched): number {
  return Math.max(pool.nodes.length, had);
}

function gone(touched: Touched): string {
  const vanished = sizeOf(touched) - touched.pool.nodes.length;
  return vanished === 0 ? '' : ` (${vanished} ${vanished === 1 ? 'has' : 'have'} vanished since it began)`;
}

function named(out: Touched['out']): string {
  return [...out].join(' and ');
}
