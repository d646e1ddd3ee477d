import { type Facts, withNode } from '../facts.ts';
import type { Lapse } from '../lapses.ts';
import { podsEverOf } from '../placement.ts';
import { floodOf } from '../prometheus/logs.ts';
import { app } from '../workloads.ts';
import type { World, WorldAlert } from '../world.ts';

const NODE = 'worker-2';
const BEGAN_SECONDS_AGO = 1_080;

/** Its new version prints every span it sends, at 70 MB a second. */
const exporter = app('telemetry', 'trace-exporter', {
  image: 'registry.example/telemetry/trace-exporter:v13',
  replicas: 1,
  rolledOutSecondsAgo: BEGAN_SECONDS_AGO,
  logsBytesPerSecond: 70_000_000,
});

/** What is in the page cache is written out after its writer is gone. */
const FLUSHED_AFTER_SECONDS = 4;
const [BUSY_SHARE, WAITING] = [0.99, 118];
/** The first time the kubelet is held up, how long, and from one time to the next: mostly it gets through. */
const [FIRST_LAPSE, LAPSE, EVERY] = [150, 66, 330];
const MOST_LAPSES = 40;

/**
 * The story of the article: a pod floods its log until the node comes and goes. The runtime writes the log, so the pod's
 * own writes show nothing. Evicted it floods the next node; only going back to the version before, or less logging, ends it.
 */
export const logFlood: World = {
  id: 'log-flood',
  title: 'A pod floods its log',
  description: `${NODE} comes and goes; nobody seems to write much`,
  runbook: 'disk-io',
  target: `node/${NODE}`,
  expect: ['logFlood'],
  beganSecondsAgo: BEGAN_SECONDS_AGO,
  trouble: (facts) => flooding({ ...facts, guests: [{ workload: exporter, on: [NODE] }] }),
  react: flooding,
  byHand: 'set the log level of telemetry/trace-exporter to warn',
  byHandFix: 'quietLog',
  alerts: () => [ioPressure, containerLogFlood],
  slow: [
    { asks: new RegExp(`/pods\\?.*${NODE}\\b`), delayMs: 700 },
    { asks: /container_fs_writes/, delayMs: 1_400 },
    { asks: /log_filesystem_used_bytes/, delayMs: 2_000 },
  ],
};

/** Each of its pods saturates the disk it is on, and holds that node's kubelet up again and again. */
function flooding(facts: Facts): Facts {
  const floods = podsEverOf(facts, exporter).flatMap((place) => {
    const flood = floodOf(place, facts);
    return flood ? [{ ...flood, node: place.node.name }] : [];
  });
  return [...Map.groupBy(floods, ({ node }) => node)].reduce((all, [node, here]) => {
    const stints = here.toSorted((a, b) => a.from - b.from);
    const disk = stints.flatMap(({ from, until }) => [
      { at: from, busy: BUSY_SHARE, queue: WAITING },
      ...(Number.isFinite(until) ? [{ at: until + FLUSHED_AFTER_SECONDS, busy: 0, queue: 0 }] : []),
    ]);
    return withNode(all, node, { disk, lapses: stints.flatMap(lapsesOf) });
  }, facts);
}

function lapsesOf({ from, until }: { readonly from: number; readonly until: number }): Lapse[] {
  return Array.from({ length: MOST_LAPSES }, (_, count) => from + FIRST_LAPSE + count * EVERY)
    .filter((at) => at < until)
    .map((at) => ({ from: at, until: Math.min(at + LAPSE, until + FLUSHED_AFTER_SECONDS) }));
}

const prometheus = 'monitoring/kube-prometheus-stack-prometheus';

/** Our own rules (infra/prometheus/rules/disk-io.yaml). */
const ioPressure: WorldAlert = {
  labels: { alertname: 'NodeIoPressureHigh', node: NODE, prometheus, severity: 'warning' },
  annotations: { summary: `tasks of node ${NODE} wait for I/O 79.2% of the time` },
  expr: 'max by (cluster, node) (rate(node_pressure_io_waiting_seconds_total[5m]) * on (cluster, namespace, pod) group_left (node) topk by (cluster, namespace, pod) (1, max by (cluster, namespace, pod, node) (kube_pod_info{node!=""}))) > 0.6',
  afterSeconds: 540,
};

const containerLogFlood: WorldAlert = {
  labels: {
    alertname: 'ContainerLogFlood',
    container: 'trace-exporter',
    namespace: 'telemetry',
    node: NODE,
    prometheus,
    severity: 'warning',
  },
  annotations: { summary: 'container telemetry/trace-exporter floods its log' },
  expr: 'sum by (cluster, namespace, container, node) (resets(kubelet_container_log_filesystem_used_bytes[10m])) >= 3',
  afterSeconds: 480,
};
