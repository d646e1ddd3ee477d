import type { Taint } from '../../../engine/change.ts';
import { latest, writesTo } from './deeds.ts';
import { type Facts, kubeletRuns, type NodeFacts, silenceOf } from './facts.ts';

/** The controller manager follows `spec.unschedulable` with a taint (measured: within 0.5 s). */
export const UNSCHEDULABLE_TAINT_SECONDS = 0.4;
export const CONTROL_PLANE = 'node-role.kubernetes.io/control-plane';

const aboutNode = (facts: Facts, { name }: NodeFacts) => writesTo(facts, { kind: 'Node', name });

/** `spec.unschedulable`, and since when it stands so. `undefined`: nobody ever cordoned the node. */
export function cordonOf(facts: Facts, node: NodeFacts, at: number): { on: boolean; since: number } | undefined {
  const deeds = aboutNode(facts, node).filter((deed) => deed.unschedulable !== undefined && deed.at <= at);
  const last = deeds.at(-1);
  if (last?.unschedulable === undefined) return undefined;
  const turn = deeds.findLast((deed) => deed.unschedulable !== last.unschedulable);
  const since = deeds.find((deed) => deed.at > (turn?.at ?? Number.NEGATIVE_INFINITY))?.at ?? last.at;
  return { on: last.unschedulable, since };
}

export function taintName({ key, effect }: Pick<Taint, 'key' | 'effect'>): string {
  return `${key}:${effect}`;
}

export interface WrittenTaint {
  readonly name: string;
  /** `null`: taken away. */
  readonly taint: Taint | null;
  readonly at: number;
}

/** What people did to the node's taints by then: the last word on each. */
export function writtenTaints(facts: Facts, node: NodeFacts, at: number): readonly WrittenTaint[] {
  const words = aboutNode(facts, node)
    .filter((deed) => deed.at <= at)
    .flatMap(({ taints = {}, at: done }) => Object.entries(taints).map(([name, taint]) => ({ name, taint, at: done })));
  return [...new Map(words.map((word) => [word.name, word])).values()];
}

/** Whether the scheduler would bind a pod to it now. */
export function takesPods(facts: Facts, node: NodeFacts, toleratesControlPlane: boolean, at: number): boolean {
  if (!kubeletRuns(node, at) || silenceOf(node, at) || cordonOf(facts, node, at)?.on) return false;
  const words = writtenTaints(facts, node, at);
  const role = taintName({ key: CONTROL_PLANE, effect: 'NoSchedule' });
  const untainted = words.some(({ name, taint }) => name === role && taint === null);
  if (node.controlPlane && !toleratesControlPlane && !untainted) return false;
  return words.every(({ taint }) => taint === null || taint.effect === 'PreferNoSchedule' || taint.key === CONTROL_PLANE);
}

/** When a NoExecute taint was put on the node by a person: nothing here tolerates it but daemons. */
export function noExecuteAt(facts: Facts, node: NodeFacts): readonly number[] {
  return aboutNode(facts, node).flatMap(({ taints = {}, at }) =>
    Object.values(taints).some((taint) => taint?.effect === 'NoExecute') ? [at] : [],
  );
}

/** Since when a person says that the machine is off; pods on it are then ended without its kubelet. */
export function outOfServiceAt(facts: Facts, node: NodeFacts): number | undefined {
  const deed = aboutNode(facts, node).find(({ taints = {} }) =>
    Object.values(taints).some((taint) => taint?.key === 'node.kubernetes.io/out-of-service'),
  );
  return deed?.at;
}

/** By then or ever; for callers that need no more of a node. */
export function isCordoned(facts: Facts, node: NodeFacts, at: number): boolean {
  return latest(aboutNode(facts, node), 'unschedulable', at) ?? false;
}
