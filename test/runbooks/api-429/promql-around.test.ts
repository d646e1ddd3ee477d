import { describe, expect, it } from 'vitest';
import * as queries from '../../../runbooks/api-429/queries.ts';
import { needs } from '../../harness/programs.ts';
import { asker } from '../../harness/promtool.ts';

const { ask, unasked } = asker();
const api = queries.apiJob('apiserver');
const etcd = queries.etcdFigures(api);
const servers = queries.serverFigures(api);
const machines = queries.machineFigures(['10.0.0.1', 'cp-2']);
const onset = queries.onsetFigures(api, ['10.0.0.1']);

describe.skipIf(needs('promtool'))('PromQL, in the real engine, about what is behind and around', () => {
  it('etcd as the API server sees it: by operation, now and yesterday', async () => {
    const of = (metric: string, operation = 'get') => `${metric}{job="apiserver",operation="${operation}",type="x"}`;
    const series = {
      [of('etcd_request_duration_seconds_sum')]: '0+3x2900 8700+150x100',
      [of('etcd_request_duration_seconds_count')]: '0+300x3000',
      [of('etcd_requests_total')]: '0+300x3000',
      [of('etcd_request_errors_total')]: '0+30x3000',
      [of('etcd_requests_total', 'list')]: '0+300x3000',
      [of('etcd_request_duration_seconds_sum', 'delete')]: '7x3000',
      [of('etcd_request_duration_seconds_count', 'delete')]: '7x3000',
    };
    await ask(series, [
      { promql: etcd.usual, at: '1490m', answer: { '{operation="get"}': 0.01 } },
      { promql: etcd.mean, at: '1490m', answer: { '{operation="get"}': 0.5 } },
      { promql: etcd.meanNow, at: '1490m', answer: { '{operation="get"}': 0.5 } },
      { promql: etcd.mean, at: '1440m', answer: { '{operation="get"}': 0.01 } },
      { promql: etcd.requests, at: '1490m', answer: { '{operation="get"}': 3000, '{operation="delete"}': 0 } },
      // Errors are counted from the first: none is zero where requests are.
      { promql: etcd.errors, at: '1490m', answer: { '{operation="get"}': 0.1, '{operation="list"}': 0 } },
    ]);
  });

  it('a member that hangs: its memory is known after its series went stale', async () => {
    const of = (metric: string) => `${metric}{job="kube-etcd",instance="e"}`;
    const m = queries.memberFigures;
    const at = '40m';
    await ask(
      {
        [of('up')]: '1x60 0x40',
        [of('scrape_duration_seconds')]: '0.01x60 5x40',
        [of('process_resident_memory_bytes')]: '300+4x50 500x10 stale',
        [of('process_start_time_seconds')]: '100x30 1000x30 stale',
        'etcd_disk_wal_fsync_duration_seconds_bucket{job="kube-etcd",instance="ok",le="0.004"}': '0+30x100',
        'etcd_disk_wal_fsync_duration_seconds_bucket{job="kube-etcd",instance="ok",le="+Inf"}': '0+30x100',
        'up{job="apiserver",instance="a"}': '1x100',
      },
      [
        { promql: m.up, at, answer: { '{job="kube-etcd",instance="e"}': 0 } },
        { promql: m.scrapeSeconds, at, answer: { '{job="kube-etcd",instance="e"}': 5 } },
        { promql: m.memoryBytes, at, answer: { '{job="kube-etcd",instance="e"}': 500 } },
        { promql: m.highestBytes, at, answer: { '{job="kube-etcd",instance="e"}': 500 } },
        { promql: m.lowestBytes, at, answer: { '{job="kube-etcd",instance="e"}': 300 } },
        { promql: m.restarts, at, answer: { '{job="kube-etcd",instance="e"}': 1 } },
        { promql: m.fsyncP99, at, answer: { '{instance="ok"}': 0.004 } },
      ],
    );
  });

  it('API servers: up, age, starts, and how much they are listed', async () => {
    const of = (metric: string, more = '') => `${metric}{job="apiserver",instance="a"${more}}`;
    await ask(
      {
        [of('up')]: '1x3050',
        [of('scrape_duration_seconds')]: '0.2x3050',
        [of('process_start_time_seconds')]: '0x2900 87000x150',
        [of('apiserver_request_total', ',verb="LIST",code="200"')]: '0+60x2900 174000+1200x150',
      },
      [
        { promql: servers.up, at: '1490m', answer: { '{job="apiserver",instance="a"}': 1 } },
        { promql: servers.scrapeSeconds, at: '1490m', answer: { '{job="apiserver",instance="a"}': 0.2 } },
        { promql: servers.ageSeconds, at: '1490m', answer: { '{job="apiserver",instance="a"}': 2400 } },
        { promql: servers.restarts, at: '1455m', answer: { '{job="apiserver",instance="a"}': 1 } },
        { promql: servers.lists, at: '1490m', answer: { '{instance="a"}': 40 } },
        { promql: servers.usualLists, at: '1510m', answer: { '{instance="a"}': 2 } },
      ],
    );
  });

  it('containers of etcd and the API server, and of nobody else', async () => {
    const c = queries.containerFigures;
    const of = (metric: string, container: string, more = '') =>
      `${metric}{namespace="kube-system",pod="${container}-1",container="${container}"${more}}`;
    const named = (container: string) => `{pod="${container}-1",container="${container}"}`;
    await ask(
      {
        [of('container_memory_working_set_bytes', 'etcd')]: '510x60',
        'container_memory_working_set_bytes{namespace="shop",pod="etcd-1",container="etcd"}': '9x60',
        [of('container_spec_memory_limit_bytes', 'etcd')]: '512x60',
        // cAdvisor tells no limit of it here.
        [of('kube_pod_container_resource_limits', 'kube-apiserver', ',resource="memory",unit="byte"')]: '2048x60',
        [of('kube_pod_container_resource_limits', 'kube-apiserver', ',resource="cpu",unit="core"')]: '4x60',
        [of('container_pressure_memory_stalled_seconds_total', 'etcd')]: '0+24x60',
        [of('container_oom_events_total', 'etcd')]: '0x20 1x40',
        [of('container_oom_events_total', 'kube-apiserver')]: '0x20 1x40',
        [of('kube_pod_container_status_restarts_total', 'etcd')]: '0x20 1x10 2x30',
        [of('kube_pod_container_status_last_terminated_reason', 'etcd', ',reason="OOMKilled"')]: '1x60',
        [of('kube_pod_container_status_last_terminated_reason', 'kube-apiserver', ',reason="Error"')]: '1x60',
        [of('container_cpu_cfs_throttled_periods_total', 'kube-apiserver')]: '0+60x60',
        [of('container_cpu_cfs_periods_total', 'kube-apiserver')]: '0+100x60',
        [of('container_pressure_cpu_waiting_seconds_total', 'kube-apiserver')]: '0+6x60',
      },
      [
        { promql: c.memoryBytes, at: '20m', answer: { [named('etcd')]: 510 } },
        { promql: c.limitBytes, at: '20m', answer: { [named('etcd')]: 512, [named('kube-apiserver')]: 2048 } },
        { promql: c.memoryStalled, at: '20m', answer: { [named('etcd')]: 0.8 } },
        { promql: c.killed, at: '20m', answer: { [named('etcd')]: 1 }, to: 1 },
        { promql: c.restarts, at: '20m', answer: { [named('etcd')]: 2 }, to: 1 },
        { promql: c.oomKilled, at: '20m', answer: { [named('etcd')]: 1 } },
        { promql: c.throttled, at: '20m', answer: { [named('kube-apiserver')]: 0.6 } },
        { promql: c.cpuWaiting, at: '20m', answer: { [named('kube-apiserver')]: 0.2 } },
      ],
    );
  });

  it('their machines: by address or name of the node, and no others', async () => {
    const cpu = (instance: string, mode: string) =>
      `node_cpu_seconds_total{instance="${instance}",mode="${mode}",cpu="0"}`;
    await ask(
      {
        'up{job="apiserver",instance="10.0.0.1:6443"}': '1x60',
        'up{job="kube-etcd",instance="10.0.0.2:2381"}': '1x60',
        'up{job="kubelet",instance="10.0.0.9:10250"}': '1x60',
        'kube_node_info{node="cp-2",internal_ip="10.0.0.2"}': '1x60',
        'kube_node_info{node="w-9",internal_ip="10.0.0.22"}': '1x60',
        'kube_node_info{node="w-9",exported_node="cp-1",internal_ip="10.0.0.1"}': '1x60',
        [cpu('10.0.0.1:9100', 'idle')]: '0+3x60',
        [cpu('10.0.0.1:9100', 'iowait')]: '0+6x60',
        [cpu('10.0.0.1:9100', 'user')]: '0+21x60',
        [cpu('10.0.0.11:9100', 'idle')]: '0+3x60',
        'node_memory_MemAvailable_bytes{instance="cp-2"}': '6x60',
        'node_memory_MemTotal_bytes{instance="cp-2"}': '10x60',
        'node_netstat_TcpExt_ListenOverflows{instance="10.0.0.1:9100"}': '0+90x60',
        'node_netstat_TcpExt_ListenOverflows{instance="10.0.0.11:9100"}': '0+90x60',
        'node_load1{instance="cp-2"}': '3x60',
      },
      [
        {
          promql: queries.machineTargets(api),
          at: '20m',
          answer: { '{instance="10.0.0.1:6443"}': 1, '{instance="10.0.0.2:2381"}': 1 },
        },
        {
          promql: queries.nodesAt(['10.0.0.1', '10.0.0.2']),
          at: '20m',
          answer: { '{node="cp-1"}': 1, '{node="cp-2"}': 1 },
        },
        { promql: machines.busy, at: '20m', answer: { '{instance="10.0.0.1:9100"}': 0.7 } },
        { promql: machines.memoryFree, at: '20m', answer: { '{instance="cp-2"}': 0.6 } },
        { promql: machines.overflows, at: '20m', answer: { '{instance="10.0.0.1:9100"}': 3 } },
        { promql: machines.load, at: '20m', answer: { '{instance="cp-2"}': 3 } },
      ],
    );
  });

  it('what came first: one series of each sign', async () => {
    const flow = (metric: string) =>
      `apiserver_flowcontrol_${metric}{job="apiserver",instance="a",priority_level="l",flow_schema="f"}`;
    await ask(
      {
        'etcd_request_duration_seconds_sum{job="apiserver",operation="get"}': '0+60x60',
        'etcd_request_duration_seconds_count{job="apiserver",operation="get"}': '0+30x60',
        'up{job="etcd",instance="x"}': '1x20 0x40',
        [flow('rejected_requests_total')]: '0+15x60',
        [flow('current_executing_seats')]: '99x60',
        'apiserver_flowcontrol_current_limit_seats{job="apiserver",instance="a",priority_level="l"}': '100x60',
        'node_netstat_TcpExt_ListenOverflows{instance="10.0.0.1:9100"}': '0+60x60',
      },
      [
        { promql: onset.etcdMean, at: '20m', answer: { '{}': 2 } },
        { promql: onset.etcdSilent, at: '20m', answer: { '{}': 1 } },
        { promql: onset.etcdSilent, at: '9m', answer: {} },
        { promql: onset.rejected, at: '20m', answer: { '{}': 0.5 } },
        { promql: onset.seats, at: '20m', answer: { '{}': 0.99 } },
        { promql: onset.overflows, at: '20m', answer: { '{}': 2 } },
      ],
    );
  });

  it('Deployments that changed', async () => {
    const of = (deployment: string) =>
      `kube_deployment_status_observed_generation{namespace="shop",deployment="${deployment}"}`;
    const r = queries.rolloutFigures;
    await ask({ [of('cart')]: '3x20 4x40', [of('web')]: '7x60' }, [
      { promql: r.count, at: '20m', answer: { '{}': 1 } },
      { promql: r.changed, at: '20m', answer: { '{namespace="shop",deployment="cart"}': 1 } },
      { promql: r.known, at: '20m', answer: { '{}': 2 } },
    ]);
  });

  it('takes a job of API servers literally, and any with apiserver in its name where the alert is about a client', async () => {
    const count = (job: string | undefined, value: number) => ({
      promql: `count(up{${queries.apiJob(job)}})`,
      at: '0s',
      answer: { '{}': value },
    });
    const series = { 'up{job="apiserver"}': '1', 'up{job="kube-apiserver"}': '1', 'up{job="kubelet"}': '1' };
    await ask(series, [count('apiserver', 1), count('kubelet', 2), count(undefined, 2)]);
  });

  it('was asked figure by figure', () => {
    const tables = [
      etcd,
      queries.memberFigures,
      servers,
      queries.containerFigures,
      machines,
      onset,
      queries.rolloutFigures,
    ];
    expect(unasked(tables.flatMap((table) => Object.values(table)))).toEqual([]);
  });
});
