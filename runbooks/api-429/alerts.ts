import type { AlertMatch } from '../../engine/runbook.ts';

/**
 * No published rule counts 429s by themselves (ours do), but what fills the API server makes it slow and fail as well,
 * and those alerts exist. Not here: `KubeAPIDown` and `TargetDown`, which are about servers that are gone.
 */
const names = [
  // our own rules: infra/prometheus/rules/api.yaml
  'ApiServer429RateHigh',
  'ApiServer429ByResource',
  'ApiFlowSchemaRejections',
  'ApiFlowQueueWaitHigh',
  'ApiClientThrottled',
  // kubernetes-mixin; counts 429 of priority and fairness and of max-in-flight, above 20 %
  'KubeAPITerminatedRequests',
  // 5xx and slow requests: kubernetes-mixin with its former names, then awesome-prometheus-alerts
  'KubeAPIErrorBudgetBurn',
  'ErrorBudgetBurn',
  'KubeAPIErrorsHigh',
  'KubeAPILatencyHigh',
  'KubeClientErrors',
  'KubernetesApiServerErrors',
  'KubernetesApiServerLatency',
  'KubernetesApiClientErrors',
  // OpenShift
  'HighOverallControlPlaneCPU',
  'ExtremelyHighIndividualControlPlaneCPU',
] as const;

export const alerts: readonly AlertMatch[] = names.map((name) => ({
  name,
  family: 'component',
  component: 'kube-apiserver',
}));
