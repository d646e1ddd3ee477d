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

const about = { family: 'component', component: 'kube-apiserver' } as const;

/** The former name of `KubeAPIErrorBudgetBurn`; generators of SLO rules (Pyrra) give it to the budget of any service. */
const budget = { name: 'ErrorBudgetBurn', labels: { job: ['apiserver', 'kube-apiserver'] }, ...about };

export const alerts: readonly AlertMatch[] = [...names.map((name) => ({ name, ...about })), budget];
