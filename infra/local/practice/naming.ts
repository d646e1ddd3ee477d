import { type Facts, type NodeFacts, STARTED_AFTER_SECONDS } from './facts.ts';
import { pick, suffixOf } from './identity.ts';
import type { Workload } from './workloads.ts';

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

/** The label `pod-template-hash` of the pods it had from the beginning, and so part of the ReplicaSet's name. */
export const templateHash = remembered(({ namespace, name }) => {
  const half = (...names: string[]) => suffixOf(pick(10_000_000, ...names));
  return half(namespace, name) + half(name, namespace);
});

/** When its pods were made. */
export function rolledOutAt({ bornAt }: Facts, workload: Workload): number {
  const { rolledOutSecondsAgo: ago } = workload;
  return bornAt + (ago === undefined ? ageAtRollOut(workload) : STARTED_AFTER_SECONDS - ago);
}

/** Seconds the cluster was old then: within its first thirty days. */
const ageAtRollOut = remembered(({ namespace, name }) => pick(30 * DAY_SECONDS, namespace, name));

/** Worked out once for each workload: tens of thousands of pods ask. */
function remembered<T>(workOut: (workload: Workload) => T): (workload: Workload) => T {
  const known = new WeakMap<Workload, { readonly value: T }>();
  return (workload) => {
    const { value } = known.get(workload) ?? { value: workOut(workload) };
    known.set(workload, { value });
    return value;
  };
}
