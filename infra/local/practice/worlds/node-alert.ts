import type { WorldAlert } from '../world.ts';

/**
 * KubeNodeNotReady as the Helm chart's kube-state-metrics labels it: `pod`, `instance`, `namespace` and `container` are
 * those of kube-state-metrics, only `node` is what it is about.
 */
export function nodeAlert(node: string): WorldAlert {
  return {
    labels: {
      alertname: 'KubeNodeNotReady',
      node,
      condition: 'Ready',
      status: 'true',
      severity: 'warning',
      job: 'kube-state-metrics',
      instance: '10.244.7.4:8443',
      namespace: 'monitoring',
      pod: 'kube-state-metrics-0',
      service: 'kube-state-metrics',
      container: 'kube-state-metrics',
      prometheus: 'monitoring/k8s',
    },
    annotations: {
      summary: 'Node is not ready.',
      description: `${node} has been unready for more than a minute.`,
      runbook_url: 'https://runbooks.prometheus-operator.dev/runbooks/kubernetes/kubenodenotready',
    },
    expr: 'kube_node_status_condition{job="kube-state-metrics",condition="Ready",status="true"} == 0',
    afterSeconds: 45,
  };
}
