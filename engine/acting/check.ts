import type { Change } from '../change.ts';
import type { InterlockReport } from '../interlocks.ts';
import type { Plan } from '../plan.ts';
import type { Clock, Store } from '../ports.ts';
import type { Readers } from '../readers.ts';
import { agreedOf } from './agreed.ts';
import type { Limits } from './limits.ts';
import { type NodePool, poolOf } from './node-pool.ts';
import { lastReplicas } from './replicas.ts';

export interface Checked {
  readonly store: Store;
  readonly clock: Clock;
  readonly kube: Readers['kube'];
  readonly limits: Limits;
}

/** Taking something back, or going on with what stopped halfway, need not wait until it has cooled down. */
export type Subject = Pick<Plan, 'id' | 'cluster' | 'target' | 'undoes' | 'continues'>;

/** Every interlock of a plan with its present value. Throws `ReadFailure` when the cluster cannot be looked at. */
export async function interlocksOf(
  checked: Checked,
  plan: Subject,
  changes: readonly Change[],
): Promise<readonly InterlockReport[]> {
  const [dangers, agreed] = await Promise.all([
    dangersOf(checked.kube, changes, checked.limits),
    agreedOf(checked, plan, changes),
  ]);
  return [...dangers, ...agreed];
}

/** What would harm the cluster: nobody may go on over these, but for a workload that comes back by itself. */
async function dangersOf(
  kube: Readers['kube'],
  changes: readonly Change[],
  limits: Limits,
): Promise<InterlockReport[]> {
  const nodes = [...new Set(changes.flatMap((change) => nodeTakenOut(change) ?? []))];
  const each = await Promise.all(nodes.map(async (node) => ({ node, pool: await poolOf(kube, node) })));
  // Two nodes of one pool go together: neither takes over from the other.
  const pools = [...Map.groupBy(each, ({ pool }) => pool.name).values()].flatMap((all) => {
    const [first] = all;
    return first ? [{ pool: first.pool, out: new Set(all.map(({ node }) => node)) }] : [];
  });
  const last = await lastReplicas(kube, changes);
  return [
    ...pools.map(({ pool, out }) => healthyNodes(pool, out, limits)),
    ...pools.filter(({ pool }) => pool.controlPlane).map(({ pool, out }) => quorum(pool, out)),
    ...(last ? [last] : []),
  ];
}

function nodeTakenOut(change: Change): string | undefined {
  if (change.verb === 'cordon' || change.verb === 'drain') return change.node;
  return change.verb === 'taint' && change.taint.effect !== 'PreferNoSchedule' ? change.node : undefined;
}

function healthyNodes(pool: NodePool, out: ReadonlySet<string>, { readyNodesPercent }: Limits): InterlockReport {
  const left = pool.nodes.filter(({ name, ready, schedulable }) => !out.has(name) && ready && schedulable).length;
  const all = pool.nodes.length;
  // Rounded up two thirds of two nodes are both: one may always be away, unless the team says all.
  const most = readyNodesPercent === 100 ? all : Math.max(1, all - 1);
  const wanted = Math.min(Math.max(1, Math.ceil((all * readyNodesPercent) / 100)), most);
  return {
    id: 'healthy-nodes',
    title: `Enough healthy nodes among the ${pool.name}`,
    holds: left >= wanted,
    value: `${left} of ${all} would be left ready and schedulable; at least ${wanted} must`,
    breakable: false,
  };
}

/** More than half of all must stay ready without these: what etcd needs where each runs a member. */
function quorum(pool: NodePool, out: ReadonlySet<string>): InterlockReport {
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
