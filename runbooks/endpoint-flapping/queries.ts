import { together } from '../evidence/figures.ts';
import { quoted, type ScrapeTarget, selector } from '../evidence/scrape-targets.ts';
import { aboutNode, aboutPods, byNode, othersUnsteady } from '../evidence/state-metrics.ts';

/** All PromQL of this runbook beside that of `evidence/scrape-targets.ts`. Figures of half an hour, where nothing else is said. */

/**
 * By kube-state-metrics, minute by minute: the greatest and the least age of the node's lease in seconds when it was scraped, how far
 * apart those scrapes are, and whether the node was Unknown (nobody heard of it) or not Ready by its own word.
 */
export function heartbeatFigures(node: string): string {
  const lease = `kube_lease_renew_time{namespace="kube-node-lease",lease=${quoted(node)}}`;
  const ready = (status: string) =>
    `max(${aboutNode(node, (of) => `max_over_time(kube_node_status_condition{${of},condition="Ready",status="${status}"}[1m])`)})`;
  return together({
    // At the time of the scrape: `time() - x` would add up to a scrape interval.
    leaseAge: `max(max_over_time((timestamp(${lease}) - ${lease})[1m:15s]))`,
    leaseAgeLeast: `min(min_over_time((timestamp(${lease}) - ${lease})[1m:15s]))`,
    scrapedEvery: `300 / max(count_over_time(${lease}[5m]))`,
    unknown: ready('unknown'),
    notReady: ready('false'),
  });
}

/** How other nodes fare; how long the API server takes to store a lease, and the controller manager to look at all nodes (p99). */
export function fleetFigures(node: string): string {
  const ready = 'kube_node_status_condition{condition="Ready",status="true"}';
  const p99 = (buckets: string) => `histogram_quantile(0.99, sum by (le) (rate(${buckets}[10m])))`;
  return together({
    nodes: `count(${byNode(ready)})`,
    flapping: othersUnsteady(node),
    leaseUpdate: p99('apiserver_request_duration_seconds_bucket{job=~".*apiserver.*",resource="leases",verb="PUT"}'),
    managerPass: p99('node_collector_update_all_nodes_health_duration_seconds_bucket'),
  });
}

/** Of the kubelet's own process, as it is now. */
export function kubeletFigures(target: ScrapeTarget): string {
  const at = selector(target);
  return together({
    runtime: `max(histogram_quantile(0.99, sum by (operation_type, le) (rate(kubelet_runtime_operations_duration_seconds_bucket{${at}}[10m]))))`,
    plegAge: `timestamp(kubelet_pleg_last_seen_seconds{${at}}) - kubelet_pleg_last_seen_seconds{${at}}`,
    pods: `kubelet_running_pods{${at}}`,
    cores: `rate(process_cpu_seconds_total{${at}}[5m])`,
  });
}

/**
 * Counters of the kubelet, to be asked over time: what it counted while the node was well is not why it fell silent. A
 * relist of the pods is due every second: one that began over 10 s late and then took no longer than usual means that the
 * whole process stood still.
 */
export function kubeletCounts(target: ScrapeTarget): string {
  const at = selector(target);
  const over10 = (metric: string) => `${metric}_count{${at}} - ignoring (le) ${metric}_bucket{${at},le=~"10|10.0"}`;
  const calls = (labels = '') => `sum(rest_client_requests_total{${at}${labels}})`;
  return together({
    late: over10('kubelet_pleg_relist_interval_seconds'),
    slow: over10('kubelet_pleg_relist_duration_seconds'),
    // client-go counts a call that got no answer under this code (client-go, `rest/request.go`), from the first one on.
    unanswered: `${calls(',code="<error>"')} or 0 * ${calls()}`,
  });
}

/**
 * Of these pods: how often their readiness changed, how often that of their containers, restarts, and readiness probes
 * that failed. What changed although no container did was somebody else's word: the controller manager's, or a gate's.
 */
export function podFigures(pods: readonly { readonly namespace: string; readonly name: string }[]): string {
  const by = 'by (namespace, pod)';
  const about = (figure: (of: string) => string) => aboutPods(pods, figure);
  // Sidecars are exported among the init containers, whose names are others.
  const ofAll = (figure: (kind: string, of: string) => string) =>
    `${about((of) => figure('container', of))} or ${about((of) => figure('init_container', of))}`;
  return together({
    readyChanges: `max ${by} (${about((of) => `changes(kube_pod_status_ready{${of},condition="true"}[30m])`)})`,
    containerChanges: `max ${by} (${ofAll((kind, of) => `changes(kube_pod_${kind}_status_ready{${of}}[30m])`)})`,
    restarts: `sum ${by} (${ofAll((kind, of) => `increase(kube_pod_${kind}_status_restarts_total{${of}}[30m])`)})`,
    failedProbes: `sum ${by} (${about((of) => `increase(prober_probe_total{${of},probe_type="Readiness",result="failed"}[30m])`)})`,
  });
}
