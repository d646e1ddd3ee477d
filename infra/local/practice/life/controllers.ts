import type { NodeFacts } from '../facts.ts';
import { isActive, type Life } from './life.ts';
import type { Revision } from './revisions.ts';

/** What a controller sees when it looks, and wants to happen. Pods that are gone are left out. */
export interface Look {
  readonly pods: readonly Life[];
  readonly isReady: (pod: Life) => boolean;
  /** What the workload is called. */
  readonly name: string;
  readonly replicas: number;
  readonly revision: Revision;
  readonly paused: boolean;
  /** Where a DaemonSet, or a kubelet with static pods, wants one each. */
  readonly nodes: readonly NodeFacts[];
}

export interface Want {
  readonly make: readonly { readonly revision: Revision; readonly ordinal?: number; readonly node?: NodeFacts }[];
  readonly end: readonly Life[];
}

const nothing: Want = { make: [], end: [] };

/** `maxSurge` and `maxUnavailable` of every Deployment here: a quarter, one up and the other down. */
const QUARTER = 0.25;

/**
 * A Deployment with its ReplicaSets: makes what is missing, ends what is too much, and rolls out by quarters
 * (k8s.io/kubernetes, pkg/controller/deployment/rolling.go).
 */
export function deployment({ pods, isReady, replicas, revision, paused }: Look): Want {
  const active = pods.filter(isActive);
  const [current, outdated] = [active.filter(of(revision)), active.filter((pod) => !of(revision)(pod))];
  if (paused || outdated.length === 0) {
    const lost = replicas - active.length;
    if (lost > 0) return { make: times(lost, { revision: paused ? commonest(active, revision) : revision }), end: [] };
    return { make: [], end: weakestFirst(active, isReady).slice(0, -lost) };
  }
  const room = replicas + Math.ceil(replicas * QUARTER) - active.length;
  const making = Math.min(room, replicas - current.length);
  if (making > 0) return { make: times(making, { revision }), end: [] };
  const fewest = replicas - Math.floor(replicas * QUARTER);
  const unready = current.filter((pod) => !isReady(pod)).length;
  const spare = active.length - fewest - unready;
  return { make: [], end: weakestFirst(outdated, isReady).slice(0, Math.max(0, spare)) };
}

/** Not scheduled, then not ready, then the youngest (pkg/controller/controller_utils.go, ActivePodsWithRanks). */
function weakestFirst(pods: readonly Life[], isReady: Look['isReady']): readonly Life[] {
  const rank = (pod: Life) => (pod.node === undefined ? 0 : isReady(pod) ? 2 : 1);
  return pods.toSorted((a, b) => rank(a) - rank(b) || b.createdAt - a.createdAt || (b.serial ?? -1) - (a.serial ?? -1));
}

/** A StatefulSet: one after the other, each ready before the next, and no second pod of a name while the first is there. */
export function statefulSet({ pods, isReady, name, replicas, revision }: Look): Want {
  const byName = new Map(pods.map((pod) => [pod.name, pod]));
  const named = (ordinal: number) => byName.get(`${name}-${ordinal}`);
  for (let ordinal = 0; ordinal < replicas; ordinal += 1) {
    const pod = named(ordinal);
    if (!pod) return { make: [{ revision, ordinal }], end: [] };
    if (!isActive(pod) || !isReady(pod)) return nothing;
  }
  const highest = [...byName.values()].toSorted((a, b) => ordinalIn(b.name) - ordinalIn(a.name));
  const condemned = highest.find((pod) => ordinalIn(pod.name) >= replicas);
  if (condemned) return isActive(condemned) ? { make: [], end: [condemned] } : nothing;
  return { make: [], end: highest.filter((pod) => !of(revision)(pod)).slice(0, 1) };
}

function ordinalIn(name: string): number {
  return Number(name.slice(name.lastIndexOf('-') + 1));
}

/** `maxUnavailable` of every DaemonSet here: one node, in a large cluster every tenth. */
export function daemonsAway(nodes: number): number | '10%' {
  return nodes > 100 ? '10%' : 1;
}

/**
 * A DaemonSet: one on every node, and in a rollout only so many nodes without it. Outdated pods that are not ready anyway cost
 * nothing and go first (pkg/controller/daemon/update.go, rollingUpdate).
 */
export function daemonSet({ pods, isReady, revision, nodes }: Look): Want {
  const there = new Map(pods.map((pod) => [pod.meantFor?.name ?? pod.node?.name, pod]));
  const missing = nodes.filter(({ name }) => !there.has(name));
  if (missing.length > 0) return { make: missing.map((node) => ({ revision, node })), end: [] };
  const ready = pods.filter((pod) => isActive(pod) && isReady(pod));
  const away = daemonsAway(nodes.length);
  const most = away === '10%' ? Math.ceil(nodes.length / 10) : away;
  const spare = most - (nodes.length - ready.length);
  const failing = pods.filter((pod) => isActive(pod) && !isReady(pod) && !of(revision)(pod));
  return { make: [], end: [...failing, ...ready.filter((pod) => !of(revision)(pod)).slice(0, Math.max(0, spare))] };
}

function of(revision: Revision): (pod: Life) => boolean {
  return (pod) => pod.revision.hash === revision.hash;
}

/** A paused Deployment's ReplicaSets keep their sizes; a lost pod is made anew as it was. */
function commonest(active: readonly Life[], otherwise: Revision): Revision {
  const sets = [...Map.groupBy(active, ({ revision }) => revision.hash).values()];
  return sets.toSorted((a, b) => b.length - a.length)[0]?.[0]?.revision ?? otherwise;
}

function times<T>(count: number, one: T): readonly T[] {
  return Array.from({ length: count }, () => one);
}
