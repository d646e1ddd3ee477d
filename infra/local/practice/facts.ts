import type { BrokenPart } from './broken-part.ts';
import type { Deed } from './deeds.ts';
import type { DiskLoad, DiskShortage } from './disk.ts';
import type { EtcdStall } from './etcd-stall.ts';
import { lastBeat } from './identity.ts';
import { type Lapse, lapseAt, lapseEndedAt, type Outage, outagesBy } from './lapses.ts';
import type { NoisyClient } from './noisy-client.ts';
import type { Guest } from './workloads.ts';

/** Moments are Unix seconds. Everything else, objects and series alike, is worked out from these facts when asked. */
export interface NodeFacts {
  readonly index: number;
  readonly name: string;
  readonly address: string;
  readonly zone: string;
  readonly controlPlane: boolean;
  /** The kubelet's process ended at that moment; the machine runs on. */
  readonly kubeletStoppedAt?: number;
  /** And was started again. */
  readonly kubeletStartedAt?: number;
  /** When its kubelet was held up, in order of time. */
  readonly lapses?: readonly Lapse[];
  /** How long the controller manager waits for its heartbeats, where not as long as usual; in order of time. */
  readonly graces?: readonly { readonly at: number; readonly seconds: number }[];
  /** How its disk has fared since the trouble began, in order of time. */
  readonly disk?: readonly DiskLoad[];
  /** When its disk is short of space, in order of time. */
  readonly diskShort?: readonly DiskShortage[];
}

export interface MemberFacts {
  readonly node: string;
  /** As etcd prints its member id. */
  readonly id: string;
  readonly leads: boolean;
  /** How slowly the WAL's disk answers: 1 is bad, 2 twice as bad, 0 is quick again. In order of time. */
  readonly slowDisk?: readonly { readonly at: number; readonly times: number }[];
}

/** A cluster as a few sentences: who is there, and what is wrong with whom since when. */
export interface Facts {
  /** The cluster exists since then. */
  readonly bornAt: number;
  readonly nodes: readonly NodeFacts[];
  readonly members: readonly MemberFacts[];
  readonly podsPerNode: number;
  /** Besides what runs in every world. */
  readonly guests?: readonly Guest[];
  /** Somebody asks the API server more than it can take. */
  readonly noisyClient?: NoisyClient;
  /** etcd hangs at the memory limit of its containers. */
  readonly etcdStall?: EtcdStall;
  /** A component of the control plane does not start. */
  readonly brokenPart?: BrokenPart;
  /** What the controller manager's flag --node-monitor-grace-period says; absent: its default holds. */
  readonly graceFlag?: string;
  /** What was done through the API, in order of time. */
  readonly deeds?: readonly Deed[];
  /** Somebody has since mended on the machines what no API can. */
  readonly mendedAt?: number;
}

export interface Size {
  readonly nodes: number;
  readonly podsPerNode: number;
}

const DAY_SECONDS = 86_400;
const MEMBER_IDS = ['8e9e05c52164694d', '91bc3c398fb3c146', 'fd422379fda50e48'];
const AGE_DAYS = 42;
/** From the cluster's birth to the moment its world began to be played. */
export const STARTED_AFTER_SECONDS = AGE_DAYS * DAY_SECONDS;
/** The everyday trouble of a cluster that is otherwise well: this worker's disk has filled up. Small clusters lack it. */
const SHORT_OF_DISK = { node: 'worker-7', forSeconds: 2_520 };

/** An ordinary day: three control-plane nodes, the rest workers, in three zones. */
export function quietFacts({ nodes, podsPerNode }: Size, now: number): Facts {
  const controlPlanes = Math.min(3, Math.max(1, nodes - 1));
  const all = Array.from({ length: nodes }, (_, index) => nodeFacts(index, controlPlanes));
  const members = all
    .slice(0, controlPlanes)
    .map(({ name }, index): MemberFacts => ({ node: name, id: MEMBER_IDS[index] ?? '', leads: index === 0 }));
  const facts = { bornAt: now - STARTED_AFTER_SECONDS, nodes: all, members, podsPerNode };
  return withNode(facts, SHORT_OF_DISK.node, { diskShort: [{ from: now - SHORT_OF_DISK.forSeconds }] });
}

function nodeFacts(index: number, controlPlanes: number): NodeFacts {
  const controlPlane = index < controlPlanes;
  const number = controlPlane ? index + 1 : index - controlPlanes + 1;
  return {
    index,
    name: controlPlane ? `control-plane-${number}` : `worker-${number}`,
    address: `10.20.${Math.floor(index / 240)}.${10 + (index % 240)}`,
    zone: `practice-1${'abc'[index % 3]}`,
    controlPlane,
  };
}

/** The same cluster with one node changed. */
export function withNode(facts: Facts, name: string, change: Partial<NodeFacts>): Facts {
  return { ...facts, nodes: facts.nodes.map((node) => (node.name === name ? { ...node, ...change } : node)) };
}

export function withMember(facts: Facts, node: string, change: Partial<MemberFacts>): Facts {
  return {
    ...facts,
    members: facts.members.map((member) => (member.node === node ? { ...member, ...change } : member)),
  };
}

/** A kubelet renews its lease every 10 s. */
const RENEW_SECONDS = 10;
/** `--node-monitor-grace-period` since Kubernetes 1.32, and how often the controller manager looks. */
const GRACE_SECONDS = 50;
const MONITOR_SECONDS = 5;
/** Pods tolerate an unreachable node for 300 s (admission plug-in DefaultTolerationSeconds). */
export const TOLERATION_SECONDS = 300;
/** From the start of a kubelet until it posts Ready (measured: 5.8 s). */
export const READY_AFTER_START_SECONDS = 6;

/** Whether the kubelet's process runs. */
export function kubeletRuns({ kubeletStoppedAt, kubeletStartedAt }: NodeFacts, at: number): boolean {
  if (kubeletStoppedAt === undefined || at < kubeletStoppedAt) return true;
  return kubeletStartedAt !== undefined && at >= kubeletStartedAt;
}

/** When the kubelet last renewed its lease, by its own clock. */
export function renewedAt(node: NodeFacts, now: number): number {
  const { name, kubeletStoppedAt = Number.POSITIVE_INFINITY, kubeletStartedAt } = node;
  const beat = lastBeat(Math.min(now, kubeletStoppedAt, lapseAt(node, now)?.from ?? now), RENEW_SECONDS, 'lease', name);
  const before = Math.max(beat, lapseEndedAt(node, now) ?? beat);
  // A kubelet renews first of all, and then with its beat.
  if (kubeletStartedAt === undefined || now < kubeletStartedAt) return before;
  return Math.max(kubeletStartedAt, lastBeat(now, RENEW_SECONDS, 'lease', name));
}

/** What the controller manager does about a node that has fallen silent, and when. */
export interface Silence {
  /** All conditions Unknown, the NoSchedule taint, pods not ready. */
  readonly unknownAt: number;
  /** The NoExecute taint follows seconds later. */
  readonly noExecuteAt: number;
  /** The pods that do not tolerate it are marked for deletion. */
  readonly evictedAt: number;
}

/** `undefined`: nobody has noticed anything yet, or it is over. */
export function silenceOf(node: NodeFacts, now: number): Silence | undefined {
  const stopped = now < backAt(node) ? pastSilenceOf(node, now) : undefined;
  return stopped ?? outagesOf(node, now).find(({ backAt: back }) => now < back)?.silence;
}

/** How often it was called Unknown by now because its kubelet was held up. */
export function outagesOf(node: NodeFacts, now: number): readonly Outage[] {
  return outagesBy(node, now, (from) => silenceAfter(node, renewedAt(node, from)));
}

/** The same, whether it is over or not. */
export function pastSilenceOf(node: NodeFacts, now: number): Silence | undefined {
  const silence = longestSilence(node);
  return silence && now >= silence.unknownAt && backAt(node) > silence.unknownAt ? silence : undefined;
}

/** When its pods are marked for deletion. `undefined`: never, for it was back before. */
export function evictionAt(node: NodeFacts): number | undefined {
  const silence = longestSilence(node);
  return silence && silence.evictedAt < backAt(node) ? silence.evictedAt : undefined;
}

/** When the node is Ready again after it was called Unknown. `undefined`: it never was, or nobody started the kubelet. */
export function recoveredAt(node: NodeFacts): number | undefined {
  const silence = longestSilence(node);
  const back = backAt(node);
  return silence && silence.unknownAt < back && back < Number.POSITIVE_INFINITY ? back : undefined;
}

function longestSilence(node: NodeFacts): Silence | undefined {
  if (node.kubeletStoppedAt === undefined) return undefined;
  const { kubeletStartedAt: _, ...stopped } = node;
  return silenceAfter(node, renewedAt(stopped, node.kubeletStoppedAt));
}

/** What comes of a lease that was renewed at this moment for the last time. */
function silenceAfter({ graces }: NodeFacts, renewed: number): Silence {
  const runOut = renewed + (graces?.findLast(({ at }) => at <= renewed)?.seconds ?? GRACE_SECONDS);
  const unknownAt = Math.ceil(runOut / MONITOR_SECONDS) * MONITOR_SECONDS;
  const noExecuteAt = unknownAt + MONITOR_SECONDS;
  return { unknownAt, noExecuteAt, evictedAt: noExecuteAt + TOLERATION_SECONDS };
}

function backAt({ kubeletStartedAt = Number.POSITIVE_INFINITY }: NodeFacts): number {
  return kubeletStartedAt + READY_AFTER_START_SECONDS;
}
