import { type BrokenPart, brokenPartOf } from './broken-part.ts';
import { remadeAt } from './etcd-stall.ts';
import type { Facts, NodeFacts } from './facts.ts';
import { ordinalOf } from './identity.ts';
import { nodeNamed } from './lookup.ts';
import { podName, rolledOutAt } from './naming.ts';
import { apps, daemonSets, fixed, staticPods, type Workload, workloads } from './workloads.ts';

/** A pod that was there from the beginning, and the node it was scheduled to. */
export interface Settler {
  readonly workload: Workload;
  readonly node: NodeFacts;
  readonly name: string;
  readonly address: string;
  readonly createdAt: number;
  /** Of a static pod: it does not start. */
  readonly broken?: BrokenPart;
}

/** `replica`: which of those that have a fixed number. */
interface Slot {
  readonly workload: Workload;
  readonly replica: number;
}

/** More than a node has pods. The suffix of a pod's name stands for its node's index times this, plus its slot. */
const SLOTS = 256;
/** Room for those that come later. */
const MOST_SETTLERS = 128;

const single = (workload: Workload): Slot => ({ workload, replica: 0 });
const fixedSlots: readonly Slot[] = fixed.flatMap((workload) =>
  Array.from({ length: workload.replicas ?? 1 }, (_, replica) => ({ workload, replica })),
);
const daemonSlots = daemonSets.map(single);
const controlPlaneSlots = [...daemonSlots, ...staticPods.map(single)];
const appSlots = apps.map(single);

/** Everything that runs in this world. */
export function workloadsOf({ guests = [] }: Facts): readonly Workload[] {
  return guests.length === 0 ? workloads : [...workloads, ...guests.map(({ workload }) => workload)];
}

/** What was scheduled to this node when the cluster was built, in order. */
export function slotsOn(facts: Facts, node: NodeFacts): readonly Slot[] {
  const { nodes, members, podsPerNode } = facts;
  const guests = guestSlotsOn(facts, node);
  if (node.controlPlane) return [...controlPlaneSlots, ...guests];
  const workers = nodes.length - members.length;
  const own = fixedSlots.filter((_, place) => place % workers === node.index - members.length);
  const slots = [...daemonSlots, ...own, ...guests];
  for (let place = node.index * 5; slots.length < Math.min(podsPerNode, MOST_SETTLERS); place += 1) {
    slots.push(appSlots[place % appSlots.length] ?? single(apps[0] as Workload));
  }
  return slots;
}

function guestSlotsOn({ guests = [] }: Facts, { name }: NodeFacts): Slot[] {
  return guests.flatMap(({ workload, on }) =>
    on.flatMap((node, replica) => (node === name ? [{ workload, replica }] : [])),
  );
}

/** Daemons and static pods tolerate whatever happens to their node. */
export function leaves({ kind }: Workload): boolean {
  return kind === 'Deployment' || kind === 'StatefulSet';
}

/** `only`: names are made for pods of this workload alone. */
export function settlersOn(facts: Facts, node: NodeFacts, only?: Workload): Settler[] {
  return slotsOn(facts, node).flatMap((slot, index) =>
    only && slot.workload !== only ? [] : [settler(facts, node, slot, index)],
  );
}

export function settlersOf(facts: Facts, workload: Workload): Settler[] {
  return nodesOf(facts, workload).flatMap((node) => settlersOn(facts, node, workload));
}

/** The nodes it was scheduled to, or at least those it can be on. */
function nodesOf(facts: Facts, workload: Workload): readonly NodeFacts[] {
  const guest = facts.guests?.find((candidate) => candidate.workload === workload);
  if (guest) return [...new Set(guest.on)].flatMap((name) => nodeNamed(facts, name) ?? []);
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
export function settlerNamed(facts: Facts, namespace: string, name: string): Settler | undefined {
  const candidates = nodesFor(facts, name).flatMap((node) => (node ? settlersOn(facts, node) : []));
  return candidates.find((place) => place.name === name && place.workload.namespace === namespace);
}

/** The nodes that a pod of this name can be on: by its suffix, as a static pod, as one of a fixed number, as a guest. */
function nodesFor(facts: Facts, name: string): (NodeFacts | undefined)[] {
  const ordinal = ordinalOf(name.slice(-5));
  const mirror = staticPods.find((workload) => name.startsWith(`${workload.name}-`));
  const replica = fixedSlots.findIndex((slot) => name === `${slot.workload.name}-${slot.replica}`);
  return [
    ordinal === undefined ? undefined : facts.nodes[Math.floor(ordinal / SLOTS)],
    mirror && nodeNamed(facts, name.slice(mirror.name.length + 1)),
    replica < 0 ? undefined : workerFor(facts, replica),
    ...(facts.guests ?? []).flatMap(({ on }) => on.map((node) => nodeNamed(facts, node))),
  ];
}

/** The pod of a DaemonSet on a node, by name alone: every scrape target of node_exporter carries it. */
export function daemonPodName(node: NodeFacts, workload: Workload): string {
  return podName(workload, node, 0, node.index * SLOTS + daemonSets.indexOf(workload));
}

function settler(facts: Facts, node: NodeFacts, { workload, replica }: Slot, index: number): Settler {
  const part = brokenPartOf(facts, workload);
  const broken = part?.onlyNew ? undefined : part;
  return {
    workload,
    node,
    name: podName(workload, node, replica, node.index * SLOTS + index),
    address: workload.hostNetwork ? node.address : addressOn(node, index),
    createdAt: remadeAt(facts, workload) ?? rolledOutAt(facts, workload),
    ...(broken ? { broken } : {}),
  };
}

/** `seat`: 0 to 239. */
export function addressOn(node: NodeFacts, seat: number): string {
  return `${podNetworkOf(node)}.${10 + seat}`;
}

/** The first three bytes of the node's pod network, a /24. */
export function podNetworkOf({ index }: NodeFacts): string {
  return `10.${128 + (index >> 8)}.${index & 255}`;
}

const counted = new WeakMap<Facts['nodes'], Map<Workload, number>>();

/** How many pods of a workload there were from the beginning, without making any. Counted once for each set of nodes. */
export function settlersCount(facts: Facts, workload: Workload): number {
  const counts = counted.get(facts.nodes) ?? new Map<Workload, number>();
  if (counts.size === 0) {
    for (const node of facts.nodes) {
      for (const { workload: each } of slotsOn(facts, node)) counts.set(each, (counts.get(each) ?? 0) + 1);
    }
    counted.set(facts.nodes, counts);
  }
  return counts.get(workload) ?? 0;
}
