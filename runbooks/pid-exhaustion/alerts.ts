import type { AlertMatch } from '../../engine/runbook.ts';

/**
 * What names PIDs: two published alerts by their label, and our own rules (infra/prometheus/rules/pids.yaml), since no
 * published rule looks at how many PIDs are used. The same names with other labels stay with node-not-ready. Of a pod's
 * threads the label `node` is that of the kubelet that counted them.
 */
export const alerts: readonly AlertMatch[] = [
  { name: 'KubeNodePressure', family: 'node-object', labels: { condition: ['PIDPressure'] } },
  { name: 'KubeNodeEviction', family: 'kubelet', labels: { eviction_signal: ['pid.available'] } },
  { name: 'NodePidPressure', family: 'node-object' },
  { name: 'NodePidUsageHigh', family: 'node-object' },
  { name: 'NodeForkRateHigh', family: 'node-object' },
  { name: 'NodeContainerThreadsHigh', family: 'kubelet' },
  { name: 'PodThreadCountHigh', family: 'kubelet' },
  { name: 'PodPidsNearLimit', family: 'kubelet' },
];
