import { describe, expect, it } from 'vitest';
import { budgetOf, cordon, deletePod, evict, podAt, podsOf, podsOn, scale, workloadPath } from './acts.ts';
import { confirmedIn, diagnosed } from './diagnosis.ts';
import { type Stage, stage } from './practice.ts';

const NODE = '/api/v1/nodes/worker-3';
const isDaemon = ({ body }: { body: { metadata?: { ownerReferences?: { 0?: { kind?: unknown } } } } }) =>
  String(body.metadata?.ownerReferences?.[0]?.kind) === 'DaemonSet';
const one = async ({ query }: Stage, promql: string) => (await query(promql))[0]?.value;

describe('a stopped kubelet', () => {
  const conditions = async ({ get }: Stage) => {
    const { body } = await get(NODE);
    return Object.values(body.status?.conditions ?? {}).map(({ type, status }) => `${type}=${status}`);
  };

  it('is not healed by a cordon, which keeps new pods off and nothing more', async () => {
    await using on = await stage({ world: 'kubelet-stopped' });
    await cordon(on, 'worker-3');
    on.wait(120);

    expect(await conditions(on)).toContain('Ready=Unknown');
    expect(confirmedIn(await diagnosed(on, 'kubelet-stopped'))).toEqual(['kubeletStopped']);
    expect((await diagnosed(on, 'kubelet-stopped')).recovered.verdict).toBe('ruled-out');
  });

  it('is no place to drain: evicted pods stay Terminating, and a StatefulSet waits for ever', async () => {
    await using on = await stage({ world: 'kubelet-stopped' });
    const before = (await podsOn(on, 'worker-3')).filter((pod) => !isDaemon(pod));
    await cordon(on, 'worker-3');
    const statuses: number[] = [];
    for (const pod of before) {
      statuses.push((await evict(on, pod)).status);
      on.wait(10);
    }
    const evicted = before.filter((_, index) => statuses[index] === 201);
    on.wait(200);

    expect(evicted.length).toBeGreaterThan(5);
    for (const { namespace, name, uid } of evicted) {
      expect(await podAt(on, namespace, name)).toMatchObject({ uid, terminating: true, phase: 'Running' });
    }
    // Those of Deployments run a second time elsewhere.
    const replaced = await podsOf(on, 'shop', 'catalog');
    expect(replaced.filter(({ ready }) => ready).length).toBeGreaterThan(0);
    expect(replaced.some(({ terminating }) => terminating)).toBe(true);
  });

  it('comes back when somebody starts it: node ready, taints gone, pods probed, the terminating ended', async () => {
    await using on = await stage({ world: 'kubelet-stopped' });
    const [victim] = (await podsOn(on, 'worker-3')).filter((pod) => !isDaemon(pod));
    if (!victim) throw new Error('worker-3 has pods');
    await evict(on, victim);
    on.wait(60);
    on.practice.heal();
    on.wait(4);
    const early = await conditions(on);
    on.wait(4);
    const { body: node } = await on.get(NODE);
    const unprobed = (await podsOn(on, 'worker-3')).map(({ ready }) => ready);
    on.wait(4);
    const pods = await podsOn(on, 'worker-3');

    expect(early).toContain('Ready=Unknown');
    expect(await conditions(on)).toContain('Ready=True');
    expect(node.spec).not.toHaveProperty('taints');
    expect(new Set(unprobed)).toEqual(new Set([false]));
    expect(pods.every(({ ready }) => ready)).toBe(true);
    expect(await podAt(on, victim.namespace, victim.name)).toBeUndefined();
  });

  it('is diagnosed as mended then, and Prometheus knows both: the outage and its end', async () => {
    await using on = await stage({ world: 'kubelet-stopped' });
    on.practice.heal();
    on.wait(90);
    const report = await diagnosed(on, 'kubelet-stopped');
    const up = 'up{job="kubelet",metrics_path="/metrics",node="worker-3"}';
    const operations = 'kubelet_runtime_operations_total{node="worker-3",operation_type="status"}';

    expect(report.recovered.verdict).toBe('confirmed');
    expect(confirmedIn(report)).toEqual([]);
    expect([await one(on, up), await one(on, `${up} offset 2m`)]).toEqual([1, 0]);
    expect(await one(on, `resets(${operations}[10m])`)).toBe(1);
    expect(await one(on, `changes(process_start_time_seconds{job="kubelet",node="worker-3"}[10m])`)).toBe(1);
    expect(
      await on.query('kube_node_status_condition{node="worker-3",condition="Ready",status="true"} == 1'),
    ).toHaveLength(1);
    on.practice.heal();
    on.wait(1);
    expect(await one(on, up)).toBe(1);
  });

  it('evicts nobody when it is started in time; after five minutes it has', async () => {
    await using late = await stage({ world: 'kubelet-stopped' });
    await using early = await stage({ world: 'kubelet-stopped' });
    early.practice.heal();
    late.wait(600);
    early.wait(600);

    expect(await podsOn(early, 'worker-3')).toHaveLength(15);
    expect((await podsOn(late, 'worker-3')).filter(({ terminating }) => terminating)).toHaveLength(12);
    late.practice.heal();
    late.wait(10);
    expect(await podsOn(late, 'worker-3')).toHaveLength(3);
  });
});

describe('an etcd leader whose disk a neighbour floods', () => {
  const p99 = (on: Stage) =>
    one(
      on,
      'histogram_quantile(0.99, sum by (le) (rate(etcd_disk_wal_fsync_duration_seconds_bucket{pod="etcd-control-plane-1"}[1m])))',
    );
  const late = (on: Stage) =>
    one(on, 'rate(etcd_server_heartbeat_send_failures_total{pod="etcd-control-plane-1"}[1m])');
  /** On the leader's machine; its other replica floods a worker, which no member of etcd notices. */
  const neighbours = async (on: Stage) =>
    (await podsOf(on, 'logging', 'audit-archiver')).filter(({ node }) => node === 'control-plane-1');

  it('shows the neighbour to whoever asks which container writes on that machine', async () => {
    await using on = await stage({ world: 'etcd-slow-disk' });
    const writers = await on.query('topk(2, rate(container_fs_writes_bytes_total{node="control-plane-1"}[5m]))');
    const [neighbour] = await neighbours(on);

    expect(writers.map(({ metric }) => metric.pod)).toEqual([neighbour?.name, 'etcd-control-plane-1']);
    expect(neighbour).toMatchObject({ node: 'control-plane-1', ready: true });
    expect(await podsOf(on, 'logging', 'nobody')).toEqual([]);
  });

  it('is helped by the eviction of that pod, within seconds', async () => {
    await using on = await stage({ world: 'etcd-slow-disk' });
    const before = [await p99(on), await late(on)];
    const [neighbour] = await neighbours(on);
    if (neighbour) await evict(on, neighbour);
    on.wait(80);
    const after = [await p99(on), await late(on)];
    on.wait(600);
    const report = await diagnosed(on, 'etcd-slow-disk');

    expect(before[0]).toBeGreaterThan(0.2);
    expect(after[0]).toBeLessThan(0.008);
    expect(after[1]).toBe(0);
    expect(await one(on, 'rate(node_disk_io_time_seconds_total{instance="10.20.0.10:9100"}[1m])')).toBeLessThan(0.1);
    expect(await neighbours(on)).toEqual([]);
    expect(report.recovered.verdict).toBe('confirmed');
    expect(confirmedIn(report)).toEqual([]);
  });

  it('is helped by going back to the version that did not flood it', async () => {
    await using on = await stage({ world: 'etcd-slow-disk' });
    const sets = await on.get('/apis/apps/v1/namespaces/logging/replicasets');
    const former = Object.values(sets.body.items ?? {}).find(({ spec }) => Number(spec?.replicas) === 0);
    await on.send(
      'PATCH',
      workloadPath('logging', 'audit-archiver'),
      {
        spec: {
          template: { $patch: 'replace', ...former?.spec?.template, metadata: { labels: { app: 'audit-archiver' } } },
        },
      },
      { content: 'application/strategic-merge-patch+json' },
    );
    on.wait(100);

    expect(await p99(on)).toBeLessThan(0.008);
  });

  it('is not helped by a cordon, nor by the eviction of somebody else', async () => {
    await using on = await stage({ world: 'etcd-slow-disk' });
    await cordon(on, 'control-plane-1');
    const [other] = await podsOf(on, 'shop', 'catalog');
    if (other) await evict(on, other);
    const [scheduler] = (await podsOn(on, 'control-plane-1')).filter(({ name }) => name.startsWith('kube-scheduler'));
    if (scheduler) await deletePod(on, scheduler);
    on.wait(80);

    expect(await p99(on)).toBeGreaterThan(0.2);
    expect(confirmedIn(await diagnosed(on, 'etcd-slow-disk'))).toEqual(['slowDisk']);
    expect((await diagnosed(on, 'etcd-slow-disk')).recovered.verdict).toBe('ruled-out');
  });

  it('fares worse the more of them are moved to its machine', async () => {
    await using on = await stage({ world: 'etcd-slow-disk' });
    const before = await p99(on);
    const { body } = await on.get('/api/v1/nodes');
    for (const { metadata } of Object.values(body.items ?? {})) {
      if (String(metadata?.name) !== 'control-plane-1') await cordon(on, String(metadata?.name));
    }
    await scale(on, workloadPath('logging', 'audit-archiver'), 4);
    on.wait(80);

    expect(await neighbours(on)).toHaveLength(3);
    expect(await p99(on)).toBeGreaterThan(2 * (before ?? 1));
    expect(await late(on)).toBeGreaterThan(2);
    const [neighbour] = await neighbours(on);
    if (neighbour) await evict(on, neighbour);
    on.wait(80);
    // It came back to where it was: there was nowhere else to go.
    expect(await p99(on)).toBeGreaterThan(2 * (before ?? 1));
  });

  it('is mended by hand as well', async () => {
    await using on = await stage({ world: 'etcd-slow-disk' });
    on.practice.heal();
    on.wait(80);

    expect(await p99(on)).toBeLessThan(0.008);
    expect(await neighbours(on)).toHaveLength(1);
  });
});

describe('a drain that hangs', () => {
  const left = async (on: Stage) => (await podsOn(on, 'worker-1')).filter((pod) => !isDaemon(pod));

  it('has come as far as the budget: one pod is left, its eviction refused now and later', async () => {
    await using on = await stage({ world: 'planned-drain' });
    const pods = await left(on);
    const [stuck] = pods;
    if (!stuck) throw new Error('one pod is left');
    const first = await evict(on, stuck);
    on.wait(300);
    const second = await evict(on, stuck);

    expect(pods.map(({ name }) => name.replace(/-[^-]+-[^-]+$/, ''))).toEqual(['sessions']);
    expect([first.status, second.status]).toEqual([429, 429]);
    expect(await budgetOf(on, 'checkout', 'sessions')).toMatchObject({
      disruptionsAllowed: 0,
      currentHealthy: 2,
      desiredHealthy: 2,
      expectedPods: 2,
    });
  });

  it('goes on when there is one pod more than the budget wants', async () => {
    await using on = await stage({ world: 'planned-drain' });
    await scale(on, workloadPath('checkout', 'sessions'), 3);
    on.wait(10);
    const [stuck] = await left(on);
    const { status } = stuck ? await evict(on, stuck) : { status: 0 };
    on.wait(10);

    expect(status).toBe(201);
    expect(await left(on)).toEqual([]);
    expect((await podsOf(on, 'checkout', 'sessions')).filter(({ ready }) => ready)).toHaveLength(3);
  });

  it('is forced by a deletion, which asks no budget: then it is broken for a while', async () => {
    await using on = await stage({ world: 'planned-drain' });
    const [stuck] = await left(on);
    if (stuck) await deletePod(on, stuck);
    const broken = await budgetOf(on, 'checkout', 'sessions');
    on.wait(10);

    expect(broken).toMatchObject({ currentHealthy: 1, desiredHealthy: 2 });
    expect(await budgetOf(on, 'checkout', 'sessions')).toMatchObject({ currentHealthy: 2 });
  });

  it('is over when the node is uncordoned: no planned work any more, and pods may come', async () => {
    await using on = await stage({ world: 'planned-drain' });
    await cordon(on, 'worker-1', false);
    on.wait(10);
    const report = await diagnosed(on, 'planned-drain');
    await scale(on, workloadPath('shop', 'catalog'), 60);
    on.wait(10);

    expect(confirmedIn(report)).toEqual([]);
    expect((await left(on)).length).toBeGreaterThan(1);
  });

  it('has nothing to mend by hand', async () => {
    await using on = await stage({ world: 'planned-drain' });

    expect(() => on.practice.heal()).toThrow('nothing to mend by hand');
    expect(
      on.practice
        .worlds()
        .filter(({ byHand }) => byHand)
        .map(({ id }) => id),
    ).toEqual([
      'kubelet-stopped',
      'etcd-slow-disk',
      'cordon-with-reason',
      'noisy-flow',
      'etcd-memory',
      'log-flood',
      'late-heartbeats',
      'thread-leak',
      'scheduler-down',
      'network-agent-killed',
      'dns-loop',
    ]);
  });
});
