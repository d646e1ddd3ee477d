import { together } from '../evidence/figures.ts';
import { quoted, type ScrapeTarget, selector } from '../evidence/scrape-targets.ts';

/** All PromQL of this runbook beside that of `evidence/scrape-targets.ts`. Everything in it strengthens, nothing depends on it. */

export interface PodName {
  readonly namespace: string;
  readonly name: string;
}

/** The series of these pods, by the labels of cAdvisor. */
function ofPods(pods: readonly PodName[]): string {
  const one = (values: readonly string[]) =>
    quoted([...new Set(values)].map((value) => value.replaceAll('.', '\\.')).join('|'));
  return `namespace=~${one(pods.map(({ namespace }) => namespace))},pod=~${one(pods.map(({ name }) => name))}`;
}

/**
 * What the agents of the node use of what they may: memory by container, PIDs by pod (its own cgroup has the limit,
 * container=""; a container one of its own with CRI-O), and how often the kernel ended something in them for memory.
 */
export function agentFigures(target: ScrapeTarget, pods: readonly PodName[]): string {
  const at = `${selector(target)},${ofPods(pods)}`;
  const inContainer = `${at},container!="",container!="POD"`;
  const byContainer = 'by (namespace, pod, container)';
  const byPod = 'by (namespace, pod)';
  // Where cAdvisor's limits are dropped, as the chart kube-prometheus-stack does, kube-state-metrics tells them.
  const told = `kube_pod_container_resource_limits{${ofPods(pods)},resource="memory"}`;
  const limit = `max ${byContainer} (container_spec_memory_limit_bytes{${inContainer}} > 0) or max ${byContainer} (${told})`;
  return together({
    memory: `max ${byContainer} (container_memory_working_set_bytes{${inContainer}}) / (${limit})`,
    pids: `max ${byPod} (max_over_time(container_threads{${at}}[2m]) / (container_threads_max{${at}} > 0))`,
    // 0: it has none. That nothing is collected looks otherwise.
    pidsMax: `max ${byPod} (container_threads_max{${at}})`,
    ooms: `sum ${byContainer} (increase(container_oom_events_total{${inContainer}}[10m]))`,
    seen: `count(container_memory_working_set_bytes{${inContainer}})`,
  });
}

/** What the kubelet counts: sandboxes that could not be made. An error that never was has no series, hence `calls`. */
export function kubeletFigures(target: ScrapeTarget): string {
  const at = selector(target);
  return together({
    sandboxErrors: `sum(increase(kubelet_runtime_operations_errors_total{${at},operation_type="run_podsandbox"}[10m]))`,
    calls: `count(kubelet_runtime_operations_total{${at}})`,
  });
}

/** Jobs that scrape kube-proxy: kube-prometheus and its Helm chart call theirs so. */
const PROXY_JOBS = '.*kube-proxy.*';

/** Whether Prometheus gets at this kube-proxy, and how often it could not write its rules. Found by its pod. */
export function proxyFigures({ namespace, name }: PodName): string {
  const at = `job=~"${PROXY_JOBS}",namespace=${quoted(namespace)},pod=${quoted(name)}`;
  return together({
    up: `max(up{${at}})`,
    restoreFailures: `sum(increase(kubeproxy_sync_proxy_rules_iptables_restore_failures_total{${at}}[10m]))`,
  });
}
