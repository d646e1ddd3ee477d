import { describe, expect, it } from 'vitest';
import * as queries from '../../../runbooks/cluster-dns/queries.ts';
import { needs } from '../../harness/programs.ts';
import { asker } from '../../harness/promtool.ts';
import { buckets, dns, ownAndStrange } from './promql-series.ts';

const { ask, unasked } = asker();
const of = (figure: string, labels = '') => `{figure="${figure}"${labels}}`;
/** Of one pod of CoreDNS, as kube-prometheus scrapes it. */
describe.skipIf(needs('promtool'))('PromQL, in the real engine,', () => {
  it('divides the answers of all pods, and leaves the cache on the nodes out', async () => {
    const answers = (rcode: string, values: string) => ({
      [dns('coredns_dns_responses_total', 'a', `,rcode="${rcode}"`)]: values,
      [dns('coredns_dns_responses_total', 'b', `,rcode="${rcode}"`)]: values,
    });
    await ask(
      {
        ...answers('NOERROR', '0+800x60'),
        ...answers('NXDOMAIN', '0+2800x60'),
        ...answers('SERVFAIL', '0+400x60'),
        [dns('coredns_dns_responses_total', 'n', ',rcode="SERVFAIL"', 'node-local-dns')]: '0+900000x60',
        [dns('coredns_dns_requests_total', 'a')]: '0+1500x60',
        [dns('coredns_dns_requests_total', 'b')]: '0+1500x60',
        [dns('coredns_panics_total', 'a')]: '0x35 2x25',
        [dns('coredns_panics_total', 'b')]: '_x32 1x28',
        [dns('coredns_reload_failed_total', 'a')]: '0x10 2x50',
        [dns('coredns_reload_failed_total', 'b')]: '0x60',
        [dns('coredns_reload_failed_total', 'n', '', 'node-local-dns')]: '9x60',
        [dns('coredns_build_info', 'a', ',version="1.11.3"')]: '1x60',
        [dns('coredns_build_info', 'b', ',version="1.11.3"')]: '1x60',
        ...buckets('coredns_dns_request_duration_seconds', 'a', ',server="dns://:53"', '0+98x60', '0+100x60'),
      },
      [
        {
          promql: queries.answerFigures(),
          at: '20m',
          to: 0.1,
          answer: {
            [of('questions')]: 100,
            [of('servfail')]: 0.1,
            [of('nxdomain')]: 0.7,
            [of('p99')]: 4.5,
            [of('panics')]: 3,
            [of('refusedReloads')]: 2,
            [of('pods')]: 2,
          },
        },
      ],
    );
  });

  it("counts the cluster's own DNS, and none of a virtual cluster's, of a company's, or of the nodes'", async () => {
    await ask(ownAndStrange, [
      {
        promql: queries.answerFigures(),
        at: '20m',
        to: 0.01,
        answer: {
          [of('questions')]: 90,
          [of('servfail')]: 0,
          [of('nxdomain')]: 0,
          [of('panics')]: 0,
          [of('pods')]: 3,
        },
      },
      {
        promql: queries.apiFigures(),
        at: '20m',
        to: 0.01,
        answer: { [of('all')]: 90, [of('refused')]: 0, [of('unanswered')]: 0, [of('asking')]: 3 },
      },
      {
        promql: queries.upstreamFigures(),
        at: '20m',
        to: 0.01,
        answer: { [of('failedChecks', ',to="10.0.0.9:53"')]: 30, [of('failing', ',to="10.0.0.9:53"')]: 3 },
      },
    ]);
  });

  it('counts no SERVFAIL as zero only where answers are counted', async () => {
    await ask({ [dns('coredns_dns_responses_total', 'a', ',rcode="NOERROR"')]: '0+900x60' }, [
      {
        promql: queries.answerFigures(),
        at: '20m',
        answer: { [of('servfail')]: 0, [of('nxdomain')]: 0 },
      },
    ]);
    await ask({ [dns('coredns_dns_requests_total', 'a')]: '0+900x60' }, [
      { promql: queries.answerFigures(), at: '20m', answer: { [of('questions')]: 30 } },
    ]);
  });

  it('tells upstreams apart, by the names of today and by those before CoreDNS 1.11', async () => {
    const asked = (name: string, to: string, more: string, slow: boolean) => ({
      ...buckets(name, 'a', `,to="${to}",rcode="NOERROR"${more}`, slow ? '0+0x60' : '0+90x60', '0+90x60'),
      ...buckets(name, 'a', `,to="${to}",rcode="SERVFAIL"${more}`, '0+10x60', '0+10x60'),
    });
    const answer = (to: string) => ({
      [of('perSecond', `,to="${to}"`)]: 3.33,
      [of('servfail', `,to="${to}"`)]: 0.1,
      [of('failedChecks', `,to="${to}"`)]: 20,
      [of('failing', `,to="${to}"`)]: 1,
      [of('asking', `,to="${to}"`)]: 1,
    });
    const forward = ',proxy_name="forward"';
    await ask(
      {
        ...asked('coredns_proxy_request_duration_seconds', '10.0.0.2:53', forward, true),
        ...asked('coredns_proxy_request_duration_seconds', '10.0.0.3:53', ',proxy_name="grpc"', true),
        [dns('coredns_proxy_healthcheck_failures_total', 'a', `,to="10.0.0.2:53"${forward}`)]: '0+2x60',
        [dns('coredns_proxy_healthcheck_failures_total', 'b', `,to="10.0.0.2:53"${forward}`)]: '3x60',
        // Prometheus itself was away: what was counted before is not new.
        [dns('coredns_proxy_healthcheck_failures_total', 'c', `,to="10.0.0.2:53"${forward}`)]: '_x32 500x28',
        [dns('coredns_build_info', 'c')]: '_x32 1x28',
      },
      [
        {
          promql: queries.upstreamFigures(),
          at: '20m',
          to: 0.01,
          answer: { ...answer('10.0.0.2:53'), [of('p99', ',to="10.0.0.2:53"')]: 7.92 },
        },
      ],
    );
    await ask(
      {
        ...asked('coredns_forward_request_duration_seconds', '10.0.0.2:53', '', false),
        [dns('coredns_forward_healthcheck_failures_total', 'a', ',to="10.0.0.2:53"')]: '_x32 20x28',
        [dns('coredns_build_info', 'a')]: '1x60',
      },
      [
        {
          promql: queries.upstreamFigures(),
          at: '20m',
          to: 0.01,
          answer: { ...answer('10.0.0.2:53'), [of('p99', ',to="10.0.0.2:53"')]: 0.99 },
        },
      ],
    );
  });

  it('counts calls to the API server that were refused, or got no answer, and of how many pods', async () => {
    const calls = (pod: string, code: string, values: string) => ({
      [dns('coredns_kubernetes_rest_client_requests_total', pod, `,code="${code}",method="GET",host="10.96.0.1:443"`)]:
        values,
    });
    await ask(
      {
        ...calls('a', '200', '0+1x60'),
        ...calls('b', '200', '0+1x60'),
        ...calls('a', '403', '_x32 6x28'),
        [dns('coredns_build_info', 'a')]: '1x60',
        ...calls('b', '<error>', '0+2x60'),
      },
      [
        {
          promql: queries.apiFigures(),
          at: '20m',
          to: 0.01,
          answer: {
            [of('all')]: 46,
            [of('refused')]: 6,
            [of('unanswered')]: 20,
            [of('failing')]: 1,
            [of('asking')]: 2,
          },
        },
      ],
    );
    await ask(calls('a', '200', '0+1x60'), [
      {
        promql: queries.apiFigures(),
        at: '20m',
        to: 0.01,
        answer: { [of('all')]: 10, [of('refused')]: 0, [of('unanswered')]: 0, [of('asking')]: 1 },
      },
    ]);
  });

  it('sees how a limit holds back the container of CoreDNS, and no other', async () => {
    const container = (name: string, pod: string, which = 'coredns') =>
      `${name}{job="kubelet",metrics_path="/metrics/cadvisor",namespace="kube-system",pod="${pod}",container="${which}"}`;
    await ask(
      {
        [container('container_cpu_usage_seconds_total', 'a')]: '0+15x60',
        [container('container_cpu_usage_seconds_total', 'p', 'kube-proxy')]: '0+90x60',
        [container('container_cpu_cfs_throttled_periods_total', 'a')]: '0+120x60',
        [container('container_cpu_cfs_periods_total', 'a')]: '0+300x60',
        [container('container_memory_working_set_bytes', 'a')]: '89128960x60',
        [container('container_spec_memory_limit_bytes', 'a')]: '178257920x60',
        [container('container_cpu_usage_seconds_total', 'b')]: '0+3x60',
        [container('container_memory_working_set_bytes', 'b')]: '89128960x60',
        [container('container_spec_memory_limit_bytes', 'b')]: '0x60',
        [container('container_memory_working_set_bytes', 'c')]: '89128960x60',
        'kube_pod_container_resource_limits{job="kube-state-metrics",namespace="kube-system",pod="c",container="coredns",resource="memory"}':
          '178257920x60',
      },
      [
        {
          promql: queries.processFigures(),
          at: '20m',
          to: 0.001,
          answer: {
            [of('cores', ',pod="a"')]: 0.5,
            [of('throttled', ',pod="a"')]: 0.4,
            [of('memory', ',pod="a"')]: 0.5,
            [of('memory', ',pod="c"')]: 0.5,
            [of('cores', ',pod="b"')]: 0.1,
          },
        },
      ],
    );
  });

  it('finds the fullest table of connections, and who lost most, of however many nodes', async () => {
    const machine = (name: string, instance: string) => `${name}{job="node-exporter",instance="${instance}:9100"}`;
    await ask(
      {
        [machine('node_nf_conntrack_entries', 'w1')]: '131072x60',
        [machine('node_nf_conntrack_entries_limit', 'w1')]: '262144x60',
        [machine('node_nf_conntrack_entries', 'w2')]: '262000x60',
        [machine('node_nf_conntrack_entries_limit', 'w2')]: '262144x60',
        [machine('node_nf_conntrack_stat_drop', 'w1')]: '5x60',
        [machine('node_nf_conntrack_stat_drop', 'w2')]: '0+10x60',
        [machine('node_nf_conntrack_stat_insert_failed', 'w1')]: '0+2x60',
        [machine('node_nf_conntrack_stat_insert_failed', 'w2')]: '0x60',
      },
      [
        {
          promql: queries.conntrackFigures(),
          at: '20m',
          to: 0.001,
          answer: {
            [of('full', ',instance="w2:9100"')]: 0.999,
            [of('dropped', ',instance="w2:9100"')]: 100,
            [of('lost', ',instance="w2:9100"')]: 100,
            [of('raced', ',instance="w1:9100"')]: 20,
          },
        },
      ],
    );
  });

  it('counts no failed check as zero where the upstream is asked, and not at all where it is not', async () => {
    const asked = (values: string) =>
      buckets('coredns_proxy_request_duration_seconds', 'a', ',to="10.0.0.2:53",proxy_name="forward"', values, values);
    await ask(asked('0+90x60'), [
      {
        promql: queries.upstreamFigures(),
        at: '20m',
        to: 0.01,
        answer: {
          [of('perSecond', ',to="10.0.0.2:53"')]: 3,
          [of('servfail', ',to="10.0.0.2:53"')]: 0,
          [of('failedChecks', ',to="10.0.0.2:53"')]: 0,
          [of('asking', ',to="10.0.0.2:53"')]: 1,
          [of('p99', ',to="10.0.0.2:53"')]: 0.99,
        },
      },
    ]);
    await ask({ [dns('coredns_build_info', 'a')]: '1x60' }, [
      { promql: queries.upstreamFigures(), at: '20m', answer: {} },
    ]);
  });

  it('finds who drops among tables that are full, which need not be the fullest', async () => {
    const machine = (name: string, instance: string) => `${name}{job="node-exporter",instance="${instance}:9100"}`;
    const table = (instance: string, entries: number, drops: string) => ({
      [machine('node_nf_conntrack_entries', instance)]: `${entries}x60`,
      [machine('node_nf_conntrack_entries_limit', instance)]: '1000x60',
      [machine('node_nf_conntrack_stat_drop', instance)]: drops,
    });
    await ask({ ...table('w1', 990, '0x60'), ...table('w2', 960, '0+10x60'), ...table('w3', 500, '0+20x60') }, [
      {
        promql: queries.conntrackFigures(),
        at: '20m',
        to: 0.001,
        answer: {
          [of('full', ',instance="w1:9100"')]: 0.99,
          [of('dropped', ',instance="w3:9100"')]: 200,
          [of('lost', ',instance="w2:9100"')]: 100,
        },
      },
    ]);
  });

  it('leaves no expression out', () => {
    const all = [
      queries.answerFigures(),
      queries.upstreamFigures(),
      queries.apiFigures(),
      queries.processFigures(),
      queries.conntrackFigures(),
    ];
    expect(Object.keys(queries)).toHaveLength(all.length);
    expect(unasked(all)).toEqual([]);
  });
});
