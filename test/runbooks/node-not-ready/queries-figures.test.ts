import { describe, it } from 'vitest';
import * as queries from '../../../runbooks/node-not-ready/queries.ts';
import { needs } from '../../harness/programs.ts';
import { promtool, type Series } from './promtool.ts';

const kubelet = { job: 'kubelet', instance: '10.0.0.3:10250' };
const exporter = { job: 'node-exporter', instance: '10.0.0.3:9100' };
const ofKubelet = 'job="kubelet",instance="10.0.0.3:10250"';
const ofExporter = 'job="node-exporter",instance="10.0.0.3:9100"';
/** Rates and increases are extrapolated: the last digits are of no interest. */
const rounded = (expr: string) => `round(${expr}, 0.001)`;
const figure = (name: string, labels = '') => `{figure="${name}"${labels && `,${labels}`}}`;

describe.skipIf(needs('prometheus'))('PromQL, in the real engine,', () => {
  describe("tells of the kubelet's runtime", () => {
    const expr = rounded(queries.kubeletFigures(kubelet));
    const calls = (name: string, operation: string) => `${name}{${ofKubelet},operation_type="${operation}"}`;
    const well: Series = {
      [`kubelet_pleg_last_seen_seconds{${ofKubelet}}`]: '-1+30x120',
      [`kubelet_pleg_relist_duration_seconds_count{${ofKubelet}}`]: '0+30x120',
      [`kubelet_pleg_relist_duration_seconds_bucket{${ofKubelet},le="10"}`]: '0+30x120',
      [calls('kubelet_runtime_operations_total', 'list_podsandbox')]: '0+30x120',
      [calls('kubelet_runtime_operations_total', 'status')]: '0+6x120',
      [`process_start_time_seconds{${ofKubelet}}`]: '100x120',
    };

    it('that is well: seen a second ago, nothing failed', async () => {
      await promtool(well, [
        {
          expr,
          at: '40m',
          samples: {
            [figure('plegAgeSeconds', ofKubelet)]: 1,
            [figure('plegMoves', ofKubelet)]: 4,
            [figure('slowRelists', ofKubelet)]: 0,
            [figure('runtimeCallsPerSecond')]: 1.2,
            [figure('restarts', ofKubelet)]: 0,
          },
        },
      ]);
    });

    it('that is well, while probes fail, images are not pulled and no network is made: none of that is the runtime', async () => {
      const others = ['exec_sync', 'exec', 'pull_image', 'remove_image', 'run_podsandbox', 'container_status'];
      const failing = others.flatMap((operation) => [
        [calls('kubelet_runtime_operations_total', operation), '0+90x120'],
        [calls('kubelet_runtime_operations_errors_total', operation), '0+90x120'],
      ]);
      const ofCalls = `${expr} and on (figure) label_replace(vector(1), "figure", "runtimeCallsPerSecond", "", "")`;
      const ofErrors = `${expr} and on (figure) label_replace(vector(1), "figure", "runtimeErrorsPerSecond", "", "")`;
      await promtool({ ...well, ...Object.fromEntries(failing) }, [
        { expr: ofCalls, at: '40m', samples: { [figure('runtimeCallsPerSecond')]: 1.2 } },
        { expr: ofErrors, at: '40m', samples: {} },
      ]);
    });

    it('that is gone: every call fails, and nothing has been seen for 5 minutes', async () => {
      const gone = {
        ...well,
        [`kubelet_pleg_last_seen_seconds{${ofKubelet}}`]: '-1+30x70 2100x50',
        [calls('kubelet_runtime_operations_errors_total', 'list_podsandbox')]: '0x70 0+30x50',
      };
      await promtool(gone, [
        {
          expr,
          at: '40m',
          samples: {
            [figure('plegAgeSeconds', ofKubelet)]: 300,
            [figure('plegMoves', ofKubelet)]: 0,
            [figure('slowRelists', ofKubelet)]: 0,
            [figure('runtimeCallsPerSecond')]: 1.2,
            [figure('runtimeErrorsPerSecond')]: 1,
            [figure('restarts', ofKubelet)]: 0,
          },
        },
      ]);
    });

    it('whose relists take longer than 10 s, in the notation of Prometheus 3 as well; restarted twice', async () => {
      const slow = {
        [`kubelet_pleg_relist_duration_seconds_count{${ofKubelet}}`]: '0+2x120',
        [`kubelet_pleg_relist_duration_seconds_bucket{${ofKubelet},le="10.0"}`]: '0+1x120',
        [`kubelet_pleg_relist_duration_seconds_bucket{${ofKubelet},le="+Inf"}`]: '0+2x120',
        [`process_start_time_seconds{${ofKubelet}}`]: '100x40 200x40 300x40',
      };
      await promtool(slow, [
        { expr, at: '40m', samples: { [figure('slowRelists', ofKubelet)]: 20, [figure('restarts', ofKubelet)]: 1 } },
        { expr, at: '41m', samples: { [figure('slowRelists', ofKubelet)]: 20, [figure('restarts', ofKubelet)]: 2 } },
      ]);
    });
  });

  it('counts how the API server answers the kubelet, and still knows 401s after its metrics are gone', async () => {
    const calls = (code: string, method = 'GET') =>
      `rest_client_requests_total{${ofKubelet},code="${code}",method="${method}"}`;
    const series = {
      [calls('200')]: '0+15x60 stale',
      [calls('200', 'PUT')]: '0+3x60 stale',
      [calls('401')]: '0x40 0+30x20 stale',
      [calls('<error>')]: '0x40 0+6x20 stale',
      [calls('503')]: '0+3x60 stale',
      'rest_client_requests_total{job="kubelet",instance="10.0.0.4:10250",code="401",method="GET"}': '0+60x120',
    };
    const expr = rounded(queries.apiCalls(kubelet));
    await promtool(series, [
      {
        expr,
        at: '30m',
        samples: {
          [figure('all')]: 1944,
          [figure('refused')]: 570,
          [figure('refusedPerSecond')]: 1,
          [figure('succeededPerSecond')]: 0.6,
          [figure('unansweredPerSecond')]: 0.2,
          [figure('refusedAtLast')]: 1,
          [figure('succeededAtLast')]: 0.6,
          [figure('brokenPerSecond')]: 0.1,
        },
      },
    ]);
    // Ten minutes after the last scrape only the half-hour windows still hold something.
    const refused = `round(${queries.apiCalls(kubelet)}, 100) and on (figure) label_replace(vector(1), "figure", "refused", "", "")`;
    await promtool(series, [{ expr: refused, at: '40m', samples: { [figure('refused')]: 600 } }]);
    await promtool(series, [{ expr, at: '90m', samples: {} }]);
  });

  it('keeps the last rate of calls without an answer for half an hour, and zero of one that had none', async () => {
    const calls = (code: string) => `rest_client_requests_total{${ofKubelet},code="${code}",method="GET"}`;
    const expr = `${rounded(queries.apiCalls(kubelet))} and on (figure) label_replace(vector(1), "figure", "unansweredPerSecond", "", "")`;
    const told = (value: number) => ({ [figure('unansweredPerSecond')]: value });
    const cutOff = { [calls('200')]: '0+15x40 600x2 stale', [calls('<error>')]: '0x40 0+6x2 stale' };
    await promtool(cutOff, [
      { expr, at: '25m', samples: told(0.2) },
      { expr, at: '45m', samples: told(0.2) },
      { expr, at: '54m', samples: {} },
    ]);
    const mended = { [calls('200')]: '0+15x60', [calls('<error>')]: '0x20 0+6x5 30x35' };
    await promtool(mended, [{ expr, at: '25m', samples: told(0) }]);
    await promtool({ [calls('200')]: '0+15x60' }, [{ expr, at: '25m', samples: told(0) }]);
  });

  it('keeps until when its certificate is good, and leaves out the infinity that an expired one gives', async () => {
    const expr = `${queries.apiCalls(kubelet)} and on (figure) label_replace(vector(1), "figure", "certificateEndsAt", "", "")`;
    const told = (value: number) => ({ [figure('certificateEndsAt')]: value });
    const ttl = `kubelet_certificate_manager_client_ttl_seconds{${ofKubelet}}`;
    await promtool({ [ttl]: `600-30x20${' +Inf'.repeat(20)}` }, [
      { expr, at: '5m', samples: told(600) },
      { expr, at: '18m', samples: told(600) },
      { expr, at: '50m', samples: {} },
    ]);
    await promtool({ [ttl]: '+Inf '.repeat(40) }, [{ expr, at: '5m', samples: {} }]);
  });

  it('counts requests with an expired certificate at the API servers only', async () => {
    const bucket = (job: string, bound: string) =>
      `apiserver_client_certificate_expiration_seconds_bucket{job="${job}",instance="a",le="${bound}"}`;
    await promtool(
      {
        [bucket('apiserver', '0')]: '0+60x20',
        [bucket('kube-apiserver', '0.0')]: '0+30x20',
        [bucket('apiserver', '1800')]: '0+600x20',
        [bucket('kubelet', '0')]: '0+600x20',
      },
      [{ expr: rounded(queries.expiredCertificates()), at: '9m', samples: { [figure('perSecond')]: 3 } }],
    );
    await promtool({ [bucket('kubelet', '0')]: '0+600x20' }, [
      { expr: queries.expiredCertificates(), at: '9m', samples: {} },
    ]);
  });

  it('remembers lease and readiness of this node', async () => {
    const lease = (name: string) => `kube_lease_renew_time{namespace="kube-node-lease",lease="${name}"}`;
    const ready = (status: string) =>
      `kube_node_status_condition{node="worker-3",condition="Ready",status="${status}"}`;
    const expr = rounded(queries.nodeHistory('worker-3'));
    await promtool(
      {
        // Behind by 600 s, and renewed before every scrape.
        [lease('worker-3')]: '-605+30x120',
        [lease('worker-4')]: '-5+30x20 595x100',
        [ready('true')]: '1x70 0 1 0 1x47',
        [ready('unknown')]: '0x70 1 0 1 0x47',
      },
      [
        {
          expr,
          at: '40m',
          samples: {
            [figure('leaseAgeSeconds')]: 605,
            [figure('leaseMoves')]: 4,
            [figure('leaseOldestSeconds')]: 605,
            [figure('leaseNewestSeconds')]: 605,
            [figure('ready')]: 1,
            [figure('unknown')]: 0,
            [figure('readinessChanges')]: 4,
          },
        },
        {
          expr: rounded(queries.nodeHistory('worker-4')),
          at: '13m',
          samples: {
            [figure('leaseAgeSeconds')]: 185,
            [figure('leaseMoves')]: 0,
            [figure('leaseOldestSeconds')]: 185,
            [figure('leaseNewestSeconds')]: 5,
          },
        },
        { expr: queries.nodeHistory('worker-5'), at: '40m', samples: {} },
      ],
    );
  });

  it('tells of the machine: boot, clock, I/O, memory and its fullest disk', async () => {
    const disk = (name: string, mount: string, type = 'ext4') =>
      `${name}{${ofExporter},device="${mount}",mountpoint="${mount}",fstype="${type}"}`;
    await promtool(
      {
        [`node_boot_time_seconds{${ofExporter}}`]: '100x40',
        [`node_time_seconds{${ofExporter}}`]: '-95+30x40',
        [`node_pressure_io_stalled_seconds_total{${ofExporter}}`]: '0+18x40',
        [`node_memory_MemAvailable_bytes{${ofExporter}}`]: '250x40',
        [`node_memory_MemTotal_bytes{${ofExporter}}`]: '1000x40',
        [disk('node_filesystem_avail_bytes', '/')]: '500x40',
        [disk('node_filesystem_size_bytes', '/')]: '1000x40',
        [disk('node_filesystem_avail_bytes', '/var/lib/containerd')]: '40x40',
        [disk('node_filesystem_size_bytes', '/var/lib/containerd')]: '1000x40',
        [disk('node_filesystem_avail_bytes', '/run', 'tmpfs')]: '0x40',
        [disk('node_filesystem_size_bytes', '/run', 'tmpfs')]: '1000x40',
        'node_time_seconds{job="node-exporter",instance="10.0.0.4:9100"}': '0+30x40',
        [`node_scrape_collector_success{${ofExporter},collector="systemd"}`]: '1x20 0x20',
        [`node_scrape_collector_success{${ofExporter},collector="cpu"}`]: '1x40',
        [`node_systemd_version{${ofExporter},version="219"}`]: '219x20 _x20',
      },
      [
        {
          expr: rounded(queries.machineFigures(exporter)),
          at: '15m',
          samples: {
            [figure('bootedAt', ofExporter)]: 100,
            [figure('clockOffsetSeconds', ofExporter)]: -95,
            [figure('ioStalledShare', ofExporter)]: 0.6,
            [figure('memoryAvailableShare', ofExporter)]: 0.25,
            [figure('memoryAvailableAtLast')]: 0.25,
            [figure('memoryToldSecondsAgo')]: 0,
            [figure('diskAvailableShare')]: 0.04,
            [figure('systemdAnswers')]: 0,
            [figure('systemdAnswered')]: 1,
            [figure('systemdVersion')]: 219,
          },
        },
      ],
    );
  });

  it('tells what memory a machine had when it was last scraped, within half an hour', async () => {
    await promtool(
      {
        [`node_memory_MemAvailable_bytes{${ofExporter}}`]: '500x9 12x10 stale _x60',
        [`node_memory_MemTotal_bytes{${ofExporter}}`]: '1000x19 stale _x60',
        [`node_pressure_memory_stalled_seconds_total{${ofExporter}}`]: '0x9 27+27x9 stale _x60',
        'node_memory_MemAvailable_bytes{job="node-exporter",instance="10.0.0.4:9100"}': '900x90',
      },
      [
        {
          expr: rounded(queries.machineFigures(exporter)),
          at: '15m',
          samples: {
            [figure('memoryAvailableAtLast')]: 0.012,
            [figure('memoryStalledAtLast')]: 0.9,
            [figure('memoryToldSecondsAgo')]: 300,
          },
        },
        { expr: queries.machineFigures(exporter), at: '42m', samples: {} },
      ],
    );
  });
});
