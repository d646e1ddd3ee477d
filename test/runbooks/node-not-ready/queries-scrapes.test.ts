import { describe, it } from 'vitest';
import * as queries from '../../../runbooks/node-not-ready/queries.ts';
import { needs } from '../../harness/programs.ts';
import { promtool, type Series } from './promtool.ts';

const ofKubelet = 'job="kubelet",instance="10.0.0.3:10250"';
/** The figure beside `up` of the same target. */
const age = (up: string) => up.replace(/^up\{(.*)\}$/, '{$1,figure="ageSeconds"}');
const ofExporter = 'job="node-exporter",instance="10.0.0.3:9100"';

describe.skipIf(needs('prometheus'))('PromQL, in the real engine,', () => {
  describe('finds the scrapes of the kubelet', () => {
    const expr = queries.kubeletScrapes('worker-3');

    it('by the label node, path by path, and no other node', async () => {
      const path = (name: string) => `job="kubelet",instance="10.0.0.3:10250",metrics_path="${name}",node="worker-3"`;
      await promtool(
        {
          [`up{${path('/metrics')}}`]: '0x10',
          [`scrape_duration_seconds{${path('/metrics')}}`]: '10x10',
          [`up{${path('/metrics/cadvisor')}}`]: '1x10',
          'up{job="kubelet",instance="10.0.0.4:10250",node="worker-4"}': '1x10',
          'up{job="node-exporter",instance="10.0.0.3:9100",node="worker-3"}': '1x10',
        },
        [
          {
            expr,
            at: '5m',
            samples: {
              [`up{${path('/metrics')}}`]: 0,
              [`scrape_duration_seconds{${path('/metrics')}}`]: 10,
              [`up{${path('/metrics/cadvisor')}}`]: 1,
              [age(`up{${path('/metrics')}}`)]: 0,
              [age(`up{${path('/metrics/cadvisor')}}`)]: 0,
            },
          },
        ],
      );
    });

    it('by an instance that is the name of the node', async () => {
      const up = 'up{job="kubernetes-nodes-cadvisor",instance="worker-3"}';
      await promtool({ [up]: '1x10', 'up{job="kubernetes-nodes",instance="worker-4"}': '1x10' }, [
        { expr, at: '5m', samples: { [up]: 1, [age(up)]: 0 } },
      ]);
    });

    it('by the name it reported, also after it has stopped reporting', async () => {
      const up = `up{${ofKubelet}}`;
      await promtool(
        {
          [up]: '1x20 0x40',
          [`kubelet_node_name{${ofKubelet},node="worker-3"}`]: '1x20 stale',
          'up{job="kubelet",instance="10.0.0.4:10250"}': '1x60',
          'kubelet_node_name{job="kubelet",instance="10.0.0.4:10250",node="worker-4"}': '1x60',
        },
        [{ expr, at: '25m', samples: { [up]: 0, [age(up)]: 0 } }],
      );
    });

    it('with the time that passed since each, while the answer is still given', async () => {
      const ups = {
        metrics: `up{${ofKubelet},node="worker-3"}`,
        named: 'up{job="kubernetes-nodes",instance="worker-3"}',
      };
      const series = { [ups.metrics]: '1x6', [ups.named]: '1x8' };
      const samples = { [ups.metrics]: 1, [age(ups.metrics)]: 120, [ups.named]: 1, [age(ups.named)]: 60 };
      await promtool(series, [{ expr, at: '5m', samples }]);
    });

    it("by the jobs of Grafana's chart", async () => {
      const up = 'up{job="integrations/kubernetes/kubelet",instance="worker-3"}';
      await promtool({ [up]: '1x10', 'up{job="integrations/kubernetes/probes",instance="worker-3"}': '1x10' }, [
        { expr, at: '5m', samples: { [up]: 1, [age(up)]: 0 } },
      ]);
    });

    it('of a node whose name is no name at all', async () => {
      await promtool({ 'up{job="kubelet",instance="a",node="worker-3"}': '1x10' }, [
        { expr: queries.kubeletScrapes('"} or up{node=~".*'), at: '5m', samples: {} },
        { expr: queries.kubeletScrapes('back\\slash\nand line'), at: '5m', samples: {} },
      ]);
    });
  });

  describe('finds the scrapes of node_exporter', () => {
    const expr = queries.exporterScrapes('worker-3');
    const cases: Record<string, { series: Series; found: string }> = {
      'by the label node': { series: {}, found: 'up{job="node-exporter",instance="10.0.0.3:9100",node="worker-3"}' },
      'by an instance that is the name of the node': {
        series: {},
        found: 'up{job="node-exporter",instance="worker-3"}',
      },
      'by the label nodename': { series: {}, found: 'up{job="node",instance="10.0.0.3:9100",nodename="worker-3"}' },
      'by its pod': {
        series: { 'kube_pod_info{namespace="monitoring",pod="exporter-x7",node="worker-3"}': '1x10' },
        found: 'up{job="node-exporter",instance="10.0.0.3:9100",namespace="monitoring",pod="exporter-x7"}',
      },
      'by the host name it reported': {
        series: { 'node_uname_info{job="node_exporter",instance="host3:9100",nodename="worker-3"}': '1x10' },
        found: 'up{job="node_exporter",instance="host3:9100"}',
      },
    };
    for (const [how, { series, found }] of Object.entries(cases)) {
      it(how, async () => {
        const others = {
          'up{job="node-exporter",instance="10.0.0.4:9100",node="worker-4",nodename="worker-4",namespace="monitoring",pod="exporter-y8"}':
            '1x10',
        };
        await promtool({ ...series, ...others, [found]: '1x10' }, [
          { expr, at: '5m', samples: { [found]: 1, [age(found)]: 0 } },
        ]);
      });
    }

    it('by the address it shares with the kubelet, also when neither answers', async () => {
      await promtool(
        {
          'up{job="kubelet",instance="10.0.0.3:10250",node="worker-3"}': '0x10',
          [`up{${ofExporter}}`]: '0x10',
          [`scrape_duration_seconds{${ofExporter}}`]: '10x10',
          'up{job="node-exporter",instance="10.0.0.33:9100"}': '1x10',
        },
        [
          {
            expr,
            at: '5m',
            samples: {
              [`up{${ofExporter},address="10.0.0.3"}`]: 0,
              [`scrape_duration_seconds{${ofExporter},address="10.0.0.3"}`]: 10,
              [age(`up{${ofExporter},address="10.0.0.3"}`)]: 0,
            },
          },
        ],
      );
    });
  });
});
