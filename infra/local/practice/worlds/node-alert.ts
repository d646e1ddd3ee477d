import type { Facts } from '../facts.ts';
import { stateMetricsLabels } from '../prometheus/state-metrics.ts';
import type { WorldAlert } from '../world.ts';

/**
 * KubeNodeNotReady as the Helm chart labels it: `pod`, `instance`, `namespace` and `container` are those of
 * kube-state-metrics, only `node` is what it is about. The rule waits a minute here, not the chart's fifteen: nobody
 * practises for a quarter of an hour.
 */
export function notReady(facts: Facts, node: string): WorldAlert {
  return {
    labels: {
      ...stateMetricsLabels(facts),
      alertname: 'KubeNodeNotReady',
      condition: 'Ready',
      node,
      prometheus: 'monitoring/kube-prometheus-stack-prometheus',
      severity: 'warning',
      status: 'true',
    },
    annotations: {
      description: `${node} has been unready for more than 1 minute.`,
      runbook_url: 'https://runbooks.prometheus-operator.dev/runbooks/kubernetes/kubenodenotready',
      summary: 'Node is not ready.',
    },
    expr: 'kube_node_status_condition{job="kube-state-metrics",condition="Ready",status="true"} == 0',
    afterSeconds: 130,
  };
}

/** Our own rule for a node whose readiness comes and goes (infra/prometheus/rules). */
export function readinessFlaps(node: string, afterSeconds: number): WorldAlert {
  return {
    labels: {
      alertname: 'NodeReadinessFlaps',
      node,
      prometheus: 'monitoring/kube-prometheus-stack-prometheus',
      runbook_id: 'node-flapping',
      severity: 'warning',
    },
    annotations: { summary: `node ${node} changed readiness 2 times in 30 minutes` },
    expr: 'max by (cluster, node) (changes(kube_node_status_condition{condition="Ready",status="true"}[30m])) >= 2',
    afterSeconds,
  };
}
