import { describe, expect, it } from 'vitest';
import { kubeletTarget, kubeletUp } from '../../runbooks/evidence/scrape-targets.ts';
import { needs } from '../harness/programs.ts';
import { asker } from '../harness/promtool.ts';

/** How each set-up labels the two endpoints of the kubelet of worker-3: its own figures, and the cAdvisor in it. */
const setUps: Readonly<Record<string, readonly [own: Labels, cadvisor: Labels]>> = {
  'kube-prometheus, its Helm chart, OpenShift': [
    { job: 'kubelet', instance: '10.0.0.3:10250', node: 'worker-3', metrics_path: '/metrics' },
    { job: 'kubelet', instance: '10.0.0.3:10250', node: 'worker-3', metrics_path: '/metrics/cadvisor' },
  ],
  "Prometheus' example of a configuration": [
    { job: 'kubernetes-nodes', instance: 'worker-3' },
    { job: 'kubernetes-cadvisor', instance: 'worker-3' },
  ],
  'the chart prometheus': [
    { job: 'kubernetes-nodes', instance: 'worker-3' },
    { job: 'kubernetes-nodes-cadvisor', instance: 'worker-3' },
  ],
  'the README of kubernetes-mixin': [
    { job: 'kubernetes-kubelet', instance: 'worker-3' },
    { job: 'kubernetes-cadvisor', instance: 'worker-3' },
  ],
  "Azure's managed Prometheus": [
    { job: 'kubelet', instance: 'worker-3' },
    { job: 'cadvisor', instance: 'worker-3' },
  ],
  "Grafana's k8s-monitoring": [
    { job: 'integrations/kubernetes/kubelet', instance: 'worker-3' },
    { job: 'integrations/kubernetes/cadvisor', instance: 'worker-3' },
  ],
  "Google's managed Prometheus": [
    { job: 'kubelet', instance: 'worker-3:metrics', node: 'worker-3' },
    { job: 'kubelet', instance: 'worker-3:cadvisor', node: 'worker-3' },
  ],
  "Google's, by a ClusterNodeMonitoring": [
    { job: 'gmp-kubelet-metrics', instance: 'worker-3:metrics', node: 'worker-3' },
    { job: 'gmp-kubelet-cadvisor', instance: 'worker-3:cadvisor/metrics', node: 'worker-3' },
  ],
};
type Labels = Readonly<Record<string, string>>;

const inBraces = (labels: Labels) =>
  `{${Object.entries(labels)
    .map(([name, value]) => `${name}=${JSON.stringify(value)}`)
    .join(',')}}`;

describe.each(Object.entries(setUps))('the kubelet of a node, as scraped by %s,', (_, [own, cadvisor]) => {
  const { ask } = asker();

  it.skipIf(needs('promtool'))('is found by both of its endpoints', async () => {
    const others = [
      {
        job: 'cadvisor',
        instance: '10.244.3.7:8080',
        node: 'worker-3',
        namespace: 'monitoring',
        pod: 'cadvisor-x7k2p',
      },
      { job: 'kubelet-csr-approver', instance: '10.244.3.9:8080', node: 'worker-3', pod: 'kubelet-csr-approver-5f' },
      { job: 'node-exporter', instance: '10.0.0.3:9100', node: 'worker-3' },
    ];
    await ask(Object.fromEntries([own, cadvisor, ...others].map((labels) => [`up${inBraces(labels)}`, '1x60'])), [
      { promql: kubeletUp('worker-3'), at: '10m', answer: { [inBraces(own)]: 1, [inBraces(cadvisor)]: 1 } },
    ]);
  });

  it('has a target for its own figures, and one for those of cAdvisor', async () => {
    const query = async () => [own, cadvisor].map((labels) => ({ labels, value: 1 }));
    const metrics = { query } as unknown as Parameters<typeof kubeletTarget>[0];
    const target = ({ job, instance }: Labels) => ({ job, instance });
    expect(await kubeletTarget(metrics, 'worker-3', '/metrics')).toEqual(target(own));
    expect(await kubeletTarget(metrics, 'worker-3', '/metrics/cadvisor')).toEqual(target(cadvisor));
  });
});
