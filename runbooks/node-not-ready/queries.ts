/** All PromQL of this runbook. Each function gives one expression; `test/runbooks/node-not-ready` runs every one. */

/**
 * Kubelet jobs of kube-prometheus and the Helm chart (`kubelet`), split ones (`kubelet-cadvisor`), plain Prometheus, and
 * Grafana's k8s-monitoring chart (`integrations/kubernetes/kubelet` and `…/cadvisor`).
 */
const KUBELET_JOBS = 'kubelet.*|kubernetes-nodes.*|integrations/kubernetes/(kubelet|cadvisor)';
/** `node-exporter` (kube-prometheus, Helm), `prometheus-node-exporter`, `node_exporter`, and `node` of its own manual. */
const EXPORTER_JOBS = '.*node.exporter.*|node';

/**
 * `up` and `scrape_duration_seconds` of the targets that are found, and as figure `ageSeconds` how long ago each was
 * scraped, by Prometheus' own clock: an instant query also answers with what is five minutes old.
 * `find` writes the expression that finds them, of a selector from its matchers.
 */
function scrapesOf(jobs: string, find: (selector: (...matchers: readonly string[]) => string) => string): string {
  const selector =
    (name: string) =>
    (...matchers: readonly string[]) =>
      `{${[name, `job=~"${jobs}"`, ...matchers].join(',')}}`;
  const last = find(selector('__name__=~"up|scrape_duration_seconds"'));
  // `timestamp` tells the time of a sample of a plain selector only.
  const at = find((...matchers) => `timestamp(${selector('__name__="up"')(...matchers)})`);
  return `${last} or label_replace(time() - (${at}), "figure", "ageSeconds", "", "")`;
}

/** A PromQL string literal. Go's escapes, which PromQL uses, contain those of JSON. */
export function quoted(value: string): string {
  return JSON.stringify(value);
}

/**
 * How the scrapes of this node's kubelet went, one series per endpoint and figure. Found by the label `node` (the
 * operator sets it), by `instance` = node name (plain `role: node` discovery), or through `kubelet_node_name`.
 */
export function kubeletScrapes(node: string): string {
  const name = `node=${quoted(node)}`;
  const known = `last_over_time(kubelet_node_name{${name}}[1h])`;
  return scrapesOf(KUBELET_JOBS, (selector) =>
    [
      selector(name),
      selector('node=""', `instance=${quoted(node)}`),
      `(${selector('node=""')} and on (instance) ${known})`,
    ].join(' or '),
  );
}

/**
 * The same for its node_exporter: by `node`, `instance` = node name (kube-prometheus), `nodename`, the exporter's pod,
 * the address it shares with the kubelet (`instance` = address:9100), or the host name it reports.
 */
export function exporterScrapes(node: string): string {
  const address = (series: string) => `label_replace(${series}, "address", "$1", "instance", "(.+):[0-9]+")`;
  const name = quoted(node);
  return scrapesOf(EXPORTER_JOBS, (selector) =>
    [
      selector(`node=${name}`),
      selector(`instance=${name}`),
      selector(`nodename=${name}`),
      `(${selector()} and on (namespace, pod) kube_pod_info{node=${name}})`,
      `(${address(selector())} and on (address) ${address(`up{job=~"${KUBELET_JOBS}",node=${name}}`)})`,
      `(${selector()} and on (instance) last_over_time(node_uname_info{nodename=${name}}[1h]))`,
    ].join(' or '),
  );
}

/** One scrape target, as its series carry it. */
export interface ScrapeTarget {
  readonly job: string;
  readonly instance: string;
}

/** The kubelet's own view of its container runtime, from its `/metrics`. */
export function kubeletFigures(target: ScrapeTarget): string {
  const at = selector(target);
  const seen = `kubelet_pleg_last_seen_seconds{${at}}`;
  const relists = 'kubelet_pleg_relist_duration_seconds';
  return figures({
    plegAgeSeconds: `timestamp(${seen}) - ${seen}`,
    plegMoves: `changes(${seen}[2m])`,
    // The buckets end at 10 s, so a quantile never shows more: count what lies beyond.
    slowRelists: `increase(${relists}_count{${at}}[10m]) - ignoring (le) increase(${relists}_bucket{${at},${le('10')}}[10m])`,
    runtimeCallsPerSecond: `sum(rate(kubelet_runtime_operations_total{${at}}[2m]))`,
    runtimeErrorsPerSecond: `sum(rate(kubelet_runtime_operations_errors_total{${at}}[2m]))`,
    restarts: `changes(process_start_time_seconds{${at}}[30m])`,
  });
}

/** How the API server answers this kubelet. 401s are also looked for further back: without rights it soon hides them. */
export function apiCalls(target: ScrapeTarget): string {
  const calls = (matcher: string) => `rest_client_requests_total{${selector(target)}${matcher}}`;
  const now = (matcher: string) => `sum(rate(${calls(`,code=~"${matcher}"`)}[2m]))`;
  return figures({
    all: `sum(increase(${calls('')}[30m]))`,
    refused: `sum(increase(${calls(',code="401"')}[30m]))`,
    refusedPerSecond: now('401'),
    succeededPerSecond: now('2..'),
    unansweredPerSecond: now('<error>'),
    brokenPerSecond: now('429|5..'),
  });
}

/** Requests per second that came to the API servers with a client certificate already expired. It names no client. */
export function expiredCertificates(): string {
  const bucket = `apiserver_client_certificate_expiration_seconds_bucket{job=~".*apiserver.*",${le('0')}}`;
  return figures({ perSecond: `sum(rate(${bucket}[5m]))` });
}

/** What kube-state-metrics remembers of the node's lease and readiness; the lease's ages are by the node's clock. */
export function nodeHistory(node: string): string {
  const lease = `kube_lease_renew_time{lease=${quoted(node)}}`;
  const ready = (status: string) =>
    `kube_node_status_condition{node=${quoted(node)},condition="Ready",status="${status}"}`;
  const age = `timestamp(${lease}) - ${lease}`;
  return figures({
    leaseAgeSeconds: `min(${age})`,
    leaseMoves: `max(changes(${lease}[2m]))`,
    leaseOldestSeconds: `max(max_over_time((${age})[10m:30s]))`,
    leaseNewestSeconds: `min(min_over_time((${age})[10m:30s]))`,
    ready: `max(${ready('true')})`,
    unknown: `max(${ready('unknown')})`,
    readinessChanges: `max(changes(${ready('true')}[30m]))`,
  });
}

/** How the other nodes fare, by kube-state-metrics, by the scrapes, and by the controller manager's own count. */
export function fleet(): string {
  const ready = (offset: string) =>
    `max by (node) (kube_node_status_condition{condition="Ready",status="true"}${offset})`;
  const kubelets = `max by (instance) (up{job=~"${KUBELET_JOBS}"})`;
  // `or 0 * …` gives zero only where there is something to count.
  const countOr0 = (some: string, all: string) => `count(${some}) or 0 * count(${all})`;
  return figures({
    nodes: `count(${ready('')})`,
    notReady: countOr0(`${ready('')} == 0`, ready('')),
    fellWithinHour: countOr0(`${ready('')} == 0 and on (node) ${ready(' offset 1h')} == 1`, ready('')),
    kubelets: `count(${kubelets})`,
    kubeletsDown: countOr0(`${kubelets} == 0`, kubelets),
    unhealthyByController: 'sum(max by (zone) (node_collector_unhealthy_nodes_in_zone))',
  });
}

/** The machine, as its node_exporter tells. Shares are 0–1. */
export function machineFigures(target: ScrapeTarget): string {
  const at = selector(target);
  const disk = `${at},fstype!~"tmpfs|ramfs|overlay|squashfs",mountpoint!~"/boot.*"`;
  return figures({
    bootedAt: `node_boot_time_seconds{${at}}`,
    clockOffsetSeconds: `node_time_seconds{${at}} - timestamp(node_time_seconds{${at}})`,
    ioStalledShare: `rate(node_pressure_io_stalled_seconds_total{${at}}[5m])`,
    memoryAvailableShare: `node_memory_MemAvailable_bytes{${at}} / node_memory_MemTotal_bytes{${at}}`,
    diskAvailableShare: `min(node_filesystem_avail_bytes{${disk}} / node_filesystem_size_bytes{${disk}})`,
  });
}

/** Several numbers in one query: each is marked by the label `figure`; one that has no series is simply not there. */
function figures(expressions: Readonly<Record<string, string>>): string {
  return Object.entries(expressions)
    .map(([figure, expression]) => `label_replace(${expression}, "figure", "${figure}", "", "")`)
    .join(' or ');
}

function selector({ job, instance }: ScrapeTarget): string {
  return `job=${quoted(job)},instance=${quoted(instance)}`;
}

/** Prometheus 3 writes bounds as floats (`10.0`), older ones as the client wrote them (`10`). */
function le(bound: string): string {
  return `le=~"${bound}(\\\\.0)?"`;
}
