import { describe, it } from 'vitest';
import * as queries from '../../../runbooks/node-not-ready/queries.ts';
import { needs } from '../../harness/programs.ts';
import { promtool } from './promtool.ts';

const figure = (name: string) => `{figure="${name}"}`;

describe.skipIf(needs('prometheus'))('PromQL about all nodes, in the real engine,', () => {
  it('counts nodes that fell within the hour apart from those that have long been down', async () => {
    const ready = (node: string, instance = 'ksm') =>
      `kube_node_status_condition{node="${node}",condition="Ready",status="true",instance="${instance}"}`;
    await promtool(
      {
        [ready('long-down')]: '0x240',
        [ready('fell-1')]: '1x200 0x40',
        [ready('fell-2')]: '1x210 0x30',
        [ready('well')]: '1x240',
        // Two kube-state-metrics see the same node: still one node.
        [ready('well', 'ksm-2')]: '1x240',
        'up{job="kubelet",instance="10.0.0.1:10250",metrics_path="/metrics"}': '0x240',
        'up{job="kubelet",instance="10.0.0.1:10250",metrics_path="/metrics/cadvisor"}': '0x240',
        'up{job="kubelet",instance="10.0.0.2:10250"}': '1x240',
        'node_collector_unhealthy_nodes_in_zone{instance="a",zone="z1"}': '2x240',
        'node_collector_unhealthy_nodes_in_zone{instance="b",zone="z1"}': '0x240',
        'node_collector_unhealthy_nodes_in_zone{instance="a",zone="z2"}': '1x240',
      },
      [
        {
          expr: queries.fleet(),
          at: '118m',
          samples: {
            [figure('nodes')]: 4,
            [figure('notReady')]: 3,
            [figure('fellWithinHour')]: 2,
            [figure('sinceUnseen')]: 0,
            [figure('ageSeconds')]: 0,
            [figure('kubelets')]: 2,
            [figure('kubeletsDown')]: 1,
            [figure('unhealthyByController')]: 3,
          },
        },
      ],
    );
  });

  it('says zero where all is well, and nothing where nobody counts', async () => {
    const well = { 'kube_node_status_condition{node="a",condition="Ready",status="true"}': '1x240' };
    await promtool(well, [
      {
        expr: queries.fleet(),
        at: '118m',
        samples: {
          ...{ [figure('nodes')]: 1, [figure('notReady')]: 0, [figure('fellWithinHour')]: 0 },
          ...{ [figure('sinceUnseen')]: 0, [figure('ageSeconds')]: 0 },
        },
      },
    ]);
    await promtool({ 'up{job="apiserver",instance="a"}': '1x240' }, [
      { expr: queries.fleet(), at: '118m', samples: {} },
    ]);
  });

  describe('counts among the nodes that fell within the hour', () => {
    const ready = (node: string) => `kube_node_status_condition{node="${node}",condition="Ready",status="true"}`;
    const counted = (series: Record<string, string>, fell: number, unseen: number, nodes: number, down: number) =>
      promtool(series, [
        {
          expr: queries.fleet(),
          at: '118m',
          samples: {
            ...{ [figure('nodes')]: nodes, [figure('notReady')]: down, [figure('fellWithinHour')]: fell },
            ...{ [figure('sinceUnseen')]: unseen, [figure('ageSeconds')]: 0 },
          },
        },
      ]);

    it('one that joined within it', () =>
      counted({ [ready('old')]: '1x240', [ready('spot')]: '_x180 1x40 0x20' }, 1, 0, 2, 1));

    it('one that was Ready before and after a gap of Prometheus an hour ago', () =>
      counted({ [ready('old')]: '1x100 _x40 1x100', [ready('dead')]: '1x100 _x40 1x60 0x40' }, 1, 0, 2, 1));

    it('none of which nobody knows it: not counted before, and not Ready since', () =>
      counted({ [ready('old')]: '1x240', [ready('new')]: '_x200 0x40', [ready('long')]: '0x240' }, 0, 1, 3, 2));
  });

  it('reads the node of kube-state-metrics from exported_node, where it is scraped without honorLabels', async () => {
    const its = (node: string, status: string) =>
      `kube_node_status_condition{node="worker-3",exported_node="${node}",condition="Ready",status="${status}"}`;
    const series = {
      [its('worker-1', 'true')]: '1x200 0x40',
      [its('worker-2', 'true')]: '1x190 0x50',
      [its('worker-3', 'true')]: '1x240',
      [its('worker-1', 'unknown')]: '0x200 1x40',
      [its('worker-3', 'unknown')]: '0x240',
    };
    const fleet = {
      ...{ [figure('nodes')]: 3, [figure('notReady')]: 2, [figure('fellWithinHour')]: 2 },
      ...{ [figure('sinceUnseen')]: 0, [figure('ageSeconds')]: 0 },
    };
    const history = (ready: number, unknown: number, readinessChanges: number) => ({
      ...{ [figure('ready')]: ready, [figure('unknown')]: unknown, [figure('readinessChanges')]: readinessChanges },
    });
    await promtool(series, [
      { expr: queries.fleet(), at: '118m', samples: fleet },
      { expr: queries.nodeHistory('worker-1'), at: '118m', samples: history(0, 1, 1) },
      { expr: queries.nodeHistory('worker-3'), at: '118m', samples: history(1, 0, 0) },
    ]);
  });
});
