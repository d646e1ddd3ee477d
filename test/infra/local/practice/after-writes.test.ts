import { describe, expect, it } from 'vitest';
import { cordon, evict, podAt, podsOf, podsOn, restart, scale, taint, workloadPath } from './acts.ts';
import { type Json, type Stage, stage } from './practice.ts';
import { read } from './recordings.ts';

const WEB = workloadPath('shop', 'web');
const workers = Array.from({ length: 9 }, (_, index) => `worker-${index + 1}`);

describe('a taint', () => {
  it('NoSchedule keeps new pods off, NoExecute sends those away that are there, but for daemons', async () => {
    await using on = await stage();
    const before = await podsOn(on, 'worker-4');
    await taint(on, 'worker-4', { key: 'nightshift.dev/x', effect: 'NoSchedule' });
    on.wait(5);
    const stayed = await podsOn(on, 'worker-4');
    await taint(on, 'worker-4', { key: 'nightshift.dev/x', effect: 'NoExecute' });
    on.wait(5);
    const left = await podsOn(on, 'worker-4');

    expect(stayed).toHaveLength(before.length);
    expect(left).toHaveLength(3);
    expect(left.map(({ body }) => String(body.metadata?.ownerReferences?.[0]?.kind))).toEqual(
      left.map(() => 'DaemonSet'),
    );
  });

  it('out-of-service lets the pods of a dead machine go without its kubelet', async () => {
    await using on = await stage({ world: 'kubelet-stopped' });
    const taints = Object.values((await read(on, '/api/v1/nodes/worker-3')).spec?.taints ?? {});
    const off = { key: 'node.kubernetes.io/out-of-service', value: 'nodeshutdown', effect: 'NoExecute' };
    await taint(on, 'worker-3', ...taints, off);
    on.wait(10);
    const terminating = (await podsOn(on, 'worker-3')).filter((pod) => pod.terminating);
    on.wait(20);

    expect(terminating.length).toBeGreaterThan(5);
    expect((await podsOn(on, 'worker-3')).map(({ name }) => name).join()).toMatch(/^(cilium|kube-proxy|kube-prom)/);
    expect(await podsOn(on, 'worker-3')).toHaveLength(3);
  });

  it('of the control plane can be taken away: then pods may land there', async () => {
    await using on = await stage();
    await taint(on, 'control-plane-2');
    for (const node of workers) await cordon(on, node);
    const [pod] = await podsOf(on, 'shop', 'catalog');
    if (pod) await evict(on, pod);
    on.wait(10);

    expect((await podsOf(on, 'shop', 'catalog')).map(({ node }) => node)).toContain('control-plane-2');
  });
});

describe('what is read', () => {
  const paths = [
    '/api/v1/nodes/worker-1',
    '/api/v1/pods?fieldSelector=spec.nodeName%3Dworker-2',
    '/apis/apps/v1/deployments',
    '/apis/apps/v1/replicasets',
    '/apis/policy/v1/poddisruptionbudgets',
  ];
  const bodies = (on: Stage): Promise<Json[]> =>
    Promise.all(paths.map(async (path) => ({ ...(await read(on, path)), metadata: {} as Json })));

  it('is the same when it is read twice, and a second later, once all has settled', async () => {
    await using on = await stage();
    await cordon(on, 'worker-1');
    await restart(on, WEB);
    await scale(on, workloadPath('shop', 'catalog'), 5);
    on.wait(120);
    const first = await bodies(on);
    const second = await bodies(on);
    on.wait(1);

    expect(second).toEqual(first);
    expect(await bodies(on)).toEqual(first);
  });

  it('has a revision of its own after each of many writes at one moment, and no list is older', async () => {
    await using on = await stage();
    const versions = [];
    for (let step = 0; step < 20; step += 1) {
      versions.push(Number((await cordon(on, 'worker-1', step % 2 === 0)).body.metadata?.resourceVersion));
    }
    const list = await read(on, '/api/v1/nodes');

    expect(new Set(versions).size).toBe(20);
    expect(versions).toEqual(versions.toSorted((a, b) => a - b));
    expect(Number(list.metadata?.resourceVersion)).toBeGreaterThanOrEqual(versions.at(-1) ?? 0);
  });

  it('starts anew with the world', async () => {
    await using on = await stage();
    await cordon(on, 'worker-1');
    on.practice.setWorld('quiet');

    expect((await read(on, '/api/v1/nodes/worker-1')).spec).not.toHaveProperty('unschedulable');
  });
});

describe('Prometheus', () => {
  it('tells the same story: where pods are now, and where they were', async () => {
    await using on = await stage();
    const before = await podsOn(on, 'worker-4');
    await cordon(on, 'worker-4');
    for (const pod of before)
      if (String(pod.body.metadata?.ownerReferences?.[0]?.kind) !== 'DaemonSet') await evict(on, pod);
    on.wait(60);
    const value = async (promql: string) => (await on.query(promql)).map((sample) => sample.value);
    const named = await on.query('kube_pod_info{namespace="shop"}');

    expect(await value('count(kube_pod_info{node="worker-4"})')).toEqual([(await podsOn(on, 'worker-4')).length]);
    expect(await value('count(kube_pod_info{node="worker-4"} offset 2m)')).toEqual([before.length]);
    expect(await value('kubelet_running_pods{node="worker-4"}')).toEqual([(await podsOn(on, 'worker-4')).length]);
    expect(await value('kube_node_spec_unschedulable{node="worker-4"}')).toEqual([1]);
    expect(await value('kube_node_spec_unschedulable{node="worker-4"} offset 2m')).toEqual([0]);
    expect(await value('kube_node_spec_taint{node="worker-4"}')).toEqual([1]);
    for (const { metric } of named) {
      const pod = await podAt(on, metric.namespace ?? '', metric.pod ?? '');
      expect([pod?.uid, pod?.node], metric.pod).toEqual([metric.uid, metric.node]);
    }
    for (const name of ['container_cpu_usage_seconds_total', 'container_fs_writes_bytes_total']) {
      expect(await on.query(`resets(${name}{namespace="shop"}[10m]) > 0`)).toEqual([]);
    }
  });
});
