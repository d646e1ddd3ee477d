import { describe, expect, it } from 'vitest';
import {
  apiServerFigures,
  containerFigures,
  etcdFigures,
  etcdJob,
  machineFigures,
  nodeFigures,
  writerFigures,
} from '../../../runbooks/etcd-heartbeat/queries.ts';
import { together } from '../../../runbooks/evidence/figures.ts';
import { asker, withoutPromtool } from './promtool.ts';

/**
 * Every figure, put to the real query engine with series that make its difference. All series have samples ten seconds
 * apart; every question is asked at minute 20.
 */
const absent = withoutPromtool();
const { figure, ask, unasked } = asker();
const etcd = etcdFigures(etcdJob('etcd'));
const hosts = nodeFigures(['10.0.0.1', 'cp-2', '::1']);
const machines = machineFigures(['10.0.0.1', 'cp-2']);
const writing = writerFigures(['10.0.0.1', 'cp-2']);

describe.skipIf(absent)('the figures around etcd', () => {
  const inPod = 'namespace="kube-system",pod="etcd-cp-1",container="etcd"';
  const elsewhere = 'namespace="shop",pod="etcd-cache-1",container="etcd"';

  it('container: throttled of a container with a limit only; pressure; nobody else', () => {
    const series = {
      [`container_cpu_cfs_throttled_periods_total{${inPod}}`]: '0+41x120',
      [`container_cpu_cfs_periods_total{${inPod}}`]: '0+100x120',
      'container_cpu_cfs_throttled_periods_total{namespace="kube-system",pod="etcd-cp-2",container="etcd"}': '0x120',
      'container_cpu_cfs_periods_total{namespace="kube-system",pod="etcd-cp-2",container="etcd"}': '0x120',
      [`container_cpu_cfs_throttled_periods_total{${elsewhere}}`]: '0+99x120',
      [`container_cpu_cfs_periods_total{${elsewhere}}`]: '0+100x120',
      [`container_pressure_cpu_waiting_seconds_total{${inPod}}`]: '0+3x120',
      [`container_pressure_io_stalled_seconds_total{${inPod}}`]: '0+4.2x120',
    };

    figure(containerFigures.throttled, series, { 'pod="etcd-cp-1"': 0.41 });
    figure(containerFigures.cpuWaiting, series, { 'pod="etcd-cp-1"': 0.3 });
    figure(containerFigures.ioStalled, series, { 'pod="etcd-cp-1"': 0.42 });
  });

  it('answers: what is scraped on these machines, not an exporter elsewhere that probes them', () => {
    const series = {
      'up{job="etcd",instance="10.0.0.1:2381"}': '0x120',
      'up{job="node-exporter",instance="10.0.0.1:9100"}': '1x120',
      'up{job="kubelet",instance="cp-2"}': '1x120',
      'up{job="blackbox",instance="cp-2:22"}': '1x120',
      'probe_success{job="blackbox",instance="cp-2:22"}': '0x120',
      'up{job="node-exporter",instance="10.0.0.10:9100"}': '1x120',
    };

    figure(machines.answers, series, {
      'instance="10.0.0.1:2381"': 0,
      'instance="10.0.0.1:9100"': 1,
      'instance="cp-2"': 1,
    });
  });

  const cpu = (instance: string, mode: string, cpu: number) =>
    `node_cpu_seconds_total{job="node-exporter",instance="${instance}",mode="${mode}",cpu="${cpu}"}`;

  it('busy: neither idle nor waiting for the disk, over all CPUs; steal: what the hypervisor took', () => {
    // of each ten seconds on each of two CPUs: 4 idle, 5 waiting for the disk, 1 user
    const load = (instance: string) =>
      Object.fromEntries(
        [0, 1].flatMap((index) => [
          [cpu(instance, 'idle', index), '0+4x120'],
          [cpu(instance, 'iowait', index), '0+5x120'],
          [cpu(instance, 'user', index), '0+1x120'],
          [cpu(instance, 'steal', index), '0+2x120'],
        ]),
      );
    const series = {
      ...load('10.0.0.1:9100'),
      ...load('cp-2'),
      ...load('[::1]:9100'),
      ...load('10.0.0.11:9100'),
      ...load('xcp-2'),
    };
    const all = (value: number) => ({
      'instance="10.0.0.1:9100"': value,
      'instance="cp-2"': value,
      'instance="[::1]:9100"': value,
    });

    figure(hosts.busy, series, all(0.1));
    figure(hosts.steal, series, all(0.2));
  });

  it('diskBusy, diskQueue: by device, without the devices that are none', () => {
    const disk = (metric: string, device: string) => `${metric}{instance="cp-2",device="${device}"}`;
    const series = {
      [disk('node_disk_io_time_seconds_total', 'vda')]: '0+9.9x120',
      [disk('node_disk_io_time_weighted_seconds_total', 'vda')]: '0+340x120',
      [disk('node_disk_io_time_seconds_total', 'loop0')]: '0+10x120',
      [disk('node_disk_io_time_weighted_seconds_total', 'loop0')]: '0+10x120',
    };

    figure(hosts.diskBusy, series, { 'device="vda",instance="cp-2"': 0.99 });
    figure(hosts.diskQueue, series, { 'device="vda",instance="cp-2"': 34 });
  });

  it('written, together, onDisk: five pods of each machine, neither its other cgroups nor other machines', () => {
    const writes = (instance: string, pod: string, container: string) =>
      `container_fs_writes_bytes_total{instance="${instance}",namespace="n",pod="${pod}",container="${container}",device="/dev/vda"}`;
    const pods = ['a', 'b', 'c', 'd', 'e', 'f'];
    const series = {
      ...Object.fromEntries(pods.map((pod, index) => [writes('10.0.0.1:10250', pod, 'x'), `0+${10 + index}x120`])),
      [writes('10.0.0.1:10250', 'f', 'y')]: '0+5x120',
      [writes('10.0.0.1:10250', 'f', '')]: '0+20x120',
      'container_fs_writes_bytes_total{instance="10.0.0.1:10250",id="/",device="/dev/vda"}': '0+9999x120',
      [writes('cp-2', 'g', 'x')]: '0+70x120',
      [writes('10.0.0.11:10250', 'h', 'x')]: '0+90x120',
      'node_disk_written_bytes_total{instance="cp-2:9100",device="vda"}': '0+800x120',
      'node_disk_written_bytes_total{instance="cp-2:9100",device="vdb"}': '0+300x120',
      'node_disk_written_bytes_total{instance="cp-2:9100",device="loop0"}': '0+900x120',
    };
    const of = (instance: string, pod: string) => `instance="${instance}",namespace="n",pod="${pod}"`;

    figure(writing.written, series, {
      [of('10.0.0.1:10250', 'b')]: 1.1,
      [of('10.0.0.1:10250', 'c')]: 1.2,
      [of('10.0.0.1:10250', 'd')]: 1.3,
      [of('10.0.0.1:10250', 'e')]: 1.4,
      [of('10.0.0.1:10250', 'f')]: 2,
      [of('cp-2', 'g')]: 7,
    });
    figure(writing.together, series, { 'instance="10.0.0.1:10250"': 8, 'instance="cp-2"': 7 });
    figure(writing.onDisk, series, { 'instance="cp-2:9100"': 80 });
  });

  it('the API server: mean and errors by operation, the size it counts', () => {
    const server = 'job="apiserver",instance="x"';
    const series = {
      [`etcd_request_duration_seconds_sum{${server},operation="get",type="pods"}`]: '0+4x120',
      [`etcd_request_duration_seconds_count{${server},operation="get",type="pods"}`]: '0+10x120',
      [`etcd_request_duration_seconds_sum{${server},operation="delete",type="pods"}`]: '7x120',
      [`etcd_request_duration_seconds_count{${server},operation="delete",type="pods"}`]: '7x120',
      [`etcd_request_errors_total{${server},operation="get",type="pods"}`]: '0+1x120',
      [`etcd_requests_total{${server},operation="get",type="pods"}`]: '0+10x120',
      [`apiserver_storage_size_bytes{${server},storage_cluster_id="etcd-0"}`]: '5e7x120',
    };

    figure(apiServerFigures.mean, series, { 'operation="get"': 0.4 });
    figure(apiServerFigures.errors, series, { 'operation="get"': 0.1 });
    figure(apiServerFigures.storageBytes, series, { '': 5e7 });
  });
});

describe.skipIf(absent)('the questions as they are asked', () => {
  const tables = {
    ...etcd,
    container: containerFigures,
    node: nodeFigures(['cp-1']),
    writers: writerFigures(['cp-1']),
    apiServer: apiServerFigures,
  };

  it.each(Object.entries(tables))('%s: one query gives each figure under its name', (_, figures) => {
    const one = Object.fromEntries(Object.keys(figures).map((name, index) => [name, `vector(${index})`]));
    const answer = Object.keys(figures).map((name, index) => ({ labels: `{figure="${name}"}`, value: index }));

    ask({}, [{ promql: together(one), at: '0s', answer }]);
    ask({ up: '1' }, [{ promql: `count(${together(figures)})`, at: '0s', answer: [] }]);
  });

  it('take the job of the alert literally, and any job with etcd in its name without one', () => {
    const series = {
      'up{job="etcd"}': '1',
      'up{job="kube-etcd"}': '1',
      'up{job="e.cd"}': '1',
      'up{job="a\\"b\\\\c"}': '1',
    };
    const count = (job: string | undefined, value: number) => ({
      promql: `count(up{${etcdJob(job)}})`,
      at: '0s',
      answer: [{ labels: '{}', value }],
    });

    ask(series, [count(undefined, 2), count('kube-etcd', 1), count('e.cd', 1), count('a"b\\c', 1)]);
  });
});

describe.skipIf(absent)('the questions about the surroundings of etcd', () => {
  it('were all put to the engine, figure by figure', () => {
    expect(unasked([containerFigures, hosts, machines, writing, apiServerFigures])).toEqual([]);
  });
});
