import { describe, expect, it } from 'vitest';
import * as queries from '../../../runbooks/endpoint-flapping/queries.ts';
import { needs } from '../../harness/programs.ts';
import { asker } from '../../harness/promtool.ts';

const { ask, unasked } = asker();
const kubelet = { job: 'kubelet', instance: '10.0.0.3:10250' };
const kl = (name: string, labels = '') => `${name}{job="kubelet",instance="10.0.0.3:10250"${labels}}`;
const other = (name: string, labels = '') => `${name}{job="kubelet",instance="10.0.0.4:10250"${labels}}`;
const of = (figure: string, labels = '') => `{figure="${figure}"${labels}}`;
const klLabels = ',instance="10.0.0.3:10250",job="kubelet"';
const lease = (node: string) =>
  `kube_lease_renew_time{job="kube-state-metrics",namespace="kube-node-lease",lease="${node}"}`;
const ready = (node: string, status: string) =>
  `kube_node_status_condition{job="kube-state-metrics",node="${node}",condition="Ready",status="${status}"}`;
const pod = (metric: string, name: string, labels = '') =>
  `${metric}{job="kube-state-metrics",namespace="shop",pod="${name}"${labels}}`;
const web = [
  { namespace: 'shop', name: 'web-1' },
  { namespace: 'shop', name: 'web-2' },
  { namespace: 'shop', name: 'web-3' },
];

// Samples are 30 s apart, unless said otherwise; a counter that grows by 30 a sample grows by 1 a second.
describe.skipIf(needs('promtool'))('PromQL, in the real engine,', () => {
  it('measures the age of a lease when it was scraped, not when it is asked, and how far apart scrapes are', async () => {
    await ask(
      {
        // Renewed 5 s before each scrape; once not for 100 s.
        [lease('w3')]: '-5+30x37 1135x2 1225+30x40',
        [lease('w4')]: '-900+30x80',
        [ready('w3', 'unknown')]: '0x39 1 0x40',
        [ready('w3', 'false')]: '0x80',
        [ready('w4', 'unknown')]: '1x80',
      },
      [
        {
          promql: queries.heartbeatFigures('w3'),
          at: '10m20s',
          answer: {
            [of('leaseAge')]: 5,
            [of('leaseAgeLeast')]: 5,
            [of('scrapedEvery')]: 30,
            [of('unknown')]: 0,
            [of('notReady')]: 0,
          },
        },
        {
          promql: queries.heartbeatFigures('w3'),
          at: '20m10s',
          answer: {
            [of('leaseAge')]: 65,
            [of('leaseAgeLeast')]: 5,
            [of('scrapedEvery')]: 30,
            [of('unknown')]: 1,
            [of('notReady')]: 0,
          },
        },
        { promql: queries.heartbeatFigures('w9'), at: '20m', answer: {}, to: 0 },
      ],
    );
  });

  it('counts other nodes that come and go, as zero only where there are some to count', async () => {
    const flaps = '1x9 0 1x30 0 1x60';
    const bucket = (le: string, values: string) => ({
      [`apiserver_request_duration_seconds_bucket{job="apiserver",resource="leases",verb="PUT",le="${le}"}`]: values,
      [`node_collector_update_all_nodes_health_duration_seconds_bucket{job="kube-controller-manager",le="${le}"}`]:
        values,
    });
    await ask(
      {
        [ready('w3', 'true')]: flaps,
        [ready('w4', 'true')]: flaps,
        [ready('w5', 'true')]: '1x100',
        ...bucket('2', '0+98x100'),
        ...bucket('4', '0+100x100'),
        ...bucket('+Inf', '0+100x100'),
      },
      [
        {
          promql: queries.fleetFigures('w3'),
          at: '30m',
          answer: { [of('nodes')]: 3, [of('flapping')]: 1, [of('leaseUpdate')]: 3, [of('managerPass')]: 3 },
        },
      ],
    );
    await ask({ [ready('w3', 'true')]: flaps, [ready('w4', 'true')]: '1x100' }, [
      { promql: queries.fleetFigures('w3'), at: '30m', answer: { [of('nodes')]: 2, [of('flapping')]: 0 } },
    ]);
    // Silent since three minutes ago, since an hour ago, once more as it was before, and new.
    const others = { w4: '1x26 0x30', w5: '0x60', w6: flaps, w7: '0x3 1x60', w8: '1x26 0x30' };
    const lasting = Object.entries(others).map(([node, values]) => [ready(node, 'true'), values]);
    await ask({ [ready('w3', 'true')]: flaps, ...Object.fromEntries(lasting) }, [
      { promql: queries.fleetFigures('w3'), at: '30m', answer: { [of('nodes')]: 6, [of('flapping')]: 3 } },
    ]);
    await ask({ [ready('w3', 'true')]: flaps }, [
      { promql: queries.fleetFigures('w3'), at: '30m', answer: { [of('nodes')]: 1 } },
    ]);
  });

  it('tells a kubelet that stood still from one whose relists are slow, and counts calls without an answer', async () => {
    const relists = (metric: string, all: string, quick: string) => ({
      [kl(`kubelet_pleg_relist_${metric}_seconds_count`)]: all,
      [kl(`kubelet_pleg_relist_${metric}_seconds_bucket`, ',le="10"')]: quick,
      [kl(`kubelet_pleg_relist_${metric}_seconds_bucket`, ',le="+Inf"')]: all,
      [other(`kubelet_pleg_relist_${metric}_seconds_count`)]: '0+30x80',
    });
    const calls = (code: string, values: string) => ({ [kl('rest_client_requests_total', `,code="${code}"`)]: values });
    const operation = (le: string, values: string) => ({
      [kl('kubelet_runtime_operations_duration_seconds_bucket', `,operation_type="status",le="${le}"`)]: values,
    });
    const running = {
      [kl('kubelet_running_pods')]: '31x80',
      [kl('process_cpu_seconds_total')]: '0+15x80',
      [kl('kubelet_pleg_last_seen_seconds')]: '-2+30x80',
      ...operation('1', '0+100x80'),
      ...operation('+Inf', '0+100x80'),
    };
    const usual = {
      [of('runtime')]: 0.99,
      [of('pods', klLabels)]: 31,
      [of('cores', klLabels)]: 0.5,
      [of('plegAge', klLabels)]: 2,
    };
    await ask({ ...running }, [{ promql: queries.kubeletFigures(kubelet), at: '30m10s', to: 0.01, answer: usual }]);
    const relisted = {
      // Three of them began more than 10 s after the one before.
      ...relists('interval', '0+30x80', '0+30x30 927+30x49'),
      ...relists('duration', '0+30x80', '0+30x80'),
    };
    const counted = (late: number, unanswered: number) => ({
      [of('late', klLabels)]: late,
      [of('slow', klLabels)]: 0,
      [of('unanswered')]: unanswered,
    });
    const promql = queries.kubeletCounts(kubelet);
    await ask({ ...relisted, ...calls('200', '0+30x80'), ...calls('<error>', '0x30 2x50') }, [
      { promql, at: '15m10s', answer: counted(0, 0) },
      { promql, at: '15m40s', answer: counted(3, 2) },
      { promql, at: '30m10s', answer: counted(3, 2) },
    ]);
    // The first call ever that got no answer brings its series along.
    await ask({ ...relisted, ...calls('200', '0+30x80'), ...calls('<error>', '_x40 2x40') }, [
      { promql, at: '19m10s', answer: counted(3, 0) },
      { promql, at: '21m10s', answer: counted(3, 2) },
    ]);
    await ask({ ...calls('200', '0+30x80') }, [{ promql, at: '30m10s', answer: { [of('unanswered')]: 0 } }]);
    await ask({ [kl('process_cpu_seconds_total')]: '0+15x80' }, [
      { promql: queries.kubeletFigures(kubelet), at: '30m10s', answer: { [of('cores', klLabels)]: 0.5 } },
    ]);
  });

  it('tells pods that changed with their containers from those that changed without, and counts no others', async () => {
    const labels = (name: string) => `,namespace="shop",pod="${name}"`;
    await ask(
      {
        [pod('kube_pod_status_ready', 'web-1', ',condition="true"')]: '1x30 0 1x9 0 1x40',
        [pod('kube_pod_status_ready', 'web-1', ',condition="false"')]: '0x30 1 0x9 1 0x40',
        [pod('kube_pod_container_status_ready', 'web-1', ',container="web"')]: '1x80',
        [pod('kube_pod_container_status_restarts_total', 'web-1', ',container="web"')]: '4x80',
        [pod('kube_pod_status_ready', 'web-2', ',condition="true"')]: '1x30 0 1x50',
        [pod('kube_pod_container_status_ready', 'web-2', ',container="web"')]: '1x30 0 1x50',
        [pod('kube_pod_container_status_ready', 'web-2', ',container="mesh"')]: '1x80',
        [pod('kube_pod_container_status_restarts_total', 'web-2', ',container="web"')]: '4x30 5x50',
        // A sidecar that ends and starts is exported among the init containers.
        [pod('kube_pod_status_ready', 'web-3', ',condition="true"')]: '1x30 0 1x50',
        [pod('kube_pod_container_status_ready', 'web-3', ',container="web"')]: '1x80',
        [pod('kube_pod_container_status_restarts_total', 'web-3', ',container="web"')]: '4x80',
        [pod('kube_pod_init_container_status_ready', 'web-3', ',container="mesh"')]: '1x30 0 1x50',
        [pod('kube_pod_init_container_status_restarts_total', 'web-3', ',container="mesh"')]: '4x30 5x50',
        'prober_probe_total{job="kubelet",namespace="shop",pod="web-2",container="web",probe_type="Readiness",result="failed"}':
          '0x30 6x50',
        'prober_probe_total{job="kubelet",namespace="shop",pod="web-2",container="web",probe_type="Liveness",result="failed"}':
          '0+9x80',
        [pod('kube_pod_status_ready', 'web-22', ',condition="true"')]: '1x30 0 1x50',
      },
      [
        {
          promql: queries.podFigures(web),
          at: '30m10s',
          to: 1,
          answer: {
            [of('readyChanges', labels('web-1'))]: 4,
            [of('containerChanges', labels('web-1'))]: 0,
            [of('restarts', labels('web-1'))]: 0,
            [of('readyChanges', labels('web-2'))]: 2,
            [of('containerChanges', labels('web-2'))]: 2,
            [of('restarts', labels('web-2'))]: 1,
            [of('failedProbes', labels('web-2'))]: 6,
            [of('readyChanges', labels('web-3'))]: 2,
            [of('containerChanges', labels('web-3'))]: 2,
            [of('restarts', labels('web-3'))]: 1,
          },
        },
      ],
    );
  });

  it('leaves no expression out', () => {
    const all = [
      queries.heartbeatFigures('w3'),
      queries.fleetFigures('w3'),
      queries.kubeletFigures(kubelet),
      queries.kubeletCounts(kubelet),
      queries.podFigures(web),
    ];
    expect(Object.keys(queries)).toHaveLength(all.length);
    expect(unasked(all)).toEqual([]);
  });
});
