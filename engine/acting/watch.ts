import type { Change } from '../change.ts';
import { messageOf, ReadFailure, Refused } from '../errors.ts';
import type { InterlockReport } from '../interlocks.ts';
import type { Plan } from '../plan.ts';
import type { Readers } from '../readers.ts';
import { redact } from '../redact.ts';
import type { Cluster } from '../triage.ts';
import { freeze } from './agreed.ts';
import { stillAway } from './come-back.ts';
import { kubeOf, READ_MS } from './compile.ts';
import type { Acting } from './desk.ts';
import { nodesNow } from './node-pool.ts';
import type { Back } from './not-back.ts';
import { poolsOf, type Touched, withoutThem } from './pools.ts';
import { closedOf, inWords } from './present-interlocks.ts';
import { lastReplicas } from './replicas.ts';
import { renewalsOf, startsAgain } from './starts-again.ts';
import { planById } from './stored.ts';

type Kube = Readers['kube'];

/**
 * Asked before each further request of a plan: why it must not go on, because of what has become of the cluster since
 * its first. A drain takes minutes, in which the other nodes of its pool may fall or vanish, the other replicas of its
 * workloads go, whoever replaces its pods go away, or a freeze begin. Two reads of a pool each time (a table and its nodes,
 * 13 kB each), one of a lease, before an eviction two to five of its workload, and afterwards one of it until what was
 * ended has come back. `undefined`: it may.
 */
export function watchOver(acting: Acting, plan: Plan, cluster: Cluster): () => Promise<string | undefined> {
  let known: readonly Touched[] | undefined;
  const back: Back = new Map();
  const renewals = renewalsOf(cluster);
  return async () => {
    const { limits } = await acting.rules();
    const kube = kubeOf(cluster, READ_MS);
    try {
      known = known ? await Promise.all(known.map((touched) => asItIs(kube, touched))) : await poolsNow(kube, plan);
      const frozen = plan.undoes === undefined ? [freeze(limits, acting.clock.now())] : [];
      const present = (await planById(acting.store, plan.id)) ?? plan;
      const away = await stillAway(() => kubeOf(cluster, READ_MS), present, back, acting.pause);
      if (away !== undefined) return away;
      const last = await lastReplicaNext(kube, present);
      const again = await startsAgain(kube, acting.clock, plan.changes, renewals);
      const closed = closedOf(plan, [...withoutThem(known, limits), ...last, ...(again ? [again] : []), ...frozen]);
      return closed.length > 0 ? inWords(closed) : undefined;
    } catch (failure) {
      if (failure instanceof Refused) return failure.message;
      if (!(failure instanceof ReadFailure)) throw failure;
      return redact(`the cluster could not be looked at between two requests: ${messageOf(failure)}`);
    }
  };
}

async function asItIs(kube: Kube, touched: Touched): Promise<Touched> {
  const pool = await nodesNow(kube, touched.pool);
  return { ...touched, pool, had: Math.max(touched.had ?? 0, touched.pool.nodes.length) };
}

/** Each with the size it had when the plan began: a node that has vanished since counts as gone. */
async function poolsNow(kube: Kube, { changes, interlocks }: Plan): Promise<readonly Touched[]> {
  const sizes = new Map(interlocks.flatMap(({ pool }) => (pool ? [[pool.name, pool.nodes] as const] : [])));
  return (await poolsOf(kube, changes)).map((touched) => ({ ...touched, had: sizes.get(touched.pool.name) ?? 0 }));
}

/** Of the request that comes next, if it ends a pod: whether its workload keeps a ready one, as things are now. */
async function lastReplicaNext(kube: Kube, { steps, changes }: Plan): Promise<InterlockReport[]> {
  const next = steps.find(({ state }) => state === 'waiting');
  if (next?.object?.kind !== 'Pod' || (next.verb !== 'evict' && next.verb !== 'delete')) return [];
  const { name: pod, namespace = 'default' } = next.object;
  const ends: Change = { verb: next.verb === 'evict' ? 'evict' : 'delete-pod', namespace, pod };
  const mayBeBare = (next.changes ?? []).some((index) => allowsBare(changes[index]));
  const last = await lastReplicas(kube, [ends], mayBeBare);
  return last ? [last] : [];
}

function allowsBare(change: Change | undefined): boolean {
  return change?.verb === 'drain' && (change.allow ?? []).includes('bare-pods');
}
