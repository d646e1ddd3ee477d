import { type Facts, type NodeFacts, silenceOf } from './facts.ts';
import { ordinalOf } from './identity.ts';
import { healthyWorkers, nodeNamed, silentNodes } from './lookup.ts';
import { podName, rolledOutAt } from './naming.ts';
import { apps, daemonSets, fixed, staticPods, type Workload } from './workloads.ts';

/** One pod, before anything is said about its object: what it belongs to and where it runs. */
export interface PodPlace {
  readonly workload: Workload;
  readonly node: NodeFacts;
  readonly name: string;
  readonly address: string;
  readonly createdAt: number;
  /** Marked for deletion since then, because its node is unreachable; no kubelet is there to end it. */
  readonly evictedAt?: number;
}

/** `replica`: which of those that have a fixed number. */
interface Slot {
  readonly workload: Workload;
  readonly replica: number;
}

/** More than a node has pods. The suffix of a pod's name stands for its node's index times this, plus its slot. */
const SLOTS = 256;
/** A replacement has the slot of the pod it stands for, and this. */
const REPLACES = 128;

const single = (workload: Workload): Slot => ({ workload, replica: 0 });
const fixedSlots: readonly Slot[] = fixed.flatMap((workload) =>
  Array.from({ length: workload.replicas ?? 1 }, (_, replica) => ({ workload, replica })),
);
const daemonSlots = daemonSets.map(single);
const controlPlaneSlots = [...daemonSlots, ...staticPods.map(single)];
const appSlots = apps.map(single);

/** What was scheduled to this node when the cluster was built, in order. */
export function slotsOn({ nodes, members, podsPerNode }: Facts, { controlPlane, index }: NodeFacts): readonly Slot[] {
  if (controlPlane) return controlPlaneSlots;
  const workers = nodes.length - members.length;
  const slots = [...daemonSlots, ...fixedSlots.filter((_, place) => place % workers === index - members.length)];
  for (let place = index * 5; slots.length < Math.min(podsPerNode, REPLACES); place += 1) {
    slots.push(appSlots[place % appSlots.length] ?? single(apps[0] as Workload));
  }
  return slots;
}

/** All pods bound to this node by now. */
export function podsOn(facts: Facts, node: NodeFacts, now: number): PodPlace[] {
  return [...scheduledOn(facts, node, now), ...replacements(facts, now).filter((place) => place.node === node)];
}

/** `only`: names are made for pods of this workload alone. */
function scheduledOn(facts: Facts, node: NodeFacts, now: number, only?: Workload): PodPlace[] {
  const evictedAt = silenceOf(node, now)?.evictedAt;
  const evicts = evictedAt !== undefined && now >= evictedAt;
  return slotsOn(facts, node).flatMap((slot, index) => {
    if (only && slot.workload !== only) return [];
    const place = placed(facts, node, slot, index, node.index * SLOTS + index);
    return [evicts && leaves(slot.workload) ? { ...place, evictedAt } : place];
  });
}

/** Daemons and static pods tolerate whatever happens to their node. */
function leaves({ kind }: Workload): boolean {
  return kind === 'Deployment' || kind === 'StatefulSet';
}

/** All pods of one workload. */
export function podsOf(facts: Facts, workload: Workload, now: number): PodPlace[] {
  const anew = replacements(facts, now).filter((place) => place.workload === workload);
  return [...nodesOf(facts, workload).flatMap((node) => scheduledOn(facts, node, now, workload)), ...anew];
}

/** The nodes it was scheduled to, or at least those it can be on. */
function nodesOf(facts: Facts, workload: Workload): readonly NodeFacts[] {
  if (workload.kind === 'DaemonSet') return facts.nodes;
  if (workload.kind === 'StaticPod') return facts.nodes.filter(({ controlPlane }) => controlPlane);
  if (!fixed.includes(workload)) return facts.nodes.filter(({ controlPlane }) => !controlPlane);
  const here = fixedSlots.flatMap((slot, place) => (slot.workload === workload ? [workerFor(facts, place)] : []));
  return [...new Set(here)].filter((node) => node !== undefined);
}

/** The pods of a fixed number go to the workers one after the other. */
function workerFor({ nodes, members }: Facts, place: number): NodeFacts | undefined {
  return nodes[members.length + (place % (nodes.length - members.length))];
}

/** A pod by name, without looking through all of them. */
export function podNamed(facts: Facts, namespace: string, name: string, now: number): PodPlace | undefined {
  const candidates = nodesFor(facts, name).flatMap((node) => (node ? scheduledOn(facts, node, now) : []));
  return [...candidates, ...replacements(facts, now)].find(
    (place) => place.name === name && place.workload.namespace === namespace,
  );
}

/** The nodes that a pod of this name can be on: by its suffix, as a static pod, as one of a fixed number. */
function nodesFor(facts: Facts, name: string): (NodeFacts | undefined)[] {
  const ordinal = ordinalOf(name.slice(-5));
  const mirror = staticPods.find((workload) => name.startsWith(`${workload.name}-`));
  const replica = fixedSlots.findIndex((slot) => name === `${slot.workload.name}-${slot.replica}`);
  return [
    ordinal === undefined ? undefined : facts.nodes[Math.floor(ordinal / SLOTS)],
    mirror && nodeNamed(facts, name.slice(mirror.name.length + 1)),
    replica < 0 ? undefined : workerFor(facts, replica),
  ];
}

/** The pod of a DaemonSet on a node, by name alone: every scrape target of node_exporter carries it. */
export function daemonPodName(node: NodeFacts, workload: Workload): string {
  return podName(workload, node, 0, node.index * SLOTS + daemonSets.indexOf(workload));
}

function placed(facts: Facts, node: NodeFacts, { workload, replica }: Slot, index: number, ordinal: number): PodPlace {
  return {
    workload,
    node,
    name: podName(workload, node, replica, ordinal),
    address: workload.hostNetwork ? node.address : `${podNetworkOf(node)}.${10 + index}`,
    createdAt: rolledOutAt(facts, workload),
  };
}

/** The first three bytes of the node's pod network, a /24. */
export function podNetworkOf({ index }: NodeFacts): string {
  return `10.${128 + (index >> 8)}.${index & 255}`;
}

/** What the ReplicaSets made anew elsewhere, a second after an eviction. A StatefulSet waits for the old pod's end. */
export function replacements(facts: Facts, now: number): PodPlace[] {
  return silentNodes(facts).flatMap((from) => {
    const evictedAt = silenceOf(from, now)?.evictedAt;
    if (evictedAt === undefined || now < evictedAt + 1) return [];
    const workers = healthyWorkers(facts);
    return slotsOn(facts, from).flatMap((slot, index) => {
      const node = workers[(from.index + index) % workers.length];
      if (slot.workload.kind !== 'Deployment' || !node) return [];
      const replaced = index + REPLACES;
      return [{ ...placed(facts, node, slot, replaced, from.index * SLOTS + replaced), createdAt: evictedAt + 1 }];
    });
  });
}
