import type * as z from 'zod';
import type { Readers } from '../../engine/readers.ts';
import type { Evidence } from '../../engine/runbook.ts';
import type { NodeTarget } from '../../engine/target.ts';
import { readyz } from '../evidence/control-plane.ts';
import { someOf } from '../evidence/figures.ts';
import { nodeObject, nodeRegistered } from '../evidence/node.ts';
import { nodeEvents } from '../evidence/node-events.ts';
import { nodeLease } from '../evidence/node-lease.ts';
import { type Course, Courses, overTime, WINDOW_MINUTES } from '../evidence/over-time.ts';
import { exporterTarget, kubeletTarget, type ScrapeTarget } from '../evidence/scrape-targets.ts';
import { starting } from '../evidence/starting-pods.ts';
import { kubelet as direct } from './kubelet.ts';
import { offender, readLogs } from './offender.ts';
import { podsHere } from './pods.ts';
import * as queries from './queries.ts';
import { Best, Fleet, IsControlPlane, Mounts, Provider } from './schema.ts';
import * as show from './show.ts';

type Metrics = Readers['metrics'];
type Of<Value> = Evidence<Value, NodeTarget>;

/** Half an hour of one target, minute by minute. */
function course(
  about: Pick<Of<readonly Course[]>, 'title' | 'show' | 'threshold' | 'thresholdSource'>,
  targetOf: (metrics: Metrics, node: string) => Promise<ScrapeTarget>,
  query: (target: ScrapeTarget) => string,
  what: string,
): Of<readonly Course[]> {
  return {
    ...about,
    schema: Courses,
    windowSeconds: WINDOW_MINUTES * 60,
    read: async ({ metrics }, { name }, { now }) => overTime(metrics, query(await targetOf(metrics, name)), now, what),
  };
}

/** One moment of node_exporter. */
function moment<Schema extends z.ZodType>(
  schema: Schema,
  about: Pick<Of<z.infer<Schema>>, 'title' | 'show' | 'threshold' | 'thresholdSource'>,
  query: (target: ScrapeTarget) => string,
): Of<z.infer<Schema>> {
  return {
    ...about,
    schema: schema as unknown as z.ZodType<z.infer<Schema>>,
    read: async ({ metrics }, { name }) =>
      someOf(await metrics.query(query(await exporterTarget(metrics, name))), 'node_exporter of this machine'),
  };
}

const cadvisor = (metrics: Metrics, node: string) => kubeletTarget(metrics, node, '/metrics/cadvisor');
const kubelet = (metrics: Metrics, node: string) => kubeletTarget(metrics, node, '/metrics');

const provider: Of<string> = {
  title: 'Where the machine comes from',
  schema: Provider,
  reads: ['get Node'],
  read: ({ kube }, { name }) => kube.get('Node', name),
  show: (name) => name || 'no cloud provider is named',
};

/** The same read as the Node object, so it costs no call. */
const isControlPlane: Of<boolean> = {
  title: 'Role of the machine',
  schema: IsControlPlane,
  reads: ['get Node'],
  read: ({ kube }, { name }) => kube.get('Node', name),
  show: (is) => (is ? 'a machine of the control plane' : 'no machine of the control plane by its labels'),
};

const disks = course(
  {
    title: 'Disks of the machine',
    show: show.disks,
    threshold:
      'saturated: busy 95 % of the time with 10 requests waiting, or all tasks stalled on I/O 20 % of the time',
    thresholdSource: 'node-mixin, NodeDiskIOSaturation (requests waiting); chosen here (the shares)',
  },
  exporterTarget,
  queries.diskFigures,
  "of this machine's disks",
);

const mounts = moment(
  Mounts,
  { title: 'File systems of kubelet and runtime', show: show.mounts },
  queries.mountFigures,
);

const best = moment(
  Best,
  {
    title: 'The most each disk moved within 6 hours',
    show: show.best,
    threshold: 'with a full queue a third of it at least, in bytes or in requests',
    thresholdSource: 'chosen here',
  },
  queries.bestOfDisks,
);

const machine = course(
  {
    title: 'CPU, memory and swap of the machine',
    show: show.machine,
    threshold: 'CPU 90 % busy; swap half of what the disk moves',
    thresholdSource: 'node-mixin, NodeCPUHighUsage; chosen here (swap)',
  },
  exporterTarget,
  queries.machineFigures,
  "of this machine's CPU and memory",
);

const writers = course(
  {
    title: 'Pods that write and read themselves',
    show: show.writers,
    threshold: 'one pod: half of what the saturated disk moves, 1 MB/s at least',
    thresholdSource: 'chosen here. What a pod prints is not in it: the runtime writes that',
  },
  cadvisor,
  queries.writerFigures,
  'of container_fs_writes_bytes_total',
);

const logs: Of<readonly Course[]> = {
  title: 'Logs that grow',
  schema: Courses,
  read: ({ metrics }, { name }, { now }) => readLogs(metrics, name, now),
  show: show.logs,
  windowSeconds: WINDOW_MINUTES * 60,
  threshold:
    'one log: half of what the disk moves, or 5 MB/s, new and rotated, where half of that is charged to no container',
  thresholdSource:
    'chosen here; KubeletConfiguration, containerLogMonitorInterval (10 s between rotations); measured that a log is charged to the container runtime, never to its pod',
};

const pulls = course(
  { title: 'Image pulls', show: show.pulls },
  kubelet,
  queries.pullFigures,
  "of this kubelet's calls to its runtime",
);

const heartbeats: Of<readonly Course[]> = {
  title: "Age of the node's lease, and readiness",
  schema: Courses,
  read: ({ metrics }, { name }, { now }) =>
    overTime(metrics, queries.heartbeatFigures(name), now, 'of kube-state-metrics about this node'),
  show: show.heartbeats,
  windowSeconds: WINDOW_MINUTES * 60,
  threshold: 'renewed every 10 s; late beyond 25 s',
  thresholdSource:
    'KubeletConfiguration v1beta1, nodeLeaseDurationSeconds 40, renewed at a quarter; chosen here (25 s)',
};

const scrapes = course(
  {
    title: 'How long the kubelet takes to answer Prometheus',
    show: show.scrapes,
    threshold: 'within 5 s; milliseconds in health',
    thresholdSource: 'chosen here; measured on a saturated disk: 11 and 22 s, or given up after 10 s',
  },
  kubelet,
  queries.scrapeFigures,
  "of scrapes of this node's kubelet",
);

const fleet: Of<Fleet> = {
  title: "Other nodes, and the API server's time for a lease",
  schema: Fleet,
  read: async ({ metrics }, { name }) =>
    someOf(await metrics.query(queries.fleetFigures(name)), 'kube-state-metrics, the API server'),
  show: show.fleet,
  windowSeconds: WINDOW_MINUTES * 60,
  threshold: '3 other nodes and a tenth of all flapping; a lease stored within 1 s (p99)',
  thresholdSource: 'chosen here',
};

/**
 * All that is looked at: at most nine Kubernetes calls with three pods waiting (thirteen with two looks at the kubelet), and
 * thirteen PromQL queries.
 */
export const evidence = {
  node: nodeObject,
  registered: nodeRegistered,
  provider,
  isControlPlane,
  lease: nodeLease,
  events: nodeEvents,
  pods: podsHere,
  starting,
  readyz,
  disks,
  mounts,
  best,
  machine,
  writers,
  logs,
  offender,
  pulls,
  heartbeats,
  scrapes,
  fleet,
  kubelet: direct,
};
