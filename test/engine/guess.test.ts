import { describe, expect, it } from 'vitest';
import { ReadFailure } from '../../engine/errors.ts';
import { resolveTarget } from '../../engine/resolve.ts';
import { alert, lookup } from './lookup.ts';

describe('the target of an alert that no runbook is about', () => {
  const resolve = async (labels: Record<string, string>, answers?: Record<string, unknown>) =>
    (await resolveTarget(alert(labels), undefined, lookup(answers))).target;
  const noteOf = async (labels: Record<string, string>) =>
    (await resolveTarget(alert(labels), undefined, lookup())).note;
  const ofPod = { namespace: 'monitoring', pod: 'node-exporter-x', container: 'node-exporter' };
  const worker2 = { kind: 'Node', name: 'worker-2' };

  it('is the node that saw itself, by its exporter: not the pod of that, nor its job', async () => {
    for (const job of ['node-exporter', 'prometheus-node-exporter', 'node_exporter', 'node'])
      for (const instance of ['worker-2', '10.0.0.2:9100'])
        for (const pod of [{}, ofPod]) expect(await resolve({ job, instance, ...pod })).toEqual(worker2);
    expect(await resolve({ job: 'node-exporter', ...ofPod, instance: '10.0.0.1:9100', node: 'worker-2' })).toEqual(
      worker2,
    );
    const onNode = { 'get Pod monitoring/node-exporter-x': { metadata: { uid: 'u' }, spec: { nodeName: 'worker-2' } } };
    expect(await resolve({ job: 'node-exporter', ...ofPod, instance: 'eth1.example:9100' }, onNode)).toEqual(worker2);
  });

  it('is the node whose kubelet saw it, if it is about no pod or volume there', async () => {
    const jobs = ['kubelet', 'kubernetes-nodes', 'kubernetes-nodes-cadvisor', 'kubernetes-cadvisor'];
    for (const job of [...jobs, 'integrations/kubernetes/kubelet'])
      for (const instance of ['worker-2', '10.0.0.2:10250']) expect(await resolve({ job, instance })).toEqual(worker2);
    const byKubelet = { job: 'kubelet', instance: '10.0.0.2:10250', namespace: 'kube-system', service: 'kubelet' };
    expect(await resolve(byKubelet)).toEqual(worker2);
    expect(await resolve({ ...byKubelet, namespace: 'shop', persistentvolumeclaim: 'db' })).toMatchObject({
      kind: 'Object',
    });
    expect(await resolve({ ...byKubelet, namespace: 'shop', pod: 'db-0' })).toMatchObject({ kind: 'Pod' });
    expect(await resolve({ job: 'kubelet' })).toMatchObject({ kind: 'Component', name: 'kubelet' });
    expect(await noteOf({ job: 'kubelet', instance: '10.9.9.9:10250' })).toBe(
      'label job=kubelet; no node is known as 10.9.9.9:10250',
    );
  });

  it('is the node that has the address, where nothing but `instance` is left, or the port is of node_exporter', async () => {
    expect(await resolve({ instance: '10.0.0.2:9100', mountpoint: '/' })).toEqual(worker2);
    expect(await resolve({ instance: '10.0.0.2:9182' })).toEqual(worker2);
    expect(await resolve({ job: 'our-hosts', instance: '10.0.0.2:9100' })).toEqual(worker2);
  });

  it('is what the labels say where no node has the address, or two', async () => {
    expect(await resolve({ instance: '10.9.9.9:9100' })).toEqual({ kind: 'Cluster' });
    expect(await resolve({ instance: '10.0.0.9:9100' })).toEqual({ kind: 'Cluster' });
    expect(await resolve({ instance: 'https://shop.example/health' })).toEqual({ kind: 'Cluster' });
    expect(await noteOf({ job: 'node', instance: '10.9.9.9:9100' })).toBe(
      'label job=node; no node is known as 10.9.9.9:9100',
    );
    expect(await resolve({ job: 'node', instance: '10.9.9.9:9100' })).toMatchObject({
      kind: 'Component',
      name: 'node',
    });
    expect(await resolve({ job: 'node-exporter', instance: '10.9.9.9:9100', ...ofPod })).toMatchObject({ kind: 'Pod' });
  });

  it('is no node for what others saw there', async () => {
    expect(await resolve({ ...ofPod })).toMatchObject({ kind: 'Pod' });
    const byKubelet = { ...ofPod, job: 'kubelet', instance: '10.0.0.2:10250' };
    expect(await resolve(byKubelet)).toMatchObject({ kind: 'Pod', name: 'node-exporter-x' });
    const byStates = { ...ofPod, job: 'kube-state-metrics', instance: '10.0.0.2:8080' };
    expect(await resolve(byStates)).toMatchObject({ kind: 'Pod', name: 'node-exporter-x' });
    expect(await resolve({ job: 'kube-state-metrics', instance: '10.0.0.2:8080' })).toEqual({ kind: 'Cluster' });
    expect(await resolve({ job: 'kube-proxy', instance: '10.0.0.2:10249' })).toMatchObject({ kind: 'Component' });
    const daemonSet = { job: 'node-exporter', instance: '10.0.0.2:9100', namespace: 'shop', daemonset: 'agent' };
    expect(await resolve(daemonSet)).toMatchObject({ kind: 'Object', resource: 'DaemonSet' });
  });

  it('is looked for later where the nodes could not be listed, if it surely is one', async () => {
    const down = { 'list Node --as table': new ReadFailure('unreachable', 'refused') };
    expect(await resolve({ job: 'node-exporter', instance: '10.0.0.2:9100' }, down)).toMatchObject({ untried: true });
    expect(await resolve({ instance: '10.0.0.2:9100' }, down)).toEqual({ kind: 'Cluster' });
  });
});
