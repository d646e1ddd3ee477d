import { describe, expect, it } from 'vitest';
import * as queries from '../../../runbooks/disk-io/queries.ts';
import { exporterUp, kubeletUp, quoted } from '../../../runbooks/evidence/scrape-targets.ts';
import { needs } from '../../harness/programs.ts';
import { asker } from '../../harness/promtool.ts';

const { ask, unasked } = asker();
const exporter = { job: 'node-exporter', instance: '10.0.0.3:9100' };
const kubelet = { job: 'kubelet', instance: '10.0.0.3:10250' };
const ne = (name: string, labels = '') => `${name}{job="node-exporter",instance="10.0.0.3:9100"${labels}}`;
const other = (name: string, labels = '') => `${name}{job="node-exporter",instance="10.0.0.4:9100"${labels}}`;
const kl = (name: string, labels = '') => `${name}{job="kubelet",instance="10.0.0.3:10250"${labels}}`;
const of = (figure: string, labels = '') => `{figure="${figure}"${labels}}`;
const neLabels = ',instance="10.0.0.3:9100",job="node-exporter"';

// Samples are 30 s apart; a counter that grows by 30 a sample grows by 1 a second.
describe.skipIf(needs('promtool'))('PromQL, in the real engine,', () => {
  it('tells how busy each disk is, and how stalled the machine; not of partitions on top, nor of other machines', async () => {
    const vda = ',device="vda"';
    await ask(
      {
        [ne('node_disk_io_time_seconds_total', vda)]: '0+29.7x80',
        [ne('node_disk_io_time_weighted_seconds_total', vda)]: '0+3600x80',
        [ne('node_disk_written_bytes_total', vda)]: '0+1800x80',
        [ne('node_disk_read_bytes_total', vda)]: '0+30x80',
        [ne('node_disk_reads_completed_total', vda)]: '0+30x80',
        [ne('node_disk_writes_completed_total', vda)]: '0+60x80',
        [ne('node_disk_io_time_seconds_total', ',device="dm-0"')]: '0+30x80',
        [ne('node_disk_io_time_seconds_total', ',device="loop1"')]: '0+30x80',
        [other('node_disk_io_time_seconds_total', vda)]: '0+15x80',
        [ne('node_pressure_io_stalled_seconds_total')]: '0+18x80',
      },
      [
        {
          promql: queries.diskFigures(exporter),
          at: '20m',
          answer: {
            [of('busy', `${neLabels},device="vda"`)]: 0.99,
            [of('queue', `${neLabels},device="vda"`)]: 120,
            [of('written', `${neLabels},device="vda"`)]: 60,
            [of('read', `${neLabels},device="vda"`)]: 1,
            [of('requests', `${neLabels},device="vda"`)]: 3,
            [of('stalled', neLabels)]: 0.6,
          },
        },
      ],
    );
  });

  it('knows the most a disk moved within 6 hours, also when that is hours ago', async () => {
    const vda = ',device="vda"';
    await ask(
      {
        [ne('node_disk_written_bytes_total', vda)]: '0+3000x120 360000+30x480',
        [ne('node_disk_read_bytes_total', vda)]: '0+1200x120 144000+6x480',
        [ne('node_disk_writes_completed_total', vda)]: '0+300x120 36000+3x480',
        [ne('node_disk_reads_completed_total', vda)]: '0x600',
      },
      [
        {
          promql: queries.bestOfDisks(exporter),
          at: '5h',
          answer: {
            [of('written', `${neLabels},device="vda"`)]: 100,
            [of('read', `${neLabels},device="vda"`)]: 40,
            [of('requests', `${neLabels},device="vda"`)]: 10,
          },
        },
      ],
    );
  });

  it('knows which devices hold the data, and only what turned read-only, not what always was', async () => {
    const on = (device: string, at: string) => `,device="/dev/${device}",fstype="ext4",mountpoint="${at}"`;
    const [root, data, usr] = [on('vda1', '/'), on('vdb', '/var/lib/containerd'), on('dm-0', '/usr')] as const;
    const held = [root, data, on('vdd', '/var/lib/rancher'), on('vde', '/var/log/pods')];
    await ask(
      {
        ...Object.fromEntries(held.map((labels) => [ne('node_filesystem_size_bytes', labels), '5x80'])),
        [ne('node_filesystem_size_bytes', on('vdc', '/mnt/data'))]: '7x80',
        [ne('node_filesystem_size_bytes', ',device="tmpfs",fstype="tmpfs",mountpoint="/var/log"')]: '1x80',
        [ne('node_filesystem_readonly', root)]: '0x20 1x60',
        [ne('node_filesystem_readonly', usr)]: '1x80',
        [ne('node_filesystem_readonly', data)]: '0x80',
      },
      [
        {
          promql: queries.mountFigures(exporter),
          at: '30m',
          answer: {
            ...Object.fromEntries(held.map((labels) => [of('holdsData', `${neLabels}${labels}`), 5])),
            [of('turnedReadOnly', `${neLabels}${root}`)]: 1,
          },
        },
      ],
    );
  });

  it('counts CPU that waits for I/O as idle, and swap in bytes both ways', async () => {
    const mode = (name: string) => ne('node_cpu_seconds_total', `,mode="${name}",cpu="0"`);
    await ask(
      {
        [mode('idle')]: '0+6x80',
        [mode('iowait')]: '0+12x80',
        [mode('user')]: '0+12x80',
        [ne('node_vmstat_pswpin')]: '0+30x80',
        [ne('node_vmstat_pswpout')]: '0+60x80',
        [ne('node_memory_SwapTotal_bytes')]: '8000x80',
        [ne('node_memory_MemAvailable_bytes')]: '2x80',
        [ne('node_memory_MemTotal_bytes')]: '100x80',
      },
      [
        {
          promql: queries.machineFigures(exporter),
          at: '20m',
          answer: {
            [of('cpuBusy', ',instance="10.0.0.3:9100"')]: 0.4,
            [of('swapped', neLabels)]: 12_288,
            [of('swapBytes', neLabels)]: 8000,
            [of('memoryAvailable', neLabels)]: 0.02,
          },
        },
      ],
    );
  });

  it('names who writes by container, or by the pod alone where cAdvisor shows no more; never the runtime', async () => {
    const writes = (labels: string) => kl('container_fs_writes_bytes_total', labels);
    const vda = 'device="/dev/vda"';
    await ask(
      {
        [writes(`,namespace="shop",pod="db-0",container="db",${vda}`)]: '0+1500x80',
        [writes(`,namespace="shop",pod="db-0",container="sidecar",${vda}`)]: '0+300x80',
        [writes(`,namespace="shop",pod="db-0",container="",${vda}`)]: '0+9000x80',
        [writes(`,namespace="shop",pod="flood",container="",${vda}`)]: '0x80',
        [writes(`,namespace="",pod="",container="",id="/system.slice/containerd.service",${vda}`)]: '0+30000x80',
        [kl('container_fs_reads_bytes_total', `,namespace="shop",pod="db-0",container="db",${vda}`)]: '0+60x80',
      },
      [
        {
          promql: queries.writerFigures(kubelet),
          at: '20m',
          answer: {
            [of('written', `,namespace="shop",pod="db-0",${vda}`)]: 60,
            [of('written', `,namespace="shop",pod="flood",${vda}`)]: 0,
            [of('read', `,namespace="shop",pod="db-0",${vda}`)]: 2,
            [of('together', `,${vda}`)]: 60,
          },
        },
      ],
    );
  });

  it('shows large logs and counts all; nothing at once when the kubelet stops answering', async () => {
    const log = (pod: string) =>
      kl('kubelet_container_log_filesystem_used_bytes', `,namespace="shop",pod="${pod}",container="c",uid="u"`);
    const labels = ',container="c",instance="10.0.0.3:10250",job="kubelet",namespace="shop",pod="flood",uid="u"';
    await ask({ [log('flood')]: '4096x20 399056896x20 stale', [log('web')]: '4096x40 stale' }, [
      { promql: queries.logFigures(kubelet), at: '5m', answer: { [of('seen')]: 2 } },
      {
        promql: queries.logFigures(kubelet),
        at: '15m',
        answer: { [of('size', labels)]: 399_056_896, [of('seen')]: 2 },
      },
      { promql: queries.logFigures(kubelet), at: '21m', answer: {} },
    ]);
  });

  it('counts pulls apart from other calls, and by the size of the image; before the first there are only those', async () => {
    const call = (name: string, operation: string) => kl(name, `,operation_type="${operation}"`);
    const duration = 'kubelet_runtime_operations_duration_seconds';
    await ask(
      {
        [call(`${duration}_count`, 'pull_image')]: '_x20 3x40',
        [call(`${duration}_sum`, 'pull_image')]: '_x20 210x40',
        [call(`${duration}_count`, 'status')]: '0+9x60',
        [kl('kubelet_image_pull_duration_seconds_count', ',image_size_in_bytes="1GB-5GB"')]: '_x20 3x40',
      },
      [
        { promql: queries.pullFigures(kubelet), at: '5m', answer: { [of('seen')]: 90 } },
        {
          promql: queries.pullFigures(kubelet),
          at: '20m',
          answer: {
            [of('ended')]: 3,
            [of('seconds')]: 210,
            [of('seen')]: 363,
            [of('sizes', ',image_size_in_bytes="1GB-5GB"')]: 3,
          },
        },
      ],
    );
  });

  it('knows the oldest the lease was within a minute, at the moment of each scrape, and a short NotReady', async () => {
    const lease = 'kube_lease_renew_time{namespace="kube-node-lease",lease="worker-3"}';
    const ready = 'kube_node_status_condition{node="worker-3",condition="Ready",status="true"}';
    await ask({ [lease]: '-5+30x38 1135 1135 1195+30x20', [ready]: '1x38 0 1x40' }, [
      { promql: queries.heartbeatFigures('worker-3'), at: '15m', answer: { [of('leaseAge')]: 5, [of('ready')]: 1 } },
      { promql: queries.heartbeatFigures('worker-3'), at: '20m', answer: { [of('leaseAge')]: 65, [of('ready')]: 0 } },
      { promql: queries.heartbeatFigures('worker-4'), at: '20m', answer: {}, to: 0 },
    ]);
  });

  it('knows the slowest scrape of any path of this kubelet, and whether one failed', async () => {
    const path = (name: string) => kl('scrape_duration_seconds', `,metrics_path="${name}"`);
    await ask(
      {
        [path('/metrics')]: '0.02x60',
        [path('/metrics/cadvisor')]: '0.5x30 22 0.5x30',
        [kl('up', ',metrics_path="/metrics"')]: '1x30 0 1x30',
        [kl('up', ',metrics_path="/metrics/cadvisor"')]: '1x61',
        'scrape_duration_seconds{job="kubelet",instance="10.0.0.4:10250"}': '90x60',
        [ne('scrape_duration_seconds')]: '80x60',
      },
      [
        { promql: queries.scrapeFigures(kubelet), at: '10m', answer: { [of('seconds')]: 0.5, [of('up')]: 1 } },
        { promql: queries.scrapeFigures(kubelet), at: '15m30s', answer: { [of('seconds')]: 22, [of('up')]: 0 } },
      ],
    );
  });

  it('counts other nodes that came and went, zero only where there are some; and how long a lease takes to store', async () => {
    const ready = (node: string) => `kube_node_status_condition{node="${node}",condition="Ready",status="true"}`;
    const bucket = (le: string) =>
      `apiserver_request_duration_seconds_bucket{job="apiserver",resource="leases",verb="PUT",le="${le}"}`;
    await ask(
      {
        [ready('worker-3')]: '1x20 0 0 1x5 0 0 1x60',
        [ready('worker-1')]: '1x20 0 0 1x60',
        [ready('worker-2')]: '1x80',
        [ready('worker-4')]: '1x54 0x40',
        [bucket('0.005')]: '0+99x80',
        [bucket('2')]: '0+100x80',
        [bucket('+Inf')]: '0+100x80',
      },
      [
        {
          promql: queries.fleetFigures('worker-3'),
          at: '30m',
          answer: { [of('nodes')]: 4, [of('flapping')]: 2, [of('leaseUpdate')]: 0.005 },
        },
        {
          promql: queries.fleetFigures('worker-1'),
          at: '8m',
          answer: { [of('nodes')]: 4, [of('flapping')]: 0, [of('leaseUpdate')]: 0.005 },
        },
      ],
    );
  });

  it('finds kubelet and node_exporter of the node by what each set-up labels them', async () => {
    const up = (labels: string) => `up{${labels}}`;
    await ask(
      {
        [up('job="kubelet",instance="10.0.0.3:10250",node="worker-3",metrics_path="/metrics"')]: '1x60',
        [up('job="kubelet",instance="10.0.0.4:10250",node="worker-4"')]: '1x60',
        [up('job="node-exporter",instance="10.0.0.3:9100"')]: '0x60',
        [up('job="node-exporter",instance="10.0.0.4:9100"')]: '1x60',
        [up('job="prometheus",instance="10.0.0.3:9090"')]: '1x60',
        [up('job="kubelet-old",instance="10.0.0.9:10250"')]: '1x60',
        'kubelet_node_name{job="kubelet-old",instance="10.0.0.9:10250",node="worker-9"}': '1x60',
      },
      [
        {
          promql: kubeletUp('worker-3'),
          at: '10m',
          answer: { '{job="kubelet",instance="10.0.0.3:10250",node="worker-3",metrics_path="/metrics"}': 1 },
        },
        { promql: kubeletUp('worker-9'), at: '10m', answer: { '{job="kubelet-old",instance="10.0.0.9:10250"}': 1 } },
        {
          promql: exporterUp('worker-3'),
          at: '10m',
          answer: { '{job="node-exporter",instance="10.0.0.3:9100",address="10.0.0.3"}': 0 },
        },
        { promql: kubeletUp('worker"7'), at: '10m', answer: {}, to: 0 },
      ],
    );
    expect(quoted('a"b')).toBe('"a\\"b"');
  });

  it('has asked every query', () => {
    const all = [
      queries.diskFigures(exporter),
      queries.bestOfDisks(exporter),
      queries.mountFigures(exporter),
      queries.machineFigures(exporter),
      queries.writerFigures(kubelet),
      queries.logFigures(kubelet),
      queries.pullFigures(kubelet),
      queries.heartbeatFigures('worker-3'),
      queries.scrapeFigures(kubelet),
      queries.fleetFigures('worker-3'),
      kubeletUp('worker-3'),
      exporterUp('worker-3'),
    ];
    expect(unasked(all)).toEqual([]);
  });
});
