import { type Figures, together } from '../evidence/figures.ts';

/**
 * All PromQL of this runbook. One evidence item is one instant query: its figures are joined by `together` and told
 * apart by the label `figure`, so that a person can paste the whole query and read the same table.
 *
 * Windows: counters over 10 minutes, the time one alert and its `for` reach back; rates over 2 minutes, which holds
 * four samples at the common scrape interval of 30 s and is not drowned by the healthy time before a short fault. Where
 * a short fault must stay visible the worst 2 minutes of the last 10 are taken.
 *
 * A member that is stuck or gone answers no instant query (Prometheus marks its series stale): what must be known of
 * it all the same is read with `last_over_time` or `max_over_time`.
 */
export const windowSeconds = 600;

/** The matcher for etcd's scrape job. The default is the one etcd's own alert rules use (etcd, `contrib/mixin`). */
export function etcdJob(job: string | undefined): string {
  return job === undefined ? 'job=~".*etcd.*"' : `job=${quoted(job)}`;
}

/** What is read of etcd itself, by evidence item. `etcd` is a label matcher as `etcdJob` writes it. */
export function etcdFigures(etcd: string) {
  const bucket = (le: string) => `etcd_disk_wal_fsync_duration_seconds_bucket{${etcd},le="${le}"}`;
  const fsyncs = `sum by (instance) (increase(etcd_disk_wal_fsync_duration_seconds_count{${etcd}}[10m]))`;
  const slowerThan = (le: string) => `${fsyncs} - sum by (instance) (increase(${bucket(le)}[10m]))`;
  const fsyncQuantile = (quantile: number) =>
    `histogram_quantile(${quantile}, sum by (instance, le) (rate(etcd_disk_wal_fsync_duration_seconds_bucket{${etcd}}[2m])))`;
  const toPeers = (metric: string, window: string) =>
    `sum by (instance, To) (increase(etcd_network_peer_${metric}{${etcd}}[${window}))`;
  const roundTrips = (part: string, window: string) => toPeers(`round_trip_time_seconds_${part}`, window);
  const bytesSent = toPeers('sent_bytes_total', '2m]');
  const lag = `etcd_server_proposals_committed_total{${etcd}} - etcd_server_proposals_applied_total{${etcd}}`;
  return {
    members: {
      up: `up{${etcd}}`,
      scrapeSeconds: `scrape_duration_seconds{${etcd}}`,
      // Of the last scrape, by Prometheus' own clock: an instant query also answers with what is five minutes old.
      ageSeconds: `time() - timestamp(up{${etcd}})`,
      hasLeader: `etcd_server_has_leader{${etcd}}`,
      leads: `etcd_server_is_leader{${etcd}}`,
      led: `max_over_time(etcd_server_is_leader{${etcd}}[10m])`,
      id: `last_over_time(etcd_server_id{${etcd}}[1d])`,
      // As it was last heard.
      learner: `last_over_time(etcd_server_is_learner{${etcd}}[1d])`,
      restarts: `changes(process_start_time_seconds{${etcd}}[10m])`,
      memoryBytes: `last_over_time(process_resident_memory_bytes{${etcd}}[1h])`,
    },
    heartbeats: {
      late: `sum by (instance) (increase(etcd_server_heartbeat_send_failures_total{${etcd}}[10m]))`,
      lateNow: `sum by (instance) (increase(etcd_server_heartbeat_send_failures_total{${etcd}}[2m]))`,
      elections: `sum by (instance) (increase(etcd_server_leader_changes_seen_total{${etcd}}[10m]))`,
    },
    fsync: {
      p99: `max_over_time(${fsyncQuantile(0.99)}[10m:10s])`,
      p95: `max_over_time(${fsyncQuantile(0.95)}[10m:10s])`,
      p99Now: fsyncQuantile(0.99),
      count: fsyncs,
      slow: slowerThan('0.016'),
      long: slowerThan('0.064'),
      commitMean:
        `sum by (instance) (rate(etcd_disk_backend_commit_duration_seconds_sum{${etcd}}[10m]))` +
        ` / sum by (instance) (rate(etcd_disk_backend_commit_duration_seconds_count{${etcd}}[10m]))`,
    },
    scrapes: {
      usual: `quantile_over_time(0.5, scrape_duration_seconds{${etcd}}[10m])`,
      p95: `max_over_time(quantile_over_time(0.95, scrape_duration_seconds{${etcd}}[2m])[10m:10s])`,
      answered: `sum_over_time(up{${etcd}}[10m])`,
      // Every ten seconds it is asked whether the last scrape was answered.
      seenSeconds: `10 * sum_over_time(up{${etcd}}[10m:10s])`,
    },
    peers: {
      active: `label_replace(etcd_network_active_peers{${etcd}}, "To", "$1", "Remote", "(.+)")`,
      rttP99: `histogram_quantile(0.99, sum by (instance, To, le) (increase(etcd_network_peer_round_trip_time_seconds_bucket{${etcd}}[10m])))`,
      rttMean: `${roundTrips('sum', '10m]')} / ${roundTrips('count', '10m]')}`,
      rttUsual: `${roundTrips('sum', '1h] offset 15m')} / ${roundTrips('count', '1h] offset 15m')}`,
      failures:
        `(${toPeers('sent_failures_total', '10m]')}` +
        ` or 0 * sum by (instance, To) (etcd_network_peer_round_trip_time_seconds_count{${etcd}}))`,
      // More than 0 while anything is sent, or fails to be: a series of failures comes only with the first one.
      tried: `((${bytesSent} > 0) or ${toPeers('sent_failures_total', '2m]')} or ${bytesSent})`,
    },
    apply: {
      slow: `sum by (instance) (increase(etcd_server_slow_apply_total{${etcd}}[10m]))`,
      lag: `max_over_time((${lag})[10m:10s])`,
      lagNow: `max_over_time((${lag})[2m:10s])`,
      defrag: `max_over_time(etcd_disk_defrag_inflight{${etcd}}[10m])`,
    },
    space: {
      used: `last_over_time(etcd_mvcc_db_total_size_in_bytes{${etcd}}[10m]) / (last_over_time(etcd_server_quota_backend_bytes{${etcd}}[10m]) > 0)`,
      live: `last_over_time(etcd_mvcc_db_total_size_in_use_in_bytes{${etcd}}[10m]) / last_over_time(etcd_mvcc_db_total_size_in_bytes{${etcd}}[10m])`,
      sizeBytes: `last_over_time(etcd_mvcc_db_total_size_in_bytes{${etcd}}[10m])`,
      alarm: `max by (instance) (etcd_debugging_server_alarms{${etcd},alarm_type="NOSPACE"})`,
      // Applied by this member. While the alarm is raised none is, and who tries is refused.
      puts: `sum by (instance) (increase(etcd_mvcc_put_total{${etcd}}[2m]))`,
      refused: `sum by (instance) (increase(grpc_server_handled_total{${etcd},grpc_code="ResourceExhausted",grpc_method=~"Put|Txn|LeaseGrant"}[2m]))`,
    },
  } as const satisfies Record<string, Figures>;
}

export type EtcdFigures = ReturnType<typeof etcdFigures>;

/** One evidence item about etcd as it is asked. */
export function queryOf(id: keyof EtcdFigures, job: string | undefined): string {
  return together(etcdFigures(etcdJob(job))[id]);
}

const etcdContainer = 'namespace="kube-system",pod=~"etcd-.+",container="etcd"';

/** What cAdvisor saw of etcd's container. Throttling needs a CPU limit; pressure needs Kubernetes 1.34 and cgroup v2. */
export const containerFigures = {
  throttled:
    `sum by (pod) (rate(container_cpu_cfs_throttled_periods_total{${etcdContainer}}[2m]))` +
    ` / (sum by (pod) (rate(container_cpu_cfs_periods_total{${etcdContainer}}[2m])) > 0)`,
  cpuWaiting: `max by (pod) (rate(container_pressure_cpu_waiting_seconds_total{${etcdContainer}}[2m]))`,
  ioStalled: `max by (pod) (rate(container_pressure_io_stalled_seconds_total{${etcdContainer}}[2m]))`,
} as const satisfies Figures;

/** The matcher for targets on these machines. `hosts`: names and addresses, as far as they are known. */
function onMachines(hosts: readonly string[]): string {
  const escaped = hosts.map((host) => host.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'));
  return `instance=~${quoted(`\\[?(${escaped.join('|')})\\]?(:[0-9]+)?`)}`;
}

const realDisks = 'device!~"(loop|ram|sr|fd|zram).*"';

/** What node_exporter says of the machines under etcd. */
export function nodeFigures(hosts: readonly string[]) {
  const on = onMachines(hosts);
  const disk = `${on},${realDisks}`;
  return {
    busy:
      `1 - sum by (instance) (rate(node_cpu_seconds_total{${on},mode=~"idle|iowait"}[2m]))` +
      ` / count by (instance) (node_cpu_seconds_total{${on},mode="idle"})`,
    steal: `avg by (instance) (rate(node_cpu_seconds_total{${on},mode="steal"}[2m]))`,
    diskBusy: `max by (instance, device) (rate(node_disk_io_time_seconds_total{${disk}}[2m]))`,
    diskQueue: `max by (instance, device) (rate(node_disk_io_time_weighted_seconds_total{${disk}}[2m]))`,
  } as const satisfies Figures;
}

/**
 * Whatever else Prometheus scrapes on these machines: one that answers is not gone. Of a probe the `instance` may be what
 * was probed, while it is the exporter elsewhere that answers.
 */
export function machineFigures(hosts: readonly string[]) {
  const on = onMachines(hosts);
  return {
    answers: `max by (instance) (up{${on}} unless on (job, instance) probe_success{${on}})`,
  } as const satisfies Figures;
}

/**
 * Bytes a second: of the pods that write most, of all containers together (cAdvisor; its `instance` is the node, as that
 * of node_exporter), and of the disk that is written to most. `container=""` would count the pod's cgroup once more.
 */
export function writerFigures(hosts: readonly string[]) {
  const on = onMachines(hosts);
  const writes = `rate(container_fs_writes_bytes_total{${on},pod!="",container!=""}[2m])`;
  return {
    written: `topk by (instance) (5, sum by (instance, namespace, pod) (${writes}))`,
    together: `sum by (instance) (${writes})`,
    onDisk: `max by (instance) (rate(node_disk_written_bytes_total{${on},${realDisks}}[2m]))`,
  } as const satisfies Figures;
}

const apiServer = 'job=~".*apiserver.*"';

/** etcd as the API server sees it: slow or not, never why. Metrics that kube-prometheus and the managed clouds keep. */
export const apiServerFigures = {
  mean:
    `sum by (operation) (rate(etcd_request_duration_seconds_sum{${apiServer}}[2m]))` +
    ` / (sum by (operation) (rate(etcd_request_duration_seconds_count{${apiServer}}[2m])) > 0)`,
  errors:
    `sum by (operation) (rate(etcd_request_errors_total{${apiServer}}[2m]))` +
    ` / (sum by (operation) (rate(etcd_requests_total{${apiServer}}[2m])) > 0)`,
  storageBytes: `max(apiserver_storage_size_bytes{${apiServer}})`,
} as const satisfies Figures;

/** A PromQL string literal: its escapes are Go's, which read JSON's. */
function quoted(text: string): string {
  return JSON.stringify(text);
}
