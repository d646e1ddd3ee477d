import { type DiskLoad, isBusyAt, ratesUnder, shortOfDiskAt } from '../disk.ts';
import type { NodeFacts } from '../facts.ts';
import { daemonPodName } from '../layout.ts';
import { constant, counter } from '../promql/series.ts';
import { PID_MAX, THREADS_MAX, threadsOn } from '../threads.ts';
import { nodeExporter } from '../workloads.ts';
import { type Job, type Labels, type Line, merged, metric, plain, scrapes } from './families.ts';
import { nodesWanted } from './node-targets.ts';

const GIB = 2 ** 30;
const CORES = 8;

/** As the Helm chart labels node_exporter: `instance` is an address, and no label names the node. */
const job: Job<NodeFacts> = {
  name: 'node-exporter',
  targets: (facts, wanted) => nodesWanted(facts, wanted, { port: 9100 }),
  labels: (node) => ({
    job: 'node-exporter',
    container: 'node-exporter',
    endpoint: 'http-metrics',
    instance: `${node.address}:9100`,
    namespace: 'monitoring',
    pod: daemonPodName(node, nodeExporter),
    service: 'kube-prometheus-stack-prometheus-node-exporter',
  }),
};

/** CPU time by mode: the shares of each core add up to 1. */
const calmShares = { idle: 0.78, user: 0.15, system: 0.05, iowait: 0.015, steal: 0.005 };
/** Whoever waits for a disk is no load. */
const waitingShares = { idle: 0.34, user: 0.15, system: 0.06, iowait: 0.445, steal: 0.005 };
type Mode = keyof typeof calmShares;
const modes = Object.keys(calmShares) as Mode[];

/** A counter that runs at one rate, and at another since the disk is busy. */
function untilBusy(calm: number, busy: (load: DiskLoad) => number) {
  return (node: NodeFacts, { bornAt }: { readonly bornAt: number }) =>
    counter({ perSecond: calm, from: bornAt, changes: ratesUnder(node, calm, busy) });
}

const gauge = (value: number) => () => constant(value);
const onDisk: Labels = { device: 'nvme0n1' };
const root: Labels = { device: '/dev/nvme0n1p1', fstype: 'ext4', mountpoint: '/' };

function labelled(name: string, labels: Labels, at: (node: NodeFacts, facts: { bornAt: number }) => Line['at']) {
  return metric(job, name, (node, facts) => [{ labels, at: at(node, facts) }]);
}

export const machines = merged(
  scrapes(job, { answeredIn: 0.034, failedIn: 0.0006 }),
  metric(job, 'node_uname_info', ({ name }) => [
    { labels: { nodename: name, machine: 'x86_64', release: '6.8.0-60-generic', sysname: 'Linux' }, at: constant(1) },
  ]),
  plain(job, 'node_boot_time_seconds', (_, { bornAt }) => constant(Math.floor(bornAt))),
  plain(job, 'node_time_seconds', () => (at) => at + 0.02),
  metric(job, 'node_cpu_seconds_total', (node, facts, wanted) =>
    wanted.among('mode', modes).flatMap((mode) => {
      const at = untilBusy(calmShares[mode], () => waitingShares[mode])(node, facts);
      return Array.from({ length: CORES }, (_, cpu): Line => ({ labels: { cpu: String(cpu), mode }, at }));
    }),
  ),
  plain(job, 'node_load1', (node) => (at) => (isBusyAt(node, at) ? 9.4 : 1.6)),
  plain(job, 'node_procs_blocked', (node) => (at) => (isBusyAt(node, at) ? 7 : 0)),
  plain(job, 'node_forks_total', (_, { bornAt }) => counter({ perSecond: 6, from: bornAt })),
  // Its collector of processes is on (--collector.processes), which is not the default.
  plain(job, 'node_processes_threads', threadsOn),
  plain(job, 'node_processes_max_processes', gauge(PID_MAX)),
  plain(job, 'node_processes_max_threads', gauge(THREADS_MAX)),
  plain(job, 'node_processes_pids', gauge(212)),
  metric(job, 'node_processes_state', () => [
    { labels: { state: 'S' }, at: constant(211) },
    { labels: { state: 'Z' }, at: constant(1) },
  ]),
  plain(job, 'node_memory_MemAvailable_bytes', gauge(19 * GIB)),
  plain(job, 'node_memory_MemTotal_bytes', gauge(31 * GIB)),
  plain(job, 'node_memory_SwapTotal_bytes', gauge(0)),
  plain(job, 'node_vmstat_pswpin', gauge(0)),
  plain(job, 'node_vmstat_pswpout', gauge(0)),
  labelled('node_filesystem_avail_bytes', root, (node) => (at) => (shortOfDiskAt(node, at) ? 17 : 61) * GIB),
  labelled('node_filesystem_size_bytes', root, gauge(100 * GIB)),
  labelled('node_filesystem_readonly', root, gauge(0)),
  labelled('node_filesystem_files_free', root, gauge(6_100_000)),
  labelled('node_filesystem_files', root, gauge(6_553_600)),
  labelled(
    'node_disk_io_time_seconds_total',
    onDisk,
    untilBusy(0.04, ({ busy }) => busy),
  ),
  labelled(
    'node_disk_io_time_weighted_seconds_total',
    onDisk,
    untilBusy(0.1, ({ queue }) => queue),
  ),
  labelled(
    'node_disk_writes_completed_total',
    onDisk,
    untilBusy(40, () => 210),
  ),
  labelled(
    'node_disk_reads_completed_total',
    onDisk,
    untilBusy(6, () => 6),
  ),
  labelled(
    'node_disk_write_time_seconds_total',
    onDisk,
    untilBusy(0.06, ({ queue }) => queue * 0.9),
  ),
  labelled(
    'node_disk_written_bytes_total',
    onDisk,
    untilBusy(900_000, () => 118_000_000),
  ),
  labelled(
    'node_disk_read_bytes_total',
    onDisk,
    untilBusy(200_000, () => 200_000),
  ),
  plain(
    job,
    'node_pressure_io_stalled_seconds_total',
    untilBusy(0.004, ({ busy }) => 0.6 * busy),
  ),
  plain(
    job,
    'node_pressure_io_waiting_seconds_total',
    untilBusy(0.01, ({ busy }) => 0.8 * busy),
  ),
  plain(
    job,
    'node_pressure_cpu_waiting_seconds_total',
    untilBusy(0.01, () => 0.02),
  ),
  plain(
    job,
    'node_pressure_memory_stalled_seconds_total',
    untilBusy(0, () => 0),
  ),
  plain(job, 'node_netstat_TcpExt_ListenOverflows', gauge(0)),
  plain(job, 'node_netstat_TcpExt_ListenDrops', gauge(0)),
  plain(job, 'node_nf_conntrack_entries', gauge(9_400)),
  plain(job, 'node_nf_conntrack_entries_limit', gauge(262_144)),
  plain(job, 'node_nf_conntrack_stat_drop', gauge(0)),
  plain(job, 'node_nf_conntrack_stat_insert_failed', gauge(0)),
);
