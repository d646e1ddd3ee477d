import { isBrokenAt } from '../broken-part.ts';
import { startedAt } from '../crash-loop.ts';
import { type PodHistory, podsEverOf } from '../placement.ts';
import { constant, counter } from '../promql/series.ts';
import { coredns } from '../workloads.ts';
import { histogramOf, type Job, type Line, merged, metric, plain } from './families.ts';

/** As the Helm chart labels CoreDNS. */
const job: Job<PodHistory> = {
  name: 'coredns',
  targets: (facts) => podsEverOf(facts, coredns),
  labels: ({ name, address }) => ({
    job: 'coredns',
    container: 'coredns',
    endpoint: 'http-metrics',
    instance: `${address}:9153`,
    namespace: 'kube-system',
    pod: name,
    service: 'kube-prometheus-stack-coredns',
  }),
  isSilent: answersNot,
};

function answersNot(place: PodHistory, at: number): boolean {
  return !place.wasThere(at) || at < startedAt(place) || isBrokenAt(place.broken, at);
}

/** Also of one that does not answer, as long as there is a pod. */
const { isSilent: _, ...noted } = job;
const isUp = (place: PodHistory) => (at: number) =>
  place.wasThere(at) && at >= (place.life?.boundAt ?? place.createdAt) ? Number(!answersNot(place, at)) : undefined;

/** The resolver of the machines' network. */
const UPSTREAM = '10.20.255.2:53';
/** Answers a second, of one pod. */
const ANSWERS = { NOERROR: 58, NXDOMAIN: 41, SERVFAIL: 0.02 };
const BUCKETS = [0.00025, 0.0005, 0.001, 0.002, 0.004, 0.008, 0.016, 0.032, 0.064, 0.128, 0.256, 0.512, 1, 2, 4, 8];
const QUICK = [
  { value: 0.0006, share: 0.9 },
  { value: 0.02, share: 0.1 },
];
const server = { server: 'dns://:53', zone: '.', view: '' };
const forward = { proxy_name: 'forward', to: UPSTREAM };

export const dns = merged(
  plain(noted, 'up', isUp),
  metric(job, 'coredns_build_info', () => [
    { labels: { version: '1.12.0', goversion: 'go1.23.3', revision: '51e11f1' }, at: constant(1) },
  ]),
  metric(job, 'coredns_dns_requests_total', ({ createdAt: from }) => [
    { labels: { ...server, family: '1', proto: 'udp', type: 'A' }, at: counter({ perSecond: 99.02, from }) },
  ]),
  metric(job, 'coredns_dns_responses_total', ({ createdAt: from }) =>
    Object.entries(ANSWERS).map(
      ([rcode, perSecond]): Line => ({
        labels: { ...server, plugin: 'kubernetes', rcode },
        at: counter({ perSecond, from }),
      }),
    ),
  ),
  histogramOf(job, 'coredns_dns_request_duration_seconds', ({ createdAt: from }) => [
    { labels: server, buckets: BUCKETS, observationsPerSecond: 99.02, values: QUICK, from },
  ]),
  plain(job, 'coredns_panics_total', () => constant(0)),
  histogramOf(job, 'coredns_proxy_request_duration_seconds', ({ createdAt: from }) => [
    {
      labels: { ...forward, rcode: 'NOERROR' },
      ...{ buckets: BUCKETS, observationsPerSecond: 6, values: [{ value: 0.02, share: 1 }], from },
    },
  ]),
  metric(job, 'coredns_proxy_healthcheck_failures_total', () => [{ labels: forward, at: constant(0) }]),
  metric(job, 'coredns_kubernetes_rest_client_requests_total', ({ createdAt: from }) => [
    { labels: { code: '200', method: 'GET', host: '10.96.0.1:443' }, at: counter({ perSecond: 0.01, from }) },
  ]),
);
