import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

type Labels = Readonly<Record<string, string>>;

interface SentAlert {
  readonly labels: Labels;
  readonly annotations: Labels;
  readonly expr: string;
}

/** A request that a real Alertmanager sent: ours have its fields in its order. */
const recorded = JSON.parse(
  (
    JSON.parse(
      readFileSync(join(import.meta.dirname, '../../test/recorded/alertmanager/webhooks-0.25.json'), 'utf8'),
    ) as [{ body: string }]
  )[0].body,
) as Record<string, unknown>;

const runbooks = 'https://runbooks.prometheus-operator.dev/runbooks/kubernetes';
const kubeStateMetrics = {
  job: 'kube-state-metrics',
  instance: '10.244.7.4:8443',
  service: 'kube-state-metrics',
  endpoint: 'https-main',
  prometheus: 'monitoring/k8s',
  cluster: 'prod-eu',
};

/** As kube-prometheus sends it for a node: the `pod` and `instance` are those of kube-state-metrics. */
export function nodeNotReady(node: string): SentAlert {
  return {
    labels: {
      alertname: 'KubeNodeNotReady',
      ...kubeStateMetrics,
      condition: 'Ready',
      container: 'kube-rbac-proxy-main',
      namespace: 'monitoring',
      node,
      pod: 'kube-state-metrics-7d8c66bd6c-2xv5z',
      severity: 'warning',
      status: 'true',
    },
    annotations: {
      description: `${node} has been unready for more than 15 minutes on cluster prod-eu.`,
      runbook_url: `${runbooks}/kubenodenotready`,
      summary: 'Node is not ready.',
    },
    expr: 'kube_node_status_condition{condition="Ready",job="kube-state-metrics",status="true"} == 0 and on (cluster, node) kube_node_spec_unschedulable{job="kube-state-metrics"} == 0',
  };
}

/** Names its node only by the address that Prometheus scrapes. */
export function kubeletDown(instance: string): SentAlert {
  return {
    labels: { alertname: 'TargetDown', cluster: 'prod-eu', instance, job: 'kubelet', severity: 'warning' },
    annotations: {
      description: `${instance} of the kubelet job is down.`,
      runbook_url: 'https://runbooks.prometheus-operator.dev/runbooks/general/targetdown',
      summary: 'One or more targets are unreachable.',
    },
    expr: 'up{job="kubelet"} == 0',
  };
}

export function podCrashLooping(namespace: string, pod: string): SentAlert {
  return {
    labels: {
      alertname: 'KubePodCrashLooping',
      ...kubeStateMetrics,
      container: 'main',
      namespace,
      pod,
      reason: 'CrashLoopBackOff',
      severity: 'warning',
      uid: '0d9ad8b4-7a5c-4a3e-9c0f-6f1c6a1b2c3d',
    },
    annotations: {
      description: `Pod ${namespace}/${pod} (main) is in waiting state (reason: "CrashLoopBackOff") on cluster prod-eu.`,
      dashboard_url: 'https://grafana.example/d/6581e46e4e5c7ba40a07646395ef7b23/kubernetes-pods',
      runbook_url: `${runbooks}/kubepodcrashlooping`,
      summary: 'Pod is crash looping.',
    },
    expr: 'max_over_time(kube_pod_container_status_waiting_reason{reason="CrashLoopBackOff",job="kube-state-metrics"}[5m]) >= 1',
  };
}

/** The same from another Prometheus: another alert, about the same object. */
export function seenBy(prometheus: string, alert: SentAlert): SentAlert {
  return { ...alert, labels: { ...alert.labels, prometheus } };
}

type FingerprintOf = (labels: Labels, index: number) => string;

/** The body of one webhook, as Alertmanager would post it now. */
export function webhookOf(alerts: readonly SentAlert[], fingerprintOf: FingerprintOf = hashed): string {
  const startsAt = new Date().toISOString();
  const commonLabels = commonOf(alerts.map(({ labels }) => labels));
  return JSON.stringify({
    ...recorded,
    alerts: alerts.map((alert, index) => ({
      status: 'firing',
      labels: alert.labels,
      annotations: alert.annotations,
      startsAt,
      endsAt: '0001-01-01T00:00:00Z',
      generatorURL: `http://prometheus-k8s-0:9090/graph?${new URLSearchParams({ 'g0.expr': alert.expr, 'g0.tab': '1' })}`,
      fingerprint: fingerprintOf(alert.labels, index),
    })),
    groupLabels: { alertname: commonLabels.alertname },
    commonLabels,
    commonAnnotations: commonOf(alerts.map(({ annotations }) => annotations)),
    groupKey: `{}:{alertname="${commonLabels.alertname}"}`,
  });
}

function commonOf(all: readonly Labels[]): Labels {
  const same = Object.entries(all[0] ?? {}).filter(([name, value]) => all.every((labels) => labels[name] === value));
  return Object.fromEntries(same);
}

function hashed(labels: Labels): string {
  const text = JSON.stringify(Object.entries(labels).sort());
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

/** Stands where a request's own number makes its alerts different from those of every other request. */
export const ID_MARK = 'f00dfacef00d';
const ALERTS = 4;

/** A real-sized request, about 5 KB: four alerts of one group. */
export function fiveKilobytes(): string {
  const pods = Array.from({ length: ALERTS }, (_, index) => podCrashLooping('shop', `checkout-${index}-${ID_MARK}`));
  return webhookOf(pods, (_labels, index) => `000${index}${ID_MARK}`);
}
