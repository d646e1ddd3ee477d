import { describe, expect, it } from 'vitest';
import { guessTarget, identityOf, lastingLabels } from '../../engine/guess.ts';
import { groupOf } from '../../engine/intake.ts';
import { answererOf } from '../../engine/match.ts';
import { resolveTarget } from '../../engine/resolve.ts';
import { catalog } from '../../runbooks/catalog.ts';
import { nodeAlert } from './night.ts';

type Labels = Readonly<Record<string, string>>;

/** What Prometheus adds where it scrapes kube-state-metrics by a ServiceMonitor without `honorLabels`. */
const operator = {
  namespace: 'monitoring',
  pod: 'kps-kube-state-metrics-7f',
  container: 'kube-state-metrics',
  service: 'kps-kube-state-metrics',
  endpoint: 'http',
  job: 'kube-state-metrics',
  instance: '10.1.1.1:8080',
};
/** The same by the chart `prometheus`, whose job labels endpoints with the node they run on, and with no pod. */
const chart = {
  namespace: 'monitoring',
  node: 'worker-5',
  service: 'ksm',
  job: 'kubernetes-service-endpoints',
  instance: '10.1.1.1:8080',
};
const alert = (labels: Labels, alertname = 'SomethingNew') => ({ ...nodeAlert(''), labels: { alertname, ...labels } });

describe('an alert scraped without honor_labels', () => {
  it.each<[string, Labels]>([
    ['by an operator', { ...operator, exported_namespace: 'shop', exported_pod: 'web-1', exported_container: 'web' }],
    ['with the node of its pod', { ...operator, node: 'worker-1', exported_namespace: 'shop', exported_pod: 'web-1' }],
    ['by a chart', { ...chart, exported_namespace: 'shop', pod: 'web-1', container: 'web' }],
    ['by a chart that labels pods', { ...chart, pod: 'ksm-0', exported_namespace: 'shop', exported_pod: 'web-1' }],
    ['and summed up', { exported_namespace: 'shop', exported_pod: 'web-1' }],
    [
      'of a kubelet',
      {
        namespace: 'kube-system',
        job: 'kubelet',
        endpoint: 'https-metrics',
        node: 'worker-1',
        exported_namespace: 'shop',
        pod: 'web-1',
      },
    ],
  ])('is about the pod that it tells of: %s', async (_, labels) => {
    expect(guessTarget(labels)).toEqual({ family: 'pod' });
    expect((await resolveTarget(alert(labels), undefined)).target).toEqual({
      kind: 'Pod',
      namespace: 'shop',
      name: 'web-1',
    });
  });

  it.each<[string, Labels, object]>([
    [
      'a workload',
      { ...chart, exported_namespace: 'shop', deployment: 'web' },
      { resource: 'Deployment', namespace: 'shop' },
    ],
    ['a Service', { ...chart, exported_namespace: 'shop', exported_service: 'web' }, { kind: 'Service', name: 'web' }],
    [
      'what its exporter calls otherwise',
      { ...operator, pod: 'argocd-0', exported_namespace: 'shop', name: 'x' },
      { resource: 'Namespace', name: 'shop' },
    ],
  ])('is about the object that it tells of: %s', (_, labels, target) => {
    expect(guessTarget(labels)).toMatchObject({ target });
  });

  it('is about the node that it tells of', () => {
    expect(guessTarget({ ...operator, node: 'worker-5', exported_node: 'worker-1' })).toEqual({
      family: 'node-object',
    });
    expect(guessTarget({ ...chart, exported_node: 'worker-1' })).toEqual({ family: 'node-object' });
  });

  it('waits for those about the same object, not for all that its exporter tells of', () => {
    const groupOfNode = (name: string, at: string) => groupOf(alert({ ...chart, node: at, exported_node: name }));

    expect(groupOfNode('worker-1', 'worker-5')).toBe(groupOfNode('worker-1', 'worker-6'));
    expect(groupOfNode('worker-1', 'worker-5')).not.toBe(groupOfNode('worker-2', 'worker-5'));
  });

  it('is answered by the runbook of its topic, by the labels of the object', () => {
    const runbookOf = (labels: Labels) => answererOf(alert(labels, 'KubePodCrashLooping'), catalog).runbook?.id;
    const dns = { exported_namespace: 'kube-system', exported_pod: 'coredns-1', exported_container: 'coredns' };

    expect(runbookOf({ ...operator, ...dns })).toBe('cluster-dns');
    expect(runbookOf({ ...operator, ...dns, exported_namespace: 'shop', namespace: 'kube-system' })).toBe('any-alert');
  });

  it('is told from others, and silenced, by what a restart of its exporter does not change', () => {
    const own = { exported_namespace: 'shop', exported_pod: 'web-1', reason: 'x' };
    const lasting = { job: 'kube-state-metrics', namespace: 'monitoring', ...own };

    expect(lastingLabels({ ...operator, ...own })).toEqual(lasting);
    expect(Object.fromEntries(identityOf({ ...operator, ...own }))).toEqual(lasting);
    const kept = { job: chart.job, namespace: 'monitoring', exported_namespace: 'shop', pod: 'web-1' };
    expect(lastingLabels({ ...chart, exported_namespace: 'shop', pod: 'web-1' })).toEqual(kept);
  });
});
