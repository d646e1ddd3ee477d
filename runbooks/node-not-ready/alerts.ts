import type { AlertMatch } from '../../engine/runbook.ts';

/** Of the node mixin, and of samber/awesome-prometheus-alerts. */
export const clockAlerts: ReadonlySet<string> = new Set([
  'NodeClockSkewDetected',
  'NodeClockNotSynchronising',
  'HostClockSkew',
  'HostClockNotSynchronising',
]);

/**
 * Exact names. The family says which label names the node: for kube-state-metrics' series about Node objects `node`
 * (their `pod` and `instance` are its own, where it told them), for the kubelet's and node_exporter's also `instance`.
 *
 * `KubeletDown` and `TargetDown` of the mixin carry no label that names a node: then `any-alert` looks. Rules of one's
 * own under these names usually keep `node` or `instance`, and are answered.
 */
export const alerts: readonly AlertMatch[] = [
  { name: 'KubeNodeNotReady', family: 'node-object' },
  { name: 'KubeNodeUnreachable', family: 'node-object' },
  { name: 'KubeNodeReadinessFlapping', family: 'node-object' },
  { name: 'KubeNodePressure', family: 'node-object' },
  { name: 'KubernetesNodeNotReady', family: 'node-object' },
  { name: 'KubernetesNodeMemoryPressure', family: 'node-object' },
  { name: 'KubernetesNodeDiskPressure', family: 'node-object' },
  { name: 'KubernetesNodeNetworkUnavailable', family: 'node-object' },
  { name: 'NodeReadinessFlaps', family: 'node-object' },
  { name: 'NodeLeaseRenewalDelayed', family: 'node-object' },
  { name: 'KubeletDown', family: 'kubelet' },
  { name: 'KubeletInstanceUnreachable', family: 'kubelet' },
  { name: 'KubeletPlegDurationHigh', family: 'kubelet' },
  { name: 'KubeNodeEviction', family: 'kubelet' },
  { name: 'TargetDown', family: 'kubelet', labels: { job: ['kubelet'] } },
  { name: 'TargetDown', family: 'node-exporter', labels: { job: ['node-exporter'] } },
  ...[...clockAlerts].map((name) => ({ name, family: 'node-exporter' as const })),
];
