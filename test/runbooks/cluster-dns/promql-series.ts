// Samples are 30 s apart; a counter that grows by 30 a sample grows by 1 a second.

export const dns = (name: string, pod: string, labels = '', job = 'kube-dns') =>
  `${name}{job="${job}",namespace="kube-system",pod="${pod}",instance="${pod}:9153"${labels}}`;
export const buckets = (name: string, pod: string, labels: string, quick: string, all: string) => ({
  [dns(`${name}_bucket`, pod, `${labels},le="1"`)]: quick,
  [dns(`${name}_bucket`, pod, `${labels},le="8"`)]: all,
  [dns(`${name}_bucket`, pod, `${labels},le="+Inf"`)]: all,
  [dns(`${name}_count`, pod, labels)]: all,
});

/** A CoreDNS that answers, and one that is sick in every way that is counted. */
function counters(labels: string, rcode: string, code: string) {
  return {
    [`coredns_build_info{${labels}}`]: '1x60',
    [`coredns_dns_responses_total{${labels},rcode="${rcode}"}`]: '0+900x60',
    [`coredns_dns_requests_total{${labels}}`]: '0+900x60',
    [`coredns_panics_total{${labels}}`]: rcode === 'NOERROR' ? '0x60' : '0+1x60',
    [`coredns_proxy_healthcheck_failures_total{${labels},to="10.0.0.9:53",proxy_name="forward"}`]: '0+1x60',
    [`coredns_kubernetes_rest_client_requests_total{${labels},code="${code}"}`]: '0+3x60',
  };
}
const well = (labels: string) => counters(labels, 'NOERROR', '200');
const sick = (labels: string) => counters(labels, 'SERVFAIL', '403');

/** Three pods of the cluster's own DNS, as series may name them, and others that are not its. */
export const ownAndStrange = {
  ...well('job="kube-dns",namespace="kube-system",pod="coredns-a",instance="a:9153"'),
  ...well('job="kubernetes-pods",kubernetes_namespace="kube-system",instance="b:9153"'),
  ...well('job="dns",instance="c:9153"'),
  ...sick('job="kube-dns",namespace="vcluster-team1",pod="coredns-x",instance="x:9153"'),
  ...sick('job="kubernetes-pods",kubernetes_namespace="k8gb",instance="y:9153"'),
  ...sick('job="kubernetes-pods",namespace="kube-system",pod="node-local-dns-7xk2p",instance="n:9253"'),
};
