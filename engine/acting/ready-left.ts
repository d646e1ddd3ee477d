import type { Pod } from '../changes/objects.ts';
import { isReadyToStay, podsLike } from '../changes/owned-pods.ts';
import type { Owners } from '../changes/owners.ts';
import { controllerOf, isFinished, isReady, kinOf, workloadOf } from '../changes/pods.ts';
import type { Readers } from '../readers.ts';

type Kube = Readers['kube'];

/** One pod that a plan takes away. */
export interface Loss {
  readonly pod: Pod;
  /** An eviction, which a disruption budget would refuse before the last healthy pod of its workload goes. */
  readonly guarded: boolean;
  /** That nothing starts it again was allowed where the change was written. */
  readonly mayBeBare: boolean;
  /** Its controller among others, as far as it could be asked. */
  readonly owners: Owners;
}

export interface Afterwards {
  readonly name: string;
  /** Ready pods it has now, those that go without a budget that would keep one of them, and the rest. */
  readonly ready: number;
  readonly taken: number;
  readonly left: number;
}

/** Whose pods stand in for no other: each does its own work, or that of its node. */
const ALONE = new Set(['Job', 'DaemonSet', 'Node']);

/** Of so many workloads the pods themselves are counted, a call each; of the many of a drain, what their controllers count. */
const COUNTED_ONE_BY_ONE = 5;

/**
 * How many ready pods each workload keeps without these. The ReplicaSets of a Deployment are one: in the middle of a
 * rollout its old pods stand in for its new ones. Throws `ReadFailure`.
 */
export async function leftByLosses(kube: Kube, losses: readonly Loss[]): Promise<readonly Afterwards[]> {
  const touched = byWorkload(losses).flatMap((own) => takenOf(own) ?? []);
  const isFew = (some: readonly Taken[]) => some.length <= COUNTED_ONE_BY_ONE;
  const empty = touched.filter(({ all, told }) => told !== undefined && told <= all.length);
  // Of many that would be left without any, pods of other ReplicaSets are not looked for.
  const counted = new Set([touched, empty].find(isFew) ?? []);
  return Promise.all(
    touched.map((taken) => {
      const { first, told } = taken;
      return told === undefined || counted.has(taken) ? seenLeft(kube, taken) : left(nameOf([first.pod]), told, taken);
    }),
  );
}

interface Owned extends Loss {
  readonly owner: NonNullable<ReturnType<typeof controllerOf>>;
}

/** Of one workload. */
interface Taken {
  readonly first: Owned;
  /** Its ready pods that go without a budget that would keep one of them. */
  readonly all: readonly Owned[];
  /** How many ready ones the controllers of their ReplicaSets count; of others nobody tells. */
  readonly told: number | undefined;
}

function byWorkload(losses: readonly Loss[]): readonly (readonly Owned[])[] {
  const owned = losses.flatMap((loss) => {
    const owner = controllerOf(loss.pod);
    return owner && !ALONE.has(owner.kind) ? [{ ...loss, owner }] : [];
  });
  const key = ({ owner, pod }: Owned) =>
    owner.kind === 'ReplicaSet' ? `${pod.metadata.namespace} ${workloadOf(pod)}` : owner.uid;
  return [...Map.groupBy(owned, key).values()];
}

function takenOf(losses: readonly Owned[]): Taken | undefined {
  const all = losses.filter(({ pod, guarded }) => !guarded && !isFinished(pod) && isReady(pod));
  const [first] = all;
  return first && { first, all, told: toldOf(all) };
}

/** They leave out those that are on their way out. It is old when they are away, and for a moment after a pod ended. */
function toldOf(all: readonly Owned[]): number | undefined {
  if (all.some(({ owner }) => owner.kind !== 'ReplicaSet')) return undefined;
  const sets = new Map(all.map(({ owner, owners }) => [owner.uid, owners.get(owner.uid)]));
  return [...sets.values()].reduce((sum, set) => sum + (set?.status.readyReplicas ?? 0), 0);
}

async function seenLeft(kube: Kube, taken: Taken): Promise<Afterwards> {
  const { first, all, told = Number.POSITIVE_INFINITY } = taken;
  const ready = (await podsLike(kube, first.pod, first.owners)).filter(isReadyToStay);
  const sets = new Set(all.map(({ owner }) => owner.uid));
  const own = ready.filter((pod) => sets.has(controllerOf(pod)?.uid ?? '')).length;
  const name = nameOf([...all.map(({ pod }) => pod), ...ready]);
  return left(name, Math.min(told, own) + ready.length - own, taken);
}

function left(name: string, ready: number, { all }: Taken): Afterwards {
  return { name, ready, taken: all.length, left: ready - all.length };
}

/** `ReplicaSet shop/web-7d4b9`; where pods of several stand in for one another, `Deployment shop/web`. */
function nameOf(pods: readonly Pod[]): string {
  const [first] = pods;
  if (!first) return '';
  const { kind, name } = controllerOf(first) ?? { kind: 'Pod', name: first.metadata.name };
  const isOfSeveral = new Set(pods.map((pod) => controllerOf(pod)?.uid)).size > 1;
  const workload = isOfSeveral ? kinOf(first) : `${kind} ${name}`;
  return workload.replace(' ', ` ${first.metadata.namespace ?? 'default'}/`);
}
