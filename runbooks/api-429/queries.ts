import { type Figures, together } from '../evidence/figures.ts';

/**
 * All PromQL of this runbook. One evidence item is one instant query: its figures are joined by `together` and told
 * apart by the label `figure`, so that a person can paste the whole query and read the same table. Rates are over five
 * minutes, as in the rules that set the alert off; `…Now` over two, to see that it is over.
 *
 * What hangs answers no instant query (Prometheus marks its series stale): what must be known of it all the same is read
 * with `last_over_time` or `max_over_time`.
 */
export const windowSeconds = 300;

/** An aggregated API server exports the same metrics: an exact job, where the alert names one, keeps them apart. */
export function apiJob(job: string | undefined): string {
  return job?.includes('apiserver') ? `job=${JSON.stringify(job)}` : 'job=~".*apiserver.*"';
}

const etcdJob = 'job=~".*etcd.*"';
/** The most rows of one figure: a card has room for few, and a cluster may have many. */
const MOST = 10;

/** What clients are answered. Servers before 1.23 count a 429 of priority and fairness only among the terminations. */
export function answerFigures(api: string) {
  const by = 'sum by (verb, resource, subresource)';
  /** Evictions apart: they are another matter, and must not fall out of the first ten. */
  const refused = (metric: string) => {
    const rate = (eviction: string) =>
      `${by} (rate(${metric}{${api},code="429",subresource${eviction}"eviction"}[5m])) > 0`;
    return `(topk(${MOST}, ${rate('!=')}) or ${rate('=')})`;
  };
  // Both are counted from the first that is refused: none is zero where requests are counted at all.
  const sum = (metric: string, window: string, more = '') =>
    `(sum(rate(${metric}{${api},code="429"${more}}[${window}])) or 0 * sum(rate(apiserver_request_total{${api}}[${window}])))`;
  const now = (metric: string) => sum(metric, '2m', ',subresource!="eviction"');
  const broken = (window: string) =>
    `(sum(rate(apiserver_request_total{${api},code=~"5.."}[${window}])) or 0 * sum(rate(apiserver_request_total{${api}}[${window}])))`;
  return {
    all: `sum(rate(apiserver_request_total{${api}}[5m]))`,
    broken: broken('5m'),
    allNow: `sum(rate(apiserver_request_total{${api}}[2m]))`,
    brokenNow: broken('2m'),
    refused: refused('apiserver_request_total'),
    ended: refused('apiserver_request_terminations_total'),
    allRefused: sum('apiserver_request_total', '5m'),
    allEnded: sum('apiserver_request_terminations_total', '5m'),
    allEvictions: sum('apiserver_request_total', '5m', ',subresource="eviction"'),
    refusedNow: now('apiserver_request_total'),
    endedNow: now('apiserver_request_terminations_total'),
    clients: `topk(${MOST}, sum by (job) (rate(rest_client_requests_total{code="429"}[5m])) > 0)`,
  } as const satisfies Figures;
}

const FLOW = 'apiserver_flowcontrol';

/** Priority and fairness, by priority level and flow schema. Two names of one metric: before and since Kubernetes 1.29. */
export function flowFigures(api: string) {
  const by = 'sum by (priority_level, flow_schema)';
  const executing = (metric: string) => `max_over_time(${FLOW}_${metric}{${api}}[5m])`;
  const limit = `(${FLOW}_current_limit_seats{${api}} or ${FLOW}_request_concurrency_limit{${api}})`;
  const all = (window: string) =>
    `(sum(rate(${FLOW}_rejected_requests_total{${api}}[${window}])) or 0 * sum(rate(${FLOW}_dispatched_requests_total{${api}}[${window}])))`;
  const took = (part: string) => `${by} (rate(${FLOW}_request_execution_seconds_${part}{${api}}[5m]))`;
  return {
    rejected: `sum by (priority_level, flow_schema, reason) (rate(${FLOW}_rejected_requests_total{${api}}[5m])) > 0`,
    rejectedNow: `${by} (rate(${FLOW}_rejected_requests_total{${api}}[2m])) > 0`,
    // Of all levels together, zero where requests are dispatched: it is counted from the first that is rejected.
    allRejected: all('5m'),
    allRejectedNow: all('2m'),
    dispatched: `${by} (rate(${FLOW}_dispatched_requests_total{${api},priority_level!="exempt"}[5m])) > 0`,
    usual: `${by} (rate(${FLOW}_dispatched_requests_total{${api},priority_level!="exempt"}[1h] offset 1d))`,
    lastWeek: `${by} (rate(${FLOW}_dispatched_requests_total{${api},priority_level!="exempt"}[1h] offset 7d))`,
    seats:
      `max by (priority_level) (sum by (instance, priority_level) (${executing('current_executing_seats')} or ${executing('current_executing_requests')})` +
      ` / (sum by (instance, priority_level) (${limit}) > 0))`,
    waiting: `${by} (max_over_time(${FLOW}_current_inqueue_requests{${api}}[5m])) > 0`,
    took: `${took('sum')} / (${took('count')} > 0)`,
  } as const satisfies Figures;
}

/** etcd as the API server sees it: slow or not, never why. Requests that never end are not in it. */
export function etcdFigures(api: string) {
  const mean = (window: string) =>
    `sum by (operation) (rate(etcd_request_duration_seconds_sum{${api}}[${window}))` +
    ` / (sum by (operation) (rate(etcd_request_duration_seconds_count{${api}}[${window})) > 0)`;
  return {
    mean: mean('5m]'),
    meanNow: mean('2m]'),
    usual: mean('1h] offset 1d'),
    requests: `sum by (operation) (increase(etcd_request_duration_seconds_count{${api}}[5m]))`,
    errors:
      `(sum by (operation) (rate(etcd_request_errors_total{${api}}[5m])) or 0 * sum by (operation) (rate(etcd_requests_total{${api}}[5m])))` +
      ` / (sum by (operation) (rate(etcd_requests_total{${api}}[5m])) > 0)`,
  } as const satisfies Figures;
}

/** The members of etcd as far as they are scraped. Memory over six hours, also of those that no longer answer. */
export const memberFigures = {
  up: `up{${etcdJob}}`,
  scrapeSeconds: `scrape_duration_seconds{${etcdJob}}`,
  restarts: `changes(process_start_time_seconds{${etcdJob}}[30m])`,
  memoryBytes: `last_over_time(process_resident_memory_bytes{${etcdJob}}[6h])`,
  highestBytes: `max_over_time(process_resident_memory_bytes{${etcdJob}}[6h])`,
  lowestBytes: `min_over_time(process_resident_memory_bytes{${etcdJob}}[6h])`,
  fsyncP99: `histogram_quantile(0.99, sum by (instance, le) (rate(etcd_disk_wal_fsync_duration_seconds_bucket{${etcdJob}}[5m])))`,
} as const satisfies Figures;

/** The API servers themselves. A start makes every client list anew. */
export function serverFigures(api: string) {
  const lists = (window: string) => `sum by (instance) (rate(apiserver_request_total{${api},verb="LIST"}[${window}))`;
  return {
    up: `up{${api}}`,
    scrapeSeconds: `scrape_duration_seconds{${api}}`,
    ageSeconds: `time() - process_start_time_seconds{${api}}`,
    restarts: `changes(process_start_time_seconds{${api}}[30m])`,
    lists: lists('5m]'),
    usualLists: lists('1h] offset 1d'),
  } as const satisfies Figures;
}

const ours = 'namespace=~"kube-system|openshift-etcd|openshift-kube-apiserver",container=~"etcd|kube-apiserver"';
const etcdOnly = ours.replace('etcd|kube-apiserver"', 'etcd"');

/**
 * What cAdvisor and kube-state-metrics saw of the containers of etcd and the API server. A limit of 0 is none. Where
 * cAdvisor's limits are dropped, as the chart kube-prometheus-stack does, kube-state-metrics tells those that there are.
 */
export const containerFigures = {
  memoryBytes: `max by (pod, container) (container_memory_working_set_bytes{${ours}})`,
  limitBytes: `max by (pod, container) (container_spec_memory_limit_bytes{${ours}}) or max by (pod, container) (kube_pod_container_resource_limits{${ours},resource="memory"})`,
  memoryStalled: `max by (pod, container) (rate(container_pressure_memory_stalled_seconds_total{${ours}}[5m]))`,
  killed: `sum by (pod, container) (increase(container_oom_events_total{${etcdOnly}}[30m]))`,
  restarts: `sum by (pod, container) (increase(kube_pod_container_status_restarts_total{${ours}}[30m]))`,
  oomKilled: `max by (pod, container) (kube_pod_container_status_last_terminated_reason{${ours},reason="OOMKilled"})`,
  throttled:
    `sum by (pod, container) (rate(container_cpu_cfs_throttled_periods_total{${ours}}[5m]))` +
    ` / (sum by (pod, container) (rate(container_cpu_cfs_periods_total{${ours}}[5m])) > 0)`,
  cpuWaiting: `max by (pod, container) (rate(container_pressure_cpu_waiting_seconds_total{${ours}}[5m]))`,
} as const satisfies Figures;

/** Admission webhooks by name, and what all writes took: a webhook that is not measured holds them up all the same. */
export function webhookFigures(api: string) {
  const calls = (part: string) => `apiserver_admission_webhook_admission_duration_seconds_${part}{${api}}[5m]`;
  const bucket = (edge: string) => `apiserver_admission_webhook_admission_duration_seconds_bucket{${api}${edge}}[5m]`;
  const writes = (part: string) =>
    `sum(rate(apiserver_request_duration_seconds_${part}{${api},verb=~"POST|PUT|PATCH|APPLY|DELETE"}[5m]))`;
  return {
    p99: `histogram_quantile(0.99, sum by (name, le) (rate(${bucket('')})))`,
    // Old servers have no edge there. Prometheus 3 writes it as a float.
    withinSecond: `sum by (name) (rate(${bucket(',le=~"1(\\\\.0)?"')})) / (sum by (name) (rate(${calls('count')})) > 0)`,
    calls: `sum by (name) (increase(${calls('count')}))`,
    holds: `sum by (name) (rate(${calls('sum')}))`,
    writes: `${writes('sum')} / (${writes('count')} > 0)`,
  } as const satisfies Figures;
}

/** The matcher for targets on these machines, by name or address. */
function onMachines(hosts: readonly string[]): string {
  const escaped = hosts.map((host) => host.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'));
  return `instance=~${JSON.stringify(`\\[?(${escaped.join('|')})\\]?(:[0-9]+)?`)}`;
}

/** Targets by which the machines of the control plane are found. */
export function machineTargets(api: string): string {
  return `group by (instance) (up{${api}} or up{${etcdJob}})`;
}

/**
 * The nodes that have these addresses: node_exporter is often scraped under the name of its node. Without `honor_labels`
 * that is `exported_node` (`runbooks/evidence/state-metrics.ts`).
 */
export function nodesAt(addresses: readonly string[]): string {
  const escaped = addresses.map((address) => address.replace(/[.[\]]/g, '\\$&'));
  const nodes = `kube_node_info{internal_ip=~${JSON.stringify(escaped.join('|'))}}`;
  return `group by (node) (label_replace(${nodes}, "node", "$1", "exported_node", "(.+)"))`;
}

/** What node_exporter says of these machines. */
export function machineFigures(hosts: readonly string[]) {
  const on = onMachines(hosts);
  return {
    busy:
      `1 - sum by (instance) (rate(node_cpu_seconds_total{${on},mode=~"idle|iowait"}[5m]))` +
      ` / count by (instance) (node_cpu_seconds_total{${on},mode="idle"})`,
    memoryFree: `node_memory_MemAvailable_bytes{${on}} / node_memory_MemTotal_bytes{${on}}`,
    overflows: `rate(node_netstat_TcpExt_ListenOverflows{${on}}[5m])`,
    load: `node_load1{${on}}`,
  } as const satisfies Figures;
}

export const onsetWindowSeconds = 1_800;
export const onsetStepSeconds = 30;

/** What may be first, each as one series: which of them began before the others says what is cause and what effect. */
export function onsetFigures(api: string, hosts: readonly string[]) {
  return {
    etcdMean:
      `sum(rate(etcd_request_duration_seconds_sum{${api}}[2m]))` +
      ` / (sum(rate(etcd_request_duration_seconds_count{${api}}[2m])) > 0)`,
    etcdSilent: `count(up{${etcdJob}} == 0)`,
    rejected: `sum(rate(${FLOW}_rejected_requests_total{${api}}[2m]))`,
    seats: flowFigures(api).seats.replaceAll('[5m]', '[1m]').replace('max by (priority_level)', 'max'),
    overflows: `sum(rate(node_netstat_TcpExt_ListenOverflows{${onMachines(hosts)}}[2m]))`,
  } as const satisfies Figures;
}

/** Deployments whose pod template changed within the half hour before: the load of a rollout. */
export const rolloutFigures = {
  count: `count(changes(kube_deployment_status_observed_generation[30m]) > 0)`,
  changed: `topk(${MOST}, max by (namespace, deployment) (changes(kube_deployment_status_observed_generation[30m])) > 0)`,
  known: `count(kube_deployment_status_observed_generation)`,
} as const satisfies Figures;

/** Each evidence item as it is asked. */
export const queryOf = {
  answers: (api: string) => together(answerFigures(api)),
  flows: (api: string) => together(flowFigures(api)),
  etcd: (api: string) => together(etcdFigures(api)),
  members: () => together(memberFigures),
  servers: (api: string) => together(serverFigures(api)),
  containers: () => together(containerFigures),
  webhooks: (api: string) => together(webhookFigures(api)),
  machines: (hosts: readonly string[]) => together(machineFigures(hosts)),
  onset: (api: string, hosts: readonly string[]) => together(onsetFigures(api, hosts)),
  rollouts: () => together(rolloutFigures),
} as const;
