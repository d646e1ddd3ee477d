import { describe, expect, it } from 'vitest';
import { ReadFailure } from '../../engine/errors.ts';
import { resolveTarget } from '../../engine/resolve.ts';
import type { AlertFamily } from '../../engine/runbook.ts';
import { alert, clock, lookup, table } from './lookup.ts';

const as = (family: AlertFamily) => ({ name: 'Any', family });

describe('the target of an alert', () => {
  it('is the node of the object itself where its labels were not honoured, not that of kube-state-metrics', async () => {
    const labels = {
      node: 'worker-1',
      exported_node: 'worker-2',
      instance: '10.0.0.1:8080',
      job: 'kubernetes-service-endpoints',
    };

    expect(await resolveTarget(alert(labels), as('node-object'), lookup())).toMatchObject({
      target: { kind: 'Node', name: 'worker-2' },
      confidence: 'exact',
      note: 'label exported_node=worker-2',
    });
    expect(await resolveTarget(alert(labels), undefined, lookup())).toMatchObject({ target: { name: 'worker-2' } });
  });

  it('is the machine of an exporter: there `exported_node` is whatever it exports about', async () => {
    const labels = { node: 'worker-1', exported_node: 'worker-2', instance: '10.0.0.1:9100' };

    for (const family of ['kubelet', 'node-exporter'] as const) {
      expect(await resolveTarget(alert(labels), as(family), lookup())).toMatchObject({ target: { name: 'worker-1' } });
    }
  });

  it('is the node label of a node alert, whatever pod and instance say', async () => {
    const labels = {
      node: 'worker-1',
      pod: 'kube-state-metrics-0',
      namespace: 'monitoring',
      instance: '10.0.0.2:8443',
    };

    expect(await resolveTarget(alert(labels), as('node-object'), lookup())).toMatchObject({
      target: { kind: 'Node', name: 'worker-1' },
      confidence: 'exact',
    });
  });

  it('is the node where an exporter runs, also of a node alert that names it by nothing else', async () => {
    const of = async (labels: Record<string, string>) =>
      (await resolveTarget(alert(labels), as('node-object'), lookup())).target;
    expect(await of({ instance: '10.0.0.2:9100' })).toMatchObject({ kind: 'Node', name: 'worker-2' });
    expect(await of({ instance: 'worker-1', job: 'node-exporter' })).toMatchObject({ kind: 'Node', name: 'worker-1' });
    const exporter = { pod: 'node-exporter-x', namespace: 'monitoring', job: 'node-exporter' };
    expect(await of({ ...exporter, instance: '10.0.0.2:9100' })).toMatchObject({ kind: 'Node', name: 'worker-2' });
    expect(await of({ pod: 'some-exporter-0', namespace: 'x', instance: '10.0.0.2:9101' })).toMatchObject({
      kind: 'Unresolved',
    });
    expect(await of({ instance: '10.99.0.1:9100' })).toMatchObject({
      kind: 'Unresolved',
      label: 'instance',
      value: '10.99.0.1:9100',
    });
    // On the host's network of a node that the alert is not about.
    for (const port of [8080, 8081, 8443, 9443])
      expect(await of({ instance: `10.0.0.2:${port}` })).toMatchObject({ kind: 'Unresolved', label: 'node' });
    for (const label of ['job', 'pod', 'container', 'service'])
      expect(await of({ instance: '10.0.0.2:9100', [label]: 'prom-kube-state-metrics' })).toMatchObject({
        kind: 'Unresolved',
        label: 'node',
      });
  });

  it.each([
    ['10.0.0.2:9100', 'worker-2'],
    ['10.0.0.2', 'worker-2'],
    ['203.0.113.2:9100', 'worker-2'],
    ['worker-1:9100', 'worker-1'],
    ['worker-1', 'worker-1'],
    ['[fd00::6]:9100', 'worker-6'],
    ['[FD00:0::6]:9100', 'worker-6'],
  ])('is found from instance=%s', async (instance, name) => {
    expect(await resolveTarget(alert({ instance }), as('node-exporter'), lookup())).toMatchObject({
      target: { kind: 'Node', name },
    });
  });

  it('is found from a label node that a relabelling filled with address and port', async () => {
    for (const node of ['10.0.0.2:9100', 'worker-2:10250'])
      expect(await resolveTarget(alert({ node }), as('node-object'), lookup())).toMatchObject({
        target: { kind: 'Node', name: 'worker-2' },
      });
  });

  it('is said to be unknown when no node has that address, and when two have it', async () => {
    expect((await resolveTarget(alert({ instance: '10.9.9.9:9100' }), as('kubelet'), lookup())).target).toEqual({
      kind: 'Unresolved',
      label: 'instance',
      value: '10.9.9.9:9100',
      why: 'no node of this cluster has the name or address 10.9.9.9 (compared were the names and the first internal and external address of 5 nodes); neither does the label kubernetes.io/hostname or kube-state-metrics know it',
    });
    expect((await resolveTarget(alert({ instance: '10.0.0.9:9100' }), as('kubelet'), lookup())).target).toMatchObject({
      why: '2 nodes have this address: twin-a, twin-b',
    });
  });

  it('is the node of the next label where a machine calls itself otherwise than its node', async () => {
    const labels = { nodename: 'db-host-17', instance: '10.0.0.2:9100' };

    for (const family of ['kubelet', 'node-exporter', 'node-object'] as const)
      expect(await resolveTarget(alert(labels), as(family), lookup())).toMatchObject({
        target: { kind: 'Node', name: 'worker-2' },
        note: 'label instance=10.0.0.2:9100 is an address of node worker-2 (no node is known as nodename=db-host-17)',
      });
    const unknown = { ...labels, instance: '10.9.9.9:9100' };
    expect(await resolveTarget(alert(unknown), as('kubelet'), lookup())).toMatchObject({
      target: { kind: 'Unresolved', label: 'nodename', value: 'db-host-17' },
    });
  });

  it.each(['node', 'kubernetes_node'])('is never another node than the one that the label %s names', async (label) => {
    const labels = { [label]: 'gone-1', instance: '10.0.0.2:9100' };
    for (const family of ['kubelet', 'node-exporter', 'node-object'] as const)
      expect(await resolveTarget(alert(labels), as(family), lookup())).toMatchObject({
        target: { kind: 'Unresolved', label, value: 'gone-1' },
      });
  });

  it('is the node of the exporter’s pod when the address says nothing', async () => {
    const answers = {
      'get Pod monitoring/node-exporter-x': { metadata: { uid: 'u' }, spec: { nodeName: 'worker-1' } },
    };
    const labels = { instance: '10.9.9.9:9100', namespace: 'monitoring', pod: 'node-exporter-x' };

    expect(await resolveTarget(alert(labels), as('node-exporter'), lookup(answers))).toMatchObject({
      target: { kind: 'Node', name: 'worker-1' },
      note: 'pod monitoring/node-exporter-x runs on node worker-1',
    });
  });

  it('is a node whose name the host shouts, but not one that only begins alike', async () => {
    const names = async (value: string) =>
      (await resolveTarget(alert({ node: value }), as('node-object'), lookup())).target;

    expect(await names('WORKER-1')).toEqual({ kind: 'Node', name: 'worker-1' });
    expect(await names('worker')).toMatchObject({ kind: 'Unresolved' });
    expect(await names('worker-1.dc2.other-company.example')).toMatchObject({ kind: 'Unresolved' });
  });

  it('is the node whose kubelet calls its machine so', async () => {
    const selected = { ...table, rows: table.rows.slice(1, 2) };
    const shared = lookup({ 'list Node --selector kubernetes.io/hostname=db-host-17 --as table': selected });

    expect(await resolveTarget(alert({ instance: 'db-host-17:9100' }), as('node-exporter'), shared)).toEqual({
      target: { kind: 'Node', name: 'worker-2' },
      confidence: 'good',
      note: 'label instance=db-host-17:9100: the host name of node worker-2',
    });
  });

  it.each(['10.7.0.2', 'worker-2.example.com'])('is the node of which kube-state-metrics knows %s', async (address) => {
    const sample = (node: string) => ({ labels: { node, address, type: 'InternalIP' }, value: 1, at: clock.now() });
    const query = `query kube_node_status_addresses{address="${address}"}`;
    const resolve = async (...nodes: readonly string[]) =>
      resolveTarget(
        alert({ instance: `${address}:9100` }),
        as('kubelet'),
        lookup({ [query]: nodes.map((node) => sample(node)) }),
      );

    expect(await resolve('worker-2', 'of-another-cluster')).toMatchObject({
      target: { kind: 'Node', name: 'worker-2' },
      note: `label instance=${address}:9100: a name or address of node worker-2`,
    });
    expect(await resolve('worker-1', 'worker-2')).toMatchObject({ target: { kind: 'Unresolved' } });
    expect(await resolve('of-another-cluster')).toMatchObject({ target: { kind: 'Unresolved' } });
  });

  it('is the node whose address it is, not the one on which kube-state-metrics told it', async () => {
    const address = 'ip-10-0-0-2.example.internal';
    const labels = { node: 'worker-1', exported_node: 'worker-2', address, type: 'InternalDNS' };
    const told = [{ labels, value: 1, at: clock.now() }];
    const shared = lookup({ [`query kube_node_status_addresses{address="${address}"}`]: told });

    expect(
      (await resolveTarget(alert({ instance: `${address}:9100` }), as('node-exporter'), shared)).target,
    ).toMatchObject({ kind: 'Node', name: 'worker-2' });
  });

  it('asks for further names only when the table does not have them, and never in a storm', async () => {
    const calm = lookup();
    await resolveTarget(alert({ instance: '10.0.0.1:9100' }), as('kubelet'), calm);
    const stormy = lookup();
    const unknown = await resolveTarget(alert({ instance: 'db-host-17:9100' }), as('kubelet'), { nodes: stormy.nodes });

    expect(calm.asked).toEqual(['list Node --as table']);
    expect(stormy.asked).toEqual(['list Node --as table']);
    expect(unknown.target).toMatchObject({ kind: 'Unresolved', untried: true });
  });

  it('is unknown when no node has that name, and nothing shows that one ever had', async () => {
    const resolution = await resolveTarget(alert({ node: 'nosuch-9' }), as('node-object'), lookup());

    expect(resolution).toEqual({
      target: {
        kind: 'Unresolved',
        label: 'node',
        value: 'nosuch-9',
        why: 'no node of this cluster is called nosuch-9, and nothing shows that one was: did it leave long ago, or is the label wrong?',
      },
      confidence: 'none',
      note: expect.stringContaining('no node of this cluster is called nosuch-9'),
    });
  });

  it('is a node that is gone, when kube-state-metrics knew it within the hour or it was looked at before', async () => {
    const known = (matcher: string) => `present_over_time(kube_node_info{${matcher}}[1h])`;
    const query = `query ${known('node="worker-9",exported_node=""')} or ${known('exported_node="worker-9"')}`;
    const target = { kind: 'Node', name: 'worker-9' };
    const resolve = (shared: Parameters<typeof resolveTarget>[2]) =>
      resolveTarget(alert({ node: 'worker-9' }), as('node-object'), shared);

    expect(await resolve(lookup({ [query]: [] }))).toMatchObject({ target: { kind: 'Unresolved' } });
    expect(await resolve(lookup({ [query]: [{ labels: {}, value: 1, at: clock.now() }] }))).toMatchObject({ target });
    expect(await resolve({ ...lookup(), wasSeen: async () => true })).toMatchObject({ target });
  });

  it('is taken at its word when the API server cannot be asked whether there is such a node', async () => {
    const silent = lookup({ 'get Node worker-9': new ReadFailure('timed-out', 'no answer within 2000 ms') });

    expect((await resolveTarget(alert({ node: 'worker-9' }), as('node-object'), silent)).target).toMatchObject({
      kind: 'Node',
      name: 'worker-9',
    });
  });

  it.each(['<!channel>', '-worker', 'worker 1', 'x'.repeat(254)])(
    'is no node when it cannot be called %j',
    async (node) => {
      expect((await resolveTarget(alert({ node }), as('node-object'))).target).toMatchObject({ kind: 'Unresolved' });
    },
  );

  it('is a pod with its node; one that is gone, or was replaced under its name, is said so', async () => {
    const answers = { 'get Pod shop/web-1': { metadata: { uid: 'new' }, spec: { nodeName: 'worker-1' } } };
    const labels = { namespace: 'shop', pod: 'web-1' };

    expect(await resolveTarget(alert(labels), as('pod'), lookup(answers))).toMatchObject({
      target: { kind: 'Pod', node: 'worker-1' },
    });
    expect(await resolveTarget(alert({ ...labels, uid: 'old' }), as('pod'), lookup(answers))).toMatchObject({
      confidence: 'fair',
    });
    expect(await resolveTarget(alert(labels), as('pod'), lookup())).toMatchObject({
      note: 'this pod no longer exists',
    });
  });

  it('lists the nodes once for a hundred alerts that carry only an address', async () => {
    const shared = lookup();

    await Promise.all(
      Array.from({ length: 100 }, () => resolveTarget(alert({ instance: '10.0.0.1:9100' }), as('kubelet'), shared)),
    );

    expect(shared.asked).toEqual(['list Node --as table']);
  });

  it('says that the nodes could not be listed when the API server does not answer', async () => {
    const silent = lookup({ 'list Node --as table': new ReadFailure('timed-out', 'no answer within 2000 ms') });

    expect((await resolveTarget(alert({ instance: '10.0.0.1:9100' }), as('kubelet'), silent)).target).toMatchObject({
      kind: 'Unresolved',
      why: 'the nodes could not be listed: no answer within 2000 ms',
    });
  });
});
