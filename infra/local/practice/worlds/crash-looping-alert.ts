import type { Facts } from '../facts.ts';
import { stateMetricsLabels } from '../prometheus/state-metrics.ts';
import type { WorldAlert } from '../world.ts';

/** KubePodCrashLooping as the Helm chart labels it: of kube-state-metrics, but for the pod and its container. */
export function crashLooping(
  facts: Facts,
  { namespace, pod, container }: { readonly namespace: string; readonly pod: string; readonly container: string },
): WorldAlert {
  return {
    labels: {
      ...stateMetricsLabels(facts),
      alertname: 'KubePodCrashLooping',
      ...{ namespace, pod, container },
      reason: 'CrashLoopBackOff',
      prometheus: 'monitoring/kube-prometheus-stack-prometheus',
      severity: 'warning',
    },
    annotations: {
      description: `Pod ${namespace}/${pod} (${container}) is in waiting state (reason: "CrashLoopBackOff").`,
      runbook_url: 'https://runbooks.prometheus-operator.dev/runbooks/kubernetes/kubepodcrashlooping',
      summary: 'Pod is crash looping.',
    },
    expr: 'max_over_time(kube_pod_container_status_waiting_reason{job="kube-state-metrics",namespace="kube-system",reason="CrashLoopBackOff"}[5m]) >= 1',
    afterSeconds: 960,
  };
}
