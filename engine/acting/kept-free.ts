import type { NodeTaint } from '../changes/objects.ts';

export type Taint = Pick<NodeTaint, 'key' | 'value' | 'effect'>;

/**
 * Set on a node for as long as something is the matter with it, never to dedicate it: it is not ready, cordoned, being
 * taken away by an autoscaler, or has not begun.
 * https://kubernetes.io/docs/reference/labels-annotations-taints/,
 * https://github.com/kubernetes/autoscaler/blob/master/cluster-autoscaler/FAQ.md, https://karpenter.sh/docs/concepts/disruption/,
 * https://docs.cilium.io/en/stable/installation/taints/,
 * https://github.com/aws/aws-node-termination-handler
 */
const PASSING = [
  /^node\.kubernetes\.io\//,
  /^node\.cloudprovider\.kubernetes\.io\//,
  /^ToBeDeletedByClusterAutoscaler$/,
  /^karpenter\.sh\//,
  /^node\.cluster\.x-k8s\.io\/uninitialized$/,
  /^node\.cilium\.io\/agent-not-ready$/,
  /^aws-node-termination-handler\//,
];
/** What a cordon and the state of a node say anyway. */
const SAID_OTHERWISE = /^node\.kubernetes\.io\/(?:unschedulable|not-ready|unreachable)$/;
/** Whatever runs on the control plane tolerates it. https://kubernetes.io/docs/reference/labels-annotations-taints/ */
const OF_A_ROLE = /^node-role\.kubernetes\.io\//;

/** Its taints that keep pods away, but for those that its cordon and its state stand for. */
export function barriersOf(taints: readonly Taint[]): readonly Taint[] {
  return taints.filter(
    ({ key, effect }) =>
      (effect === 'NoSchedule' || effect === 'NoExecute') && !SAID_OTHERWISE.test(key) && !OF_A_ROLE.test(key),
  );
}

export function isPassing({ key }: Taint): boolean {
  return PASSING.some((one) => one.test(key));
}

export function sameTaint(a: Taint, b: Taint): boolean {
  return a.key === b.key && a.effect === b.effect && (a.value ?? '') === (b.value ?? '');
}

/** Those that dedicate a pool: each of its nodes carries them, and what runs there tolerates them. */
export function dedicating(pool: readonly (readonly Taint[])[]): readonly Taint[] {
  const [first = [], ...others] = pool;
  return first.filter(
    (taint) => !isPassing(taint) && others.every((taints) => taints.some((one) => sameTaint(one, taint))),
  );
}
