import type { AlertMatch } from '../../engine/runbook.ts';

/**
 * Pods and endpoints that come and go. An alert belongs to one runbook, by its exact name: what says only that a Node
 * does so (KubeNodeReadinessFlapping, NodeReadinessFlaps, NodeLeaseRenewalDelayed) is answered by node-not-ready.
 */
export const alerts: readonly AlertMatch[] = [
  // Our own rules: infra/prometheus/rules/node-heartbeat.yaml.
  { name: 'NodeEndpointsFlapping', family: 'node-object' },
  { name: 'EndpointSliceFlapping', family: 'object' },
  // kubernetes-mixin: not ready for 15 minutes, which is also what a pod shows that never started.
  { name: 'KubePodNotReady', family: 'pod' },
];
