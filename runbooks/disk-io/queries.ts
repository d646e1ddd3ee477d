import { together } from '../evidence/figures.ts';
import { kubeletJobs, quoted, type ScrapeTarget, selector } from '../evidence/scrape-targets.ts';
import { aboutNode, byNode, othersUnsteady } from '../evidence/state-metrics.ts';

/**
 * All PromQL of this runbook beside that of `evidence/scrape-targets.ts`. Most is asked as a range, minute by minute:
 * what a pod wrote counts only while the disk was saturated. Rates reach back 2 minutes, which holds two samples even
 * where scrapes are a minute apart.
 */

/** Disks themselves: what lies on top of them (device mapper, RAID) moves the same bytes once more. */
const DISKS = 'device!~"(loop|ram|sr|fd|zram|dm-|md|nbd).*"';
/**
 * What a kubelet or its runtime keeps its data on (kubelet --root-dir, containerd, CRI-O, Docker; /var/log/pods), also where
 * one program is all of it: K3s and RKE2, k0s, MicroK8s.
 */
const DATA =
  '/|/var|/var/lib|/var/log(/pods)?|/var/lib/(kubelet|containerd|containers|docker(/containers)?|k0s|rancher(/(k3s|rke2))?)|/var/snap(/microk8s(/common)?)?';
/** Bytes. A page of memory on amd64, and on most arm64. */
const PAGE = 4096;
/** A log under rotation that is flooded is larger than this whenever it is looked at (see causes/log-flood.ts). */
export const LOG_FLOOR_BYTES = 8_000_000;

/** Per device: share of time busy, requests waiting, bytes and requests a second; of the machine: PSI "full". */
export function diskFigures(target: ScrapeTarget): string {
  const at = selector(target);
  const rate = (metric: string) => `rate(${metric}{${at},${DISKS}}[2m])`;
  return together({
    busy: rate('node_disk_io_time_seconds_total'),
    queue: rate('node_disk_io_time_weighted_seconds_total'),
    written: rate('node_disk_written_bytes_total'),
    read: rate('node_disk_read_bytes_total'),
    requests: `${rate('node_disk_reads_completed_total')} + ${rate('node_disk_writes_completed_total')}`,
    stalled: `rate(node_pressure_io_stalled_seconds_total{${at}}[2m])`,
  });
}

/** The most each disk moved within 6 hours, over 5 minutes: what it can do when it is let. */
export function bestOfDisks(target: ScrapeTarget): string {
  const rate = (metric: string) => `rate(${metric}{${selector(target)},${DISKS}}[5m])`;
  const best = (expression: string) => `max_over_time((${expression})[6h:5m])`;
  return together({
    written: best(rate('node_disk_written_bytes_total')),
    read: best(rate('node_disk_read_bytes_total')),
    requests: best(`${rate('node_disk_writes_completed_total')} + ${rate('node_disk_reads_completed_total')}`),
  });
}

/** Which devices hold the data of kubelet and runtime; and file systems that turned read-only within 6 hours. */
export function mountFigures(target: ScrapeTarget): string {
  const at = selector(target);
  const readOnly = `node_filesystem_readonly{${at},fstype!~"tmpfs|ramfs|overlay|squashfs"}`;
  return together({
    holdsData: `node_filesystem_size_bytes{${at},mountpoint=~"${DATA}",fstype!~"tmpfs|ramfs|overlay"}`,
    // Some systems are read-only by design: only a change is a sign.
    turnedReadOnly: `${readOnly} == 1 and min_over_time(${readOnly}[6h]) == 0`,
  });
}

/** CPU busy without waiting for I/O, bytes a second to and from swap, swap there is, memory available. */
export function machineFigures(target: ScrapeTarget): string {
  const at = selector(target);
  return together({
    cpuBusy: `1 - sum by (instance) (rate(node_cpu_seconds_total{${at},mode=~"idle|iowait"}[2m])) / sum by (instance) (rate(node_cpu_seconds_total{${at}}[2m]))`,
    swapped: `(rate(node_vmstat_pswpin{${at}}[2m]) + rate(node_vmstat_pswpout{${at}}[2m])) * ${PAGE}`,
    swapBytes: `node_memory_SwapTotal_bytes{${at}}`,
    memoryAvailable: `node_memory_MemAvailable_bytes{${at}} / node_memory_MemTotal_bytes{${at}}`,
  });
}

/**
 * The five pods that write and read most by what the kernel charges to them, and all together. Some cAdvisors show a
 * series for each container, some only for the pod's cgroup (container="").
 */
export function writerFigures(target: ScrapeTarget): string {
  const at = selector(target);
  const byPod = 'by (namespace, pod, device)';
  const charged = (metric: string) =>
    `(sum ${byPod} (rate(${metric}{${at},pod!="",container!="",container!="POD"}[2m]))` +
    ` or max ${byPod} (rate(${metric}{${at},pod!="",container=""}[2m])))`;
  const [writes, reads] = [charged('container_fs_writes_bytes_total'), charged('container_fs_reads_bytes_total')];
  return together({
    written: `topk(5, ${writes})`,
    read: `topk(5, ${reads})`,
    together: `sum by (device) (${writes})`,
  });
}

/** Bytes that each large log takes on disk, rotated files included; `seen`: how many logs were looked at. */
export function logFigures(target: ScrapeTarget): string {
  const logs = `kubelet_container_log_filesystem_used_bytes{${selector(target)}}`;
  return together({ size: `${logs} > ${LOG_FLOOR_BYTES}`, seen: `count(${logs})` });
}

/**
 * Image pulls that came to an end, as counters: how many, and the seconds they took. `seen`: all calls, by the same counter.
 * `sizes`: how many images of each size (Kubernetes, pkg/kubelet/metrics, imageSizeBuckets: `1GB-5GB`).
 */
export function pullFigures(target: ScrapeTarget): string {
  const at = selector(target);
  const calls = (part: string, of = '') => `sum(kubelet_runtime_operations_duration_seconds_${part}{${at}${of}})`;
  const pulls = (part: string) => calls(part, ',operation_type="pull_image"');
  return together({
    ended: pulls('count'),
    seconds: pulls('sum'),
    seen: calls('count'),
    sizes: `sum by (image_size_in_bytes) (kubelet_image_pull_duration_seconds_count{${at}})`,
  });
}

/** By kube-state-metrics, minute by minute: the age of the node's lease in seconds, and whether it was Ready. */
export function heartbeatFigures(node: string): string {
  const lease = `kube_lease_renew_time{namespace="kube-node-lease",lease=${quoted(node)}}`;
  return together({
    leaseAge: `max(max_over_time((timestamp(${lease}) - ${lease})[1m:15s]))`,
    // Its worst within the minute: an outage may be shorter than that.
    ready: `min(${aboutNode(node, (of) => `min_over_time(kube_node_status_condition{${of},condition="Ready",status="true"}[1m])`)})`,
  });
}

/** Seconds the kubelet took to answer Prometheus, the slowest of its paths; a scrape given up counts its time-out. */
export function scrapeFigures({ instance }: ScrapeTarget): string {
  const at = `${kubeletJobs},instance=${quoted(instance)}`;
  return together({
    seconds: `max(max_over_time(scrape_duration_seconds{${at}}[1m]))`,
    up: `min(min_over_time(up{${at}}[1m]))`,
  });
}

/** How other nodes fare, and how long the API server takes to store a lease (p99, seconds). */
export function fleetFigures(node: string): string {
  const ready = 'kube_node_status_condition{condition="Ready",status="true"}';
  const buckets = 'apiserver_request_duration_seconds_bucket{job=~".*apiserver.*",resource="leases",verb="PUT"}';
  return together({
    nodes: `count(${byNode(ready)})`,
    flapping: othersUnsteady(node),
    leaseUpdate: `histogram_quantile(0.99, sum by (le) (rate(${buckets}[10m])))`,
  });
}
