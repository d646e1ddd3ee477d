import { type Facts, type NodeFacts, STARTED_AFTER_SECONDS } from './facts.ts';
import { pick, suffixOf } from './identity.ts';
import { type Workload, workloads } from './workloads.ts';

const DAY_SECONDS = 86_400;

/** What a pod is called. `ordinal` is what its suffix stands for, `replica` its place in a StatefulSet. */
export function podName(workload: Workload, node: NodeFacts, replica: number, ordinal: number): string {
  switch (workload.kind) {
    case 'StaticPod':
      return `${workload.name}-${node.name}`;
    case 'StatefulSet':
      return `${workload.name}-${replica}`;
    case 'DaemonSet':
      return `${workload.name}-${suffixOf(ordinal)}`;
    case 'Deployment':
      return `${workload.name}-${templateHash(workload)}-${suffixOf(ordinal)}`;
  }
}

/** The label `pod-template-hash` and so part of the ReplicaSet's name. */
export function templateHash(workload: Workload): string {
  return hashes.get(workload) ?? '';
}

const hashes = new Map(
  workloads.map((workload) => {
    const { namespace, name } = workload;
    const half = (...names: string[]) => suffixOf(pick(10_000_000, ...names));
    return [workload, half(namespace, name) + half(name, namespace)];
  }),
);

/** When its pods were made. */
export function rolledOutAt({ bornAt }: Facts, workload: Workload): number {
  const { rolledOutSecondsAgo: ago } = workload;
  return bornAt + (ago === undefined ? (agesAtRollOut.get(workload) ?? 0) : STARTED_AFTER_SECONDS - ago);
}

/** Seconds the cluster was old then: within its first thirty days. */
const agesAtRollOut = new Map(workloads.map((each) => [each, pick(30 * DAY_SECONDS, each.namespace, each.name)]));
