import { describe, expect, it } from 'vitest';
import { deletePod, items, podsOf, replicaSetsOf, restart, scale, workloadPath } from './acts.ts';
import { merge, type Stage, stage, strategic } from './practice.ts';
import { read, real } from './recordings.ts';

const WEB = workloadPath('shop', 'web');

describe('a rollout', () => {
  async function watched(on: Stage, seconds: number): Promise<{ ready: number; total: number; updated: number }[]> {
    const seen = [];
    for (let step = 0; step < seconds; step += 1) {
      on.wait(1);
      const { status } = await read(on, WEB);
      seen.push({
        ready: Number(status?.readyReplicas),
        total: Number(status?.replicas),
        updated: Number(status?.updatedReplicas ?? 0),
      });
    }
    return seen;
  }

  it('replaces all pods by quarters: never too few ready, never too many at all', async () => {
    await using on = await stage();
    const before = await podsOf(on, 'shop', 'web');
    await restart(on, WEB);
    const seen = await watched(on, 60);
    const after = await podsOf(on, 'shop', 'web');
    const { status } = await read(on, WEB);
    const all = before.length;

    expect(Math.min(...seen.map(({ ready }) => ready))).toBeGreaterThanOrEqual(all - Math.floor(all / 4));
    expect(Math.max(...seen.map(({ total }) => total))).toBeLessThanOrEqual(all + Math.ceil(all / 4));
    expect(seen.at(-1)).toEqual({ ready: all, total: all, updated: all });
    expect(after.filter(({ uid }) => before.some((other) => other.uid === uid))).toEqual([]);
    expect(after[0]?.body.metadata?.annotations).toHaveProperty('kubectl.kubernetes.io/restartedAt');
    expect(String(status?.conditions?.[0]?.reason)).toBe('NewReplicaSetAvailable');
  });

  it('leaves ReplicaSets behind as the real controller does: numbered anew when one is gone back to', async () => {
    await using on = await stage();
    const revisions = async () =>
      (await replicaSetsOf(on, 'shop', 'web')).map(({ metadata, spec }) => ({
        revision: String(metadata?.annotations?.['deployment.kubernetes.io/revision']),
        history: metadata?.annotations?.['deployment.kubernetes.io/revision-history'] ?? null,
        empty: Number(spec?.replicas) === 0,
        image: String(spec?.template?.spec?.containers?.[0]?.image),
      }));
    const former = (await replicaSetsOf(on, 'shop', 'web')).find(({ spec }) => Number(spec?.replicas) === 0);
    const { 'pod-template-hash': _, ...labels } = Object(former?.spec?.template?.metadata?.labels);
    const template = { ...former?.spec?.template, metadata: { labels }, $patch: 'replace' };
    await on.send('PATCH', WEB, { spec: { template } }, strategic);
    on.wait(60);
    const image = (await read(on, WEB)).spec?.template?.spec?.containers?.[0]?.image;
    const { metadata } = items(real('undone sets'))[1] ?? {};

    expect(String(image)).toBe('registry.example/shop/web:v11');
    expect(await revisions()).toEqual(
      expect.arrayContaining([
        { revision: '2', history: null, empty: true, image: 'registry.example/shop/web:v12' },
        {
          revision: '3',
          history: metadata?.annotations?.['deployment.kubernetes.io/revision-history'],
          empty: false,
          image: 'registry.example/shop/web:v11',
        },
      ]),
    );
    expect(
      (await podsOf(on, 'shop', 'web')).map(({ body }) => String(body.spec?.containers?.[0]?.image)),
    ).not.toContain('registry.example/shop/web:v12');
  });

  it('stands still while it is paused, and goes on', async () => {
    await using on = await stage();
    await on.send('PATCH', WEB, { spec: { paused: true } }, merge);
    await restart(on, WEB);
    const [pod] = await podsOf(on, 'shop', 'web');
    if (pod) await deletePod(on, pod);
    const paused = await watched(on, 15);
    await on.send('PATCH', WEB, { spec: { paused: null } }, merge);
    const resumed = await watched(on, 60);

    expect(paused.map(({ updated }) => updated)).toEqual(paused.map(() => 0));
    expect(paused.at(-1)?.ready).toBe(resumed.at(-1)?.total);
    expect(resumed.at(-1)?.updated).toBe(resumed.at(-1)?.total);
  });

  it('of a StatefulSet goes from the last to the first, one at a time', async () => {
    await using on = await stage();
    const path = workloadPath('shop', 'orders-db', 'statefulsets');
    const before = await read(on, path);
    await restart(on, path);
    const order: string[] = [];
    for (let step = 0; step < 50; step += 1) {
      on.wait(1);
      const pods = (await podsOf(on, 'shop', 'orders-db')).filter(({ terminating, ready }) => terminating || !ready);
      expect(pods.length).toBeLessThanOrEqual(1);
      const [name] = pods.map((pod) => pod.name);
      if (name !== undefined && order.at(-1) !== name) order.push(name);
    }
    const after = await read(on, path);

    expect(order).toEqual(['orders-db-2', 'orders-db-1', 'orders-db-0']);
    expect(before.status?.updateRevision).toBe(before.status?.currentRevision);
    expect(after.status?.updateRevision).toBe(after.status?.currentRevision);
    expect(after.status?.updateRevision).not.toBe(before.status?.updateRevision);
  });

  it('of a DaemonSet goes node by node', async () => {
    await using on = await stage({ nodes: 6 });
    const path = workloadPath('kube-system', 'kube-proxy', 'daemonsets');
    await restart(on, path);
    const ready: number[] = [];
    for (let step = 0; step < 70; step += 1) {
      on.wait(1);
      ready.push(Number((await read(on, path)).status?.numberReady));
    }

    expect(Math.min(...ready)).toBe(5);
    expect((await read(on, path)).status).toMatchObject({ updatedNumberScheduled: 6, numberReady: 6 });
  });
});

describe('replicas', () => {
  it('become more and fewer; the youngest go first', async () => {
    await using on = await stage();
    const before = await podsOf(on, 'shop', 'catalog');
    const path = workloadPath('shop', 'catalog');
    await scale(on, path, before.length + 2);
    on.wait(10);
    const more = await podsOf(on, 'shop', 'catalog');
    await scale(on, path, before.length);
    on.wait(10);
    const again = await podsOf(on, 'shop', 'catalog');
    await scale(on, path, 0);
    on.wait(10);

    expect(more.filter(({ ready }) => ready)).toHaveLength(before.length + 2);
    expect(again.map(({ uid }) => uid).sort()).toEqual(before.map(({ uid }) => uid).sort());
    expect(await podsOf(on, 'shop', 'catalog')).toEqual([]);
  });

  it('of a StatefulSet are taken from its end', async () => {
    await using on = await stage();
    await scale(on, workloadPath('shop', 'orders-db', 'statefulsets'), 1);
    on.wait(30);

    expect((await podsOf(on, 'shop', 'orders-db')).map(({ name }) => name)).toEqual(['orders-db-0']);
  });

  it('that an autoscaler looks after it sets back: more at once, fewer after five minutes', async () => {
    await using on = await stage();
    const path = workloadPath('search', 'query');
    const replicas = async () => Number((await read(on, path)).spec?.replicas);
    const usual = await replicas();
    await scale(on, path, 1);
    const fewer = await replicas();
    on.wait(16);
    const back = await replicas();
    await scale(on, path, usual + 5);
    on.wait(60);
    const stays = await replicas();
    on.wait(250);
    const [hpa] = items(await read(on, '/apis/autoscaling/v2/namespaces/search/horizontalpodautoscalers'));

    expect([fewer, back, stays, await replicas()]).toEqual([1, usual, usual + 5, usual]);
    expect(hpa?.status).toHaveProperty('lastScaleTime');
  });
});
