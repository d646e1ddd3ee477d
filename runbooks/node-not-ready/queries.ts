import { together } from '../evidence/figures.ts';
import {
  exporterJobs,
  kubeletJobs,
  ofExporter,
  ofKubelet,
  quoted,
  type ScrapeTarget,
  type Select,
  selector,
  upOf,
} from '../evidence/scrape-targets.ts';
import { aboutNode, byNode } from '../evidence/state-metrics.ts';

/** All PromQL of this runbook. Each function gives one expression; `test/runbooks/node-not-ready` runs every one. */

/**
 * `up` and `scrape_duration_seconds` of the targets that are found, and as figure `ageSeconds` how long ago each was
 * scraped, by Prometheus' own clock: an instant query also answers with what is five minutes old.
 * `find` writes the expression that finds them.
 */
function scrapesOf(jobs: string, find: (select: Select) => string): string {
  const selecting =
    (name: string): Select =>
    (...matchers) =>
      `{${[name, jobs, ...matchers].join(',')}}`;
  const last = find(selecting('__name__=~"up|scrape_duration_seconds"'));
  // `timestamp` tells the time of a sample of a plain selector only.
  const at = find((...matchers) => `timestamp(${selecting('__name__="up"')(...matchers)})`);
  return `${last} or label_replace(time() - (${at}), "figure", "ageSeconds", "", "")`;
}

/** How the scrapes of this node's kubelet went, one series per endpoint and figure. */
export function kubeletScrapes(node: string): string {
  return scrapesOf(kubeletJobs, (select) => ofKubelet(node, select));
}

/** The same for its node_exporter. */
export function exporterScrapes(node: string): string {
  return scrapesOf(exporterJobs, (select) => ofExporter(node, select, upOf(kubeletJobs)));
}

/**
 * What the kubelet asks of its runtime as a whole, again and again. Of a single container, image or sandbox calls fail on a
 * node that is well, too: a probe's command that exits with 1 counts as an error (kubelet, `pkg/kubelet/kuberuntime/instrumented_services.go`).
 */
const OF_THE_WHOLE = 'operation_type=~"status|version|list_podsandbox|list_containers"';

/** The kubelet's own view of its container runtime, from its `/metrics`. */
export function kubeletFigures(target: ScrapeTarget): string {
  const at = selector(target);
  const seen = `kubelet_pleg_last_seen_seconds{${at}}`;
  const relists = 'kubelet_pleg_relist_duration_seconds';
  return together({
    plegAgeSeconds: `timestamp(${seen}) - ${seen}`,
    plegMoves: `changes(${seen}[2m])`,
    // The buckets end at 10 s, so a quantile never shows more: count what lies beyond.
    slowRelists: `increase(${relists}_count{${at}}[10m]) - ignoring (le) increase(${relists}_bucket{${at},${le('10')}}[10m])`,
    runtimeCallsPerSecond: `sum(rate(kubelet_runtime_operations_total{${at},${OF_THE_WHOLE}}[2m]))`,
    runtimeErrorsPerSecond: `sum(rate(kubelet_runtime_operations_errors_total{${at},${OF_THE_WHOLE}}[2m]))`,
    restarts: `changes(process_start_time_seconds{${at}}[30m])`,
  });
}

/**
 * How the API server answers this kubelet. 401s are also looked for further back: without rights it soon hides them. So does
 * one that is cut off, once it cannot ask any more who Prometheus is: of its calls without an answer those between its last two scrapes count.
 */
export function apiCalls(target: ScrapeTarget): string {
  const calls = (matcher: string) => `rest_client_requests_total{${selector(target)}${matcher}}`;
  const now = (matcher: string) => `sum(rate(${calls(`,code=~"${matcher}"`)}[2m]))`;
  const lately = (matcher: string) => `sum(irate(${calls(`,code=~"${matcher}"`)}[2m]))`;
  // Zero where it was seen and had none; nothing where it was not seen.
  const atLast = (matcher: string) => `last_over_time((${lately(matcher)} or 0 * ${lately('.*')})[30m:30s])`;
  const ttl = `kubelet_certificate_manager_client_ttl_seconds{${selector(target)}}`;
  return together({
    all: `sum(increase(${calls('')}[30m]))`,
    refused: `sum(increase(${calls(',code="401"')}[30m]))`,
    refusedPerSecond: now('401'),
    succeededPerSecond: now('2..'),
    unansweredPerSecond: atLast('<error>'),
    refusedAtLast: atLast('401'),
    succeededAtLast: atLast('2..'),
    brokenPerSecond: now('429|5..'),
    // It tells of itself only where it renews its certificate by itself, and `+Inf` once that has expired.
    certificateEndsAt: `max(last_over_time(((timestamp(${ttl}) + ${ttl}) < Inf)[30m:30s]))`,
  });
}

/** Requests per second that came to the API servers with a client certificate already expired. It names no client. */
export function expiredCertificates(): string {
  const bucket = `apiserver_client_certificate_expiration_seconds_bucket{job=~".*apiserver.*",${le('0')}}`;
  return together({ perSecond: `sum(rate(${bucket}[5m]))` });
}

/** What kube-state-metrics remembers of the node's lease and readiness; the lease's ages are by the node's clock. */
export function nodeHistory(node: string): string {
  const lease = `kube_lease_renew_time{lease=${quoted(node)}}`;
  const ready = (status: string, over: (series: string) => string = (series) => series) =>
    aboutNode(node, (of) => over(`kube_node_status_condition{${of},condition="Ready",status="${status}"}`));
  const age = `timestamp(${lease}) - ${lease}`;
  return together({
    leaseAgeSeconds: `min(${age})`,
    leaseMoves: `max(changes(${lease}[2m]))`,
    leaseOldestSeconds: `max(max_over_time((${age})[10m:30s]))`,
    leaseNewestSeconds: `min(min_over_time((${age})[10m:30s]))`,
    ready: `max(${ready('true')})`,
    unknown: `max(${ready('unknown')})`,
    readinessChanges: `max(${ready('true', (series) => `changes(${series}[30m])`)})`,
  });
}

/** How the other nodes fare, by kube-state-metrics, by the scrapes, and by the controller manager's own count. */
export function fleet(): string {
  const condition = 'kube_node_status_condition{condition="Ready",status="true"}';
  const ready = byNode(condition);
  const lately = byNode(`max_over_time(${condition}[1h])`);
  const before = byNode(`max_over_time(${condition}[30m] offset 30m)`);
  const kubelets = `max by (instance) (up{${kubeletJobs}})`;
  // `or 0 * …` gives zero only where there is something to count.
  const countOr0 = (some: string, all: string) => `count(${some}) or 0 * count(${all})`;
  return together({
    nodes: `count(${ready})`,
    notReady: countOr0(`${ready} == 0`, ready),
    // Ready at some time within the hour: also one that joined in it, and one of which there is a gap an hour ago.
    fellWithinHour: countOr0(`${ready} == 0 and on (node) ${lately} == 1`, ready),
    // Nobody counted it in the first half of the hour, or saw it Ready since: it may have fallen in that time.
    sinceUnseen: countOr0(`(${ready} == 0 unless on (node) ${lately} == 1) unless on (node) ${before}`, ready),
    ageSeconds: `time() - max(timestamp(${condition}))`,
    kubelets: `count(${kubelets})`,
    kubeletsDown: countOr0(`${kubelets} == 0`, kubelets),
    unhealthyByController: 'sum(max by (zone) (node_collector_unhealthy_nodes_in_zone))',
  });
}

/** The machine, as its node_exporter tells, and what memory it had when that told it last, within half an hour. Shares are 0–1. */
export function machineFigures(target: ScrapeTarget): string {
  const at = selector(target);
  const available = `node_memory_MemAvailable_bytes{${at}}`;
  const total = `node_memory_MemTotal_bytes{${at}}`;
  // A scrape that fails ends its series, so what is last is of the last scrape that did not.
  const last = (series: string) => `max(last_over_time((${series})[30m:30s]))`;
  const disk = `${at},fstype!~"tmpfs|ramfs|overlay|squashfs",mountpoint!~"/boot.*"`;
  return together({
    bootedAt: `node_boot_time_seconds{${at}}`,
    clockOffsetSeconds: `node_time_seconds{${at}} - timestamp(node_time_seconds{${at}})`,
    ioStalledShare: `rate(node_pressure_io_stalled_seconds_total{${at}}[5m])`,
    memoryAvailableShare: `${available} / ${total}`,
    memoryAvailableAtLast: last(`${available} / ${total}`),
    memoryStalledAtLast: last(`irate(node_pressure_memory_stalled_seconds_total{${at}}[2m])`),
    memoryToldSecondsAgo: `time() - ${last(`timestamp(${available})`)}`,
    diskAvailableShare: `min(node_filesystem_avail_bytes{${disk}} / node_filesystem_size_bytes{${disk}})`,
    // Of a collector that is off by default, and that asks systemd over its bus. It has no series while that is off.
    systemdAnswers: `min(node_scrape_collector_success{${at},collector="systemd"})`,
    systemdAnswered: `max(max_over_time(node_scrape_collector_success{${at},collector="systemd"}[1d]))`,
    systemdVersion: `max(last_over_time(node_systemd_version{${at}}[1d]))`,
  });
}

/** The machine's clock by its own kernel, which an NTP client tells of what it finds (node_exporter's collector `timex`). */
export function clockFigures(target: ScrapeTarget): string {
  const at = selector(target);
  return together({
    offsetSeconds: `node_timex_offset_seconds{${at}}`,
    synchronised: `node_timex_sync_status{${at}}`,
    errorSeconds: `node_timex_maxerror_seconds{${at}}`,
  });
}

/** Prometheus 3 writes bounds as floats (`10.0`), older ones as the client wrote them (`10`). */
function le(bound: string): string {
  return `le=~"${bound}(\\\\.0)?"`;
}
