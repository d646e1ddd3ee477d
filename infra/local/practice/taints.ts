import type { Taint } from '../../../engine/change.ts';
import { type Wrote, writesTo } from './deeds.ts';
import { shortOfDiskAt } from './disk.ts';
import { type Facts, type NodeFacts, silenceOf } from './facts.ts';
import type { Workload } from './workloads.ts';

/** The controller manager follows `spec.unschedulable` with a taint (measured: within 0.5 s). */
const CORDON_TAINT_SECONDS = 0.4;
export const CONTROL_PLANE = 'node-role.kubernetes.io/control-plane';
const OUT_OF_SERVICE = 'node.kubernetes.io/out-of-service';

/** A taint on a node; `since` only of those that a controller put there. */
export interface PresentTaint extends Taint {
  readonly since?: number;
}

function aboutNode(facts: Facts, { name }: NodeFacts): readonly Wrote[] {
  return writesTo(facts, { kind: 'Node', name });
}

export function taintName({ key, effect }: Pick<Taint, 'key' | 'effect'>): string {
  return `${key}:${effect}`;
}

/** Since when `spec.unschedulable` stands, if it does. */
export function cordonedSince(facts: Facts, node: NodeFacts, at: number): number | undefined {
  const words = aboutNode(facts, node).filter((deed) => deed.unschedulable !== undefined && deed.at <= at);
  const last = words.findLastIndex(({ unschedulable }) => unschedulable === false);
  return words[last + 1]?.at;
}

/** By role, by its troubles, by a cordon, and what people put there or took away. A controller's come back at once. */
export function taintsOf(facts: Facts, node: NodeFacts, at: number): readonly PresentTaint[] {
  const words = new Map(
    aboutNode(facts, node).flatMap((deed) => (deed.at <= at ? Object.entries(deed.taints ?? {}) : [])),
  );
  const role: PresentTaint = { key: CONTROL_PLANE, effect: 'NoSchedule' };
  const first = node.controlPlane && words.get(taintName(role)) !== null ? [role] : [];
  const present = [...first, ...byControllers(facts, node, at)];
  const there = new Set(present.map(taintName));
  const written = [...words.values()].filter((taint) => taint !== null && !there.has(taintName(taint)));
  return [...present, ...written.filter((taint) => taint !== null)];
}

/** All that it could ever have had until now, whether it has them now or not. */
export function taintsEver(facts: Facts, node: NodeFacts): readonly Taint[] {
  const role = node.controlPlane ? [{ key: CONTROL_PLANE, effect: 'NoSchedule' } as const] : [];
  const reasons = ['disk-pressure', 'unreachable', 'unschedulable'] as const;
  const system = reasons.map((reason) => ({ key: `node.kubernetes.io/${reason}`, effect: 'NoSchedule' }) as const);
  const evicting = { key: 'node.kubernetes.io/unreachable', effect: 'NoExecute' } as const;
  const written = aboutNode(facts, node).flatMap(({ taints = {} }) =>
    Object.values(taints).filter((taint) => taint !== null),
  );
  const all = [...role, ...system, evicting, ...written];
  return [...new Map(all.map((taint) => [taintName(taint), taint])).values()];
}

function byControllers(facts: Facts, node: NodeFacts, at: number): readonly PresentTaint[] {
  const silence = silenceOf(node, at);
  const cordoned = cordonedSince(facts, node, at);
  const taint = (reason: string, effect: Taint['effect'], since = Number.POSITIVE_INFINITY) =>
    at >= since ? [{ key: `node.kubernetes.io/${reason}`, effect, since }] : [];
  return [
    ...taint('disk-pressure', 'NoSchedule', shortOfDiskAt(node, at)?.from),
    ...taint('unreachable', 'NoSchedule', silence?.unknownAt),
    ...taint('unreachable', 'NoExecute', silence?.noExecuteAt),
    ...taint('unschedulable', 'NoSchedule', cordoned === undefined ? undefined : cordoned + CORDON_TAINT_SECONDS),
  ];
}

/** Whether the scheduler would bind such a pod to the node now. `home`: where its volume is. */
export function takesPods(facts: Facts, node: NodeFacts, workload: Workload, at: number, home?: string): boolean {
  return refusalOf(facts, node, workload, at, home) === undefined;
}

function refusalOf(
  facts: Facts,
  node: NodeFacts,
  workload: Workload,
  at: number,
  home = node.name,
): string | undefined {
  if (home !== node.name) return "node(s) didn't match PersistentVolume's node affinity";
  if (cordonedSince(facts, node, at) !== undefined) return 'node(s) were unschedulable';
  const keepsOff = taintsOf(facts, node, at).find(
    ({ key, effect }) => effect !== 'PreferNoSchedule' && !(key === CONTROL_PLANE && workload.toleratesControlPlane),
  );
  return keepsOff && `node(s) had untolerated taint {${keepsOff.key}: ${keepsOff.value ?? ''}}`;
}

/** Why no node takes such a pod, as the scheduler says it. */
export function whyNowhere(facts: Facts, workload: Workload, at: number, home?: string): string {
  const refusals = facts.nodes.map((node) => refusalOf(facts, node, workload, at, home) ?? 'Too many pods');
  const all = facts.nodes.length;
  const reasons = [...Map.groupBy(refusals, (reason) => reason)].map(([reason, each]) => `${each.length} ${reason}`);
  const none = `0/${all} nodes are available:`;
  return `${none} ${reasons.sort().join(', ')}. preemption: ${none} ${all} Preemption is not helpful for scheduling.`;
}

/** When somebody put a NoExecute taint on the node: nothing here tolerates one but daemons. */
export function noExecuteAt(facts: Facts, node: NodeFacts): readonly number[] {
  return aboutNode(facts, node).flatMap(({ taints = {}, at }) =>
    Object.values(taints).some((taint) => taint?.effect === 'NoExecute') ? [at] : [],
  );
}

/** Since when somebody says that the machine is off. Its pods are then ended without its kubelet. */
export function outOfServiceAt(facts: Facts, node: NodeFacts): number | undefined {
  return aboutNode(facts, node).find(({ taints = {} }) => taints[`${OUT_OF_SERVICE}:NoExecute`])?.at;
}
