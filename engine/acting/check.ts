import type { Change } from '../change.ts';
import type { InterlockReport } from '../interlocks.ts';
import type { Plan } from '../plan.ts';
import type { Clock, Store } from '../ports.ts';
import type { Readers } from '../readers.ts';
import { isWatchOf, type StormWatch, stormNow } from '../storm.ts';
import { frozenBy, type Limits } from './limits.ts';
import { type NodePool, poolOf } from './node-pool.ts';
import { replicasAfter } from './replicas.ts';

export interface Checked {
  readonly store: Store;
  readonly clock: Clock;
  readonly kube: Readers['kube'];
  readonly limits: Limits;
}

/** `undoes`: taking something back need not wait until it has cooled down. */
export type Subject = Pick<Plan, 'id' | 'cluster' | 'target' | 'undoes'>;

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

/** Every interlock of a plan with its present value. Throws `ReadFailure` when the cluster cannot be looked at. */
export async function interlocksOf(
  checked: Checked,
  plan: Subject,
  changes: readonly Change[],
): Promise<readonly InterlockReport[]> {
  const [dangers, rules] = await Promise.all([
    dangersOf(checked.kube, changes, checked.limits),
    rulesOf(checked, plan),
  ]);
  return [...dangers, ...rules];
}

/** What would harm the cluster: nobody may go on over these. */
async function dangersOf(
  kube: Readers['kube'],
  changes: readonly Change[],
  limits: Limits,
): Promise<InterlockReport[]> {
  const nodes = new Set(changes.flatMap((change) => nodeTakenOut(change) ?? []));
  const pools = await Promise.all([...nodes].map(async (node) => ({ node, pool: await poolOf(kube, node) })));
  const replicas = await Promise.all(changes.map((change) => replicasAfter(kube, change)));
  const last = replicas.filter((one) => one !== undefined);
  return [
    ...pools.map(({ node, pool }) => healthyNodes(pool, node, limits)),
    ...pools.filter(({ pool }) => pool.controlPlane).map(({ node, pool }) => quorum(pool, node)),
    ...last.map(
      ({ holds, value }): InterlockReport => ({
        id: 'last-replica',
        title: 'Not the last replica',
        holds,
        value,
        breakable: false,
      }),
    ),
  ];
}

function nodeTakenOut(change: Change): string | undefined {
  if (change.verb === 'cordon' || change.verb === 'drain') return change.node;
  return change.verb === 'taint' && change.taint.effect !== 'PreferNoSchedule' ? change.node : undefined;
}

function healthyNodes(pool: NodePool, node: string, { readyNodesPercent }: Limits): InterlockReport {
  const left = pool.nodes.filter(({ name, ready, schedulable }) => name !== node && ready && schedulable).length;
  const wanted = Math.min(
    Math.max(1, Math.ceil((pool.nodes.length * readyNodesPercent) / 100)),
    Math.max(1, pool.nodes.length - 1),
  );
  return {
    id: 'healthy-nodes',
    title: `Enough healthy nodes among the ${pool.name}`,
    holds: left >= wanted,
    value: `${left} of ${pool.nodes.length} would be left ready and schedulable; at least ${wanted} must`,
    breakable: false,
  };
}

/** More than half of all must stay ready without this one: what etcd needs where each runs a member. */
function quorum(pool: NodePool, node: string): InterlockReport {
  const left = pool.nodes.filter(({ name, ready }) => name !== node && ready).length;
  const wanted = Math.floor(pool.nodes.length / 2) + 1;
  return {
    id: 'control-plane-quorum',
    title: 'The control plane keeps its quorum',
    holds: left >= wanted,
    value: `${left} of ${pool.nodes.length} control-plane nodes are ready besides this one; ${wanted} are a quorum`,
    breakable: false,
  };
}

/** What the team has agreed on: those whom the policy names may break the glass. */
async function rulesOf({ store, clock, limits }: Checked, plan: Subject): Promise<InterlockReport[]> {
  const now = clock.now();
  const plans = (await store.list<Plan>('plans')).map(({ value }) => value);
  const others = plans.filter(({ id, cluster }) => id !== plan.id && cluster === plan.cluster);
  const ago = ({ executedAt }: Plan) =>
    executedAt ? now.getTime() - Date.parse(executedAt) : Number.POSITIVE_INFINITY;
  const lately = others.filter((one) => ago(one) < HOUR_MS);
  const cooling = lately
    .filter((one) => one.target === plan.target && one.id !== plan.undoes)
    .map((one) => limits.coolDownMinutes * MINUTE_MS - ago(one))
    .filter((left) => left > 0);
  const running = others.find(({ state, target }) => state === 'executing' && target === plan.target);
  const frozen = frozenBy(limits.freeze, now);
  const watches = (await store.list<StormWatch>('storms')).filter(({ id }) => isWatchOf(plan.cluster, id));
  const stormy = watches.some(({ value }) => stormNow(value, now) !== undefined);
  const report = (
    id: InterlockReport['id'],
    title: string,
    holds: boolean,
    value: string,
    breakable = true,
  ): InterlockReport => ({ id, title, holds, value, breakable });
  return [
    report(
      'one-at-a-time',
      'Nothing else is being done to this target',
      running === undefined,
      running ? `running now: ${running.title}` : 'nothing',
      false,
    ),
    report(
      'cool-down',
      'The target was left alone lately',
      cooling.length === 0,
      cooling.length === 0
        ? `nothing done to it for ${limits.coolDownMinutes} min`
        : `changed lately: ${Math.ceil(Math.max(...cooling) / MINUTE_MS)} min to wait`,
    ),
    report(
      'actions-per-hour',
      'Not too many actions in this cluster',
      lately.length < limits.actionsPerHour,
      `${lately.length} in the last hour; ${limits.actionsPerHour} are allowed`,
    ),
    report(
      'freeze-window',
      'No freeze',
      frozen === undefined,
      frozen ? `frozen: ${frozen.name} (until ${frozen.to}, ${frozen.timeZone})` : 'none now',
    ),
    report(
      'storm',
      'No storm is going on',
      !stormy,
      stormy ? 'many alerts at once: look at what they have in common' : 'none',
    ),
  ];
}
