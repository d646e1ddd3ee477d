import { together } from '../evidence/figures.ts';
import { limits } from './limits.ts';

/** All PromQL of this runbook. Figures of five minutes, where nothing else is said. */

/** Where a cluster has its own DNS (OpenShift: the last), or a scrape that tells no namespace. */
const OWN_NAMESPACE = '"|kube-system|openshift-dns"';
/**
 * Of every CoreDNS that Prometheus scrapes only the DNS of the cluster: vcluster, k8gb, Submariner, and people for names of their own
 * run others, in other namespaces. NodeLocal DNSCache is one on every node, in front of those that are meant. By namespace and not
 * by the names of pods, so that figures do not wait for an API server that hangs.
 */
const OWN = [
  `namespace=~${OWN_NAMESPACE}`,
  // As the example of Prometheus' manual named it of old.
  `kubernetes_namespace=~${OWN_NAMESPACE}`,
  'job!~".*node-?local-?dns.*"',
  'pod!~"node-?local-?dns.*"',
].join(',');
const rate = (metric: string, labels = '') => `rate(${metric}{${OWN}${labels}}[5m])`;
/**
 * Of a series that was not there before all of it is new: counters of errors begin with the first. But only of a pod that was
 * there before; after a gap of Prometheus itself every count is old.
 */
const grown = (metric: string, labels = '') => {
  const series = `${metric}{${OWN}${labels}}`;
  const known = `coredns_build_info{${OWN}} offset 5m`;
  return `(((${series} unless ${series} offset 5m) and on (pod, instance) ${known}) or increase(${series}[5m]))`;
};
/** A part of a whole that is there; zero of it only where there is a whole. */
const share = (part: string, whole: string) => `(sum(${part}) or 0 * sum(${whole})) / sum(${whole})`;

/** Of all questions that CoreDNS was asked: how many a second, how they were answered, how long the slowest took (p99). */
export function answerFigures(): string {
  const all = rate('coredns_dns_responses_total');
  const by = (rcode: string) => share(rate('coredns_dns_responses_total', `,rcode="${rcode}"`), all);
  return together({
    questions: `sum(${rate('coredns_dns_requests_total')})`,
    servfail: by('SERVFAIL'),
    nxdomain: by('NXDOMAIN'),
    p99: `histogram_quantile(0.99, sum by (le) (${rate('coredns_dns_request_duration_seconds_bucket')}))`,
    panics: `sum(${grown('coredns_panics_total')})`,
    // Since they started: it is refused once, and the next start then fails.
    refusedReloads: `sum(coredns_reload_failed_total{${OWN}})`,
    pods: `count(max by (pod, instance) (coredns_build_info{${OWN}}))`,
  });
}

/**
 * By upstream. Names since CoreDNS 1.11, or those before: of one version only one is there. `failedChecks` within ten
 * minutes, `failing` of how many pods, `asking`.
 */
export function upstreamFigures(): string {
  const either = (later: string, before: string) => `(${later} or ${before})`;
  const forward = ',proxy_name="forward"';
  const [asked, askedBefore] = ['coredns_proxy_request_duration_seconds', 'coredns_forward_request_duration_seconds'];
  const [failed, failedBefore] = [
    'coredns_proxy_healthcheck_failures_total',
    'coredns_forward_healthcheck_failures_total',
  ];
  const perSecond = (labels = '') =>
    either(
      `sum by (to) (${rate(`${asked}_count`, `${forward}${labels}`)})`,
      `sum by (to) (${rate(`${askedBefore}_count`, labels)})`,
    );
  const checks = (by: string) =>
    either(`sum by (${by}) (${grown(failed, forward)})`, `sum by (${by}) (${grown(failedBefore)})`);
  const asking = either(
    `count by (to) (sum by (to, pod, instance) (${rate(`${asked}_count`, forward)}))`,
    `count by (to) (sum by (to, pod, instance) (${rate(`${askedBefore}_count`)}))`,
  );
  return together({
    perSecond: perSecond(),
    servfail: `(${perSecond(',rcode="SERVFAIL"')} or 0 * ${perSecond()}) / ${perSecond()}`,
    p99: `histogram_quantile(0.99, ${either(
      `sum by (to, le) (${rate(`${asked}_bucket`, forward)})`,
      `sum by (to, le) (${rate(`${askedBefore}_bucket`)})`,
    )})`,
    // Counted from the first that fails: none is zero where the upstream is asked.
    failedChecks: `(${checks('to')} or 0 * ${perSecond()})`,
    failing: `count by (to) (${checks('to, pod, instance')} > 0)`,
    asking,
  });
}

/**
 * Calls of CoreDNS to the API server within five minutes: all, those that were refused, and those without an answer; of how many
 * pods there are such, of how many that call.
 */
export function apiFigures(): string {
  const calls = (labels = '') => grown('coredns_kubernetes_rest_client_requests_total', labels);
  const some = (labels: string) => `(sum(${calls(labels)}) or 0 * sum(${calls()}))`;
  return together({
    all: `sum(${calls()})`,
    refused: some(',code=~"401|403"'),
    // client-go counts a call that got no answer under this code (client-go, `rest/request.go`).
    unanswered: some(',code="<error>"'),
    failing: `count(sum by (pod, instance) (${calls(',code="<error>"')}) > 0)`,
    asking: `count(sum by (pod, instance) (${calls()}))`,
  });
}

/** By pod: cores that it keeps busy, the share of periods in which its limit held it back, and of its memory limit. */
export function processFigures(): string {
  const of = 'namespace="kube-system",container="coredns"';
  const periods = (which: string) => `sum by (pod) (rate(container_cpu_cfs_${which}periods_total{${of}}[5m]))`;
  // Where cAdvisor's limits are dropped, as the chart kube-prometheus-stack does, kube-state-metrics tells them.
  const limit = `(max by (pod) (container_spec_memory_limit_bytes{${of}} > 0) or max by (pod) (kube_pod_container_resource_limits{${of},resource="memory"}))`;
  return together({
    cores: `sum by (pod) (rate(container_cpu_usage_seconds_total{${of}}[5m]))`,
    throttled: `${periods('throttled_')} / ${periods('')}`,
    memory: `max by (pod) (container_memory_working_set_bytes{${of}}) / ${limit}`,
  });
}

/**
 * The machine whose table of connections is fullest, those that lost most of them within five minutes, and who lost most of
 * those that are full: the fullest of two need not be who drops most.
 */
export function conntrackFigures(): string {
  const worst = (expression: string) => `topk(1, max by (instance) (${expression}))`;
  const full = 'node_nf_conntrack_entries / node_nf_conntrack_entries_limit';
  const dropped = 'increase(node_nf_conntrack_stat_drop[5m])';
  return together({
    full: worst(full),
    dropped: worst(dropped),
    lost: worst(`${dropped} and on (instance) (${full} >= ${limits.fullShare})`),
    raced: worst('increase(node_nf_conntrack_stat_insert_failed[5m])'),
  });
}
