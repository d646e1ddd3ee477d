import { type Facts, type NodeFacts, unknownSince } from '../facts.ts';
import { constant, counter, histogram, type Reading, since } from '../promql/series.ts';
import { type Families, histogramFamilies, merged, perTarget } from './families.ts';

const ALL = ({ nodes }: Facts) => nodes;
const GIB = 2 ** 30;
const QUICK_SCRAPE_SECONDS = 0.021;
/** A port nobody listens on refuses at once. */
const REFUSED_SCRAPE_SECONDS = 0.0006;
const KUBELET_PATHS = ['/metrics', '/metrics/cadvisor'] as const;

interface Endpoint {
  readonly node: NodeFacts;
  readonly path: string;
}

const endpoints = ({ nodes }: Facts): Endpoint[] =>
  nodes.flatMap((node) => KUBELET_PATHS.map((path) => ({ node, path })));

/** As the Prometheus Operator labels a kubelet. */
function kubeletLabels({ node, path }: Endpoint) {
  return {
    job: 'kubelet',
    node: node.name,
    instance: `${node.address}:10250`,
    metrics_path: path,
    namespace: 'kube-system',
    service: 'kubelet',
    endpoint: 'https-metrics',
  };
}

/** As kube-prometheus labels node_exporter: `instance` is the node's name. */
function exporterLabels(node: NodeFacts) {
  return {
    job: 'node-exporter',
    instance: node.name,
    namespace: 'monitoring',
    pod: `node-exporter-${node.name}`,
    container: 'kube-rbac-proxy',
    endpoint: 'https',
  };
}

const stateMetrics = {
  job: 'kube-state-metrics',
  instance: '10.244.7.4:8443',
  namespace: 'monitoring',
  pod: 'kube-state-metrics-0',
  container: 'kube-rbac-proxy-main',
};

/** A reading of the kubelet's own metrics: gone while its process is. */
function whileRunning({ node }: Endpoint, reading: number | Reading): Reading {
  return node.kubeletStoppedAt === undefined
    ? since(0, undefined, reading)
    : since(node.kubeletStoppedAt, reading, undefined);
}

function switched({ node }: Endpoint, running: number, stopped: number): Reading {
  return node.kubeletStoppedAt === undefined ? constant(running) : since(node.kubeletStoppedAt, running, stopped);
}

const ownMetrics = (facts: Facts) => endpoints(facts).filter(({ path }) => path === '/metrics');

function ofKubelet(
  name: string,
  reading: (facts: Facts) => number | Reading,
  extra: Readonly<Record<string, string>> = {},
): Families {
  return perTarget(
    name,
    ownMetrics,
    (endpoint) => ({ ...kubeletLabels(endpoint), ...extra }),
    (endpoint, facts) => whileRunning(endpoint, reading(facts)),
  );
}

const kubelets = merged(
  perTarget('up', endpoints, kubeletLabels, (endpoint) => switched(endpoint, 1, 0)),
  perTarget('scrape_duration_seconds', endpoints, kubeletLabels, (endpoint) =>
    switched(endpoint, QUICK_SCRAPE_SECONDS, REFUSED_SCRAPE_SECONDS),
  ),
  perTarget(
    'kubelet_node_name',
    ownMetrics,
    (endpoint) => ({ ...kubeletLabels(endpoint) }),
    (endpoint) => whileRunning(endpoint, 1),
  ),
  ofKubelet('kubelet_pleg_last_seen_seconds', () => (at) => at - 0.4),
  ofKubelet('process_start_time_seconds', ({ bornAt }) => bornAt),
  ofKubelet('kubelet_runtime_operations_total', ({ bornAt }) => counter({ perSecond: 4, from: bornAt }), {
    operation_type: 'list_containers',
  }),
  ofKubelet('kubelet_runtime_operations_errors_total', () => 0, { operation_type: 'list_containers' }),
  ofKubelet('rest_client_requests_total', ({ bornAt }) => counter({ perSecond: 0.9, from: bornAt }), {
    code: '200',
    method: 'GET',
  }),
  ofKubelet('rest_client_requests_total', ({ bornAt }) => counter({ perSecond: 0.1, from: bornAt }), {
    code: '200',
    method: 'PUT',
  }),
  histogramFamilies('kubelet_pleg_relist_duration_seconds', ownMetrics, (endpoint, { bornAt }) =>
    histogram('kubelet_pleg_relist_duration_seconds', kubeletLabels(endpoint), {
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
      observationsPerSecond: 1,
      values: [{ value: 0.003, share: 1 }],
      from: bornAt,
    }).map((series) => ({ ...series, at: whileRunning(endpoint, series.at) })),
  ),
);

function ofMachine(
  name: string,
  reading: (node: NodeFacts, facts: Facts) => Reading,
  extra: Readonly<Record<string, string>> = {},
): Families {
  return perTarget(name, ALL, (node) => ({ ...exporterLabels(node), ...extra }), reading);
}

/** CPU time over eight cores, by mode: the shares add up to 1. */
const cpuShares = { idle: 0.78, user: 0.15, system: 0.05, iowait: 0.015, steal: 0.005 };
const CORES = 8;

const cpu = Object.entries(cpuShares).map(([mode, share]) =>
  merged(
    ...Array.from({ length: CORES }, (_, core) =>
      ofMachine('node_cpu_seconds_total', (_node, { bornAt }) => counter({ perSecond: share, from: bornAt }), {
        mode,
        cpu: String(core),
      }),
    ),
  ),
);

/** Seconds per second the disk of a machine is busy, waits, or stalls everybody. */
function diskCounter(calm: number, busy: (disk: NonNullable<NodeFacts['disk']>) => number) {
  return ({ disk }: NodeFacts, { bornAt }: Facts) =>
    counter({ perSecond: calm, from: bornAt, changes: disk ? [{ at: disk.since, perSecond: busy(disk) }] : [] });
}

const disk = { device: 'nvme0n1' };
const root = { device: '/dev/nvme0n1p1', fstype: 'ext4', mountpoint: '/' };

const machines = merged(
  ofMachine('up', () => constant(1)),
  ofMachine('scrape_duration_seconds', () => constant(0.034)),
  perTarget(
    'node_uname_info',
    ALL,
    (node) => ({ ...exporterLabels(node), nodename: node.name }),
    () => constant(1),
  ),
  ofMachine('node_boot_time_seconds', (_node, { bornAt }) => constant(bornAt)),
  ofMachine('node_time_seconds', () => (at) => at + 0.02),
  ofMachine('node_memory_MemAvailable_bytes', () => constant(19 * GIB)),
  ofMachine('node_memory_MemTotal_bytes', () => constant(31 * GIB)),
  ofMachine('node_filesystem_avail_bytes', () => constant(61 * GIB), root),
  ofMachine('node_filesystem_size_bytes', () => constant(100 * GIB), root),
  ofMachine(
    'node_disk_io_time_seconds_total',
    diskCounter(0.04, ({ busy }) => busy),
    disk,
  ),
  ofMachine(
    'node_disk_io_time_weighted_seconds_total',
    diskCounter(0.1, ({ queue }) => queue),
    disk,
  ),
  ofMachine(
    'node_pressure_io_stalled_seconds_total',
    diskCounter(0.004, ({ busy }) => 0.6 * busy),
  ),
  ...cpu,
);

interface ConditionOf {
  readonly node: NodeFacts;
  readonly status: 'true' | 'false' | 'unknown';
}

const readiness = ({ nodes }: Facts): ConditionOf[] =>
  nodes.flatMap((node) => (['true', 'false', 'unknown'] as const).map((status) => ({ node, status })));

const objects = merged(
  perTarget(
    'kube_node_status_condition',
    readiness,
    ({ node, status }) => ({ ...stateMetrics, node: node.name, condition: 'Ready', status }),
    ({ node, status }) =>
      (at) => {
        const now = unknownSince(node, at) === undefined ? 'true' : 'unknown';
        return now === status ? 1 : 0;
      },
  ),
  perTarget(
    'kube_lease_renew_time',
    ALL,
    ({ name }) => ({ ...stateMetrics, namespace: 'kube-node-lease', lease: name }),
    ({ kubeletStoppedAt }) =>
      (at) =>
        Math.floor(Math.min(at, kubeletStoppedAt ?? at) / 10) * 10,
  ),
  perTarget(
    'node_collector_unhealthy_nodes_in_zone',
    zones,
    (zone) => ({ job: 'kube-controller-manager', instance: '10.20.0.10:10257', zone }),
    (zone, { nodes }) =>
      (at) =>
        nodes.filter((node) => node.zone === zone && unknownSince(node, at) !== undefined).length,
  ),
);

function zones({ nodes }: Facts): string[] {
  return [...new Set(nodes.map(({ zone }) => zone))];
}

/** What Prometheus knows of the nodes: kubelets, machines, and the objects by kube-state-metrics. */
export const nodeFamilies: Families = merged(kubelets, machines, objects);
