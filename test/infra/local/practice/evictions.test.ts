import { describe, expect, it } from 'vitest';
import { budgetOf, cordon, deletePod, evict, items, podAt, podsOf, podsOn } from './acts.ts';
import { stage } from './practice.ts';
import { read, real } from './recordings.ts';

const workers = Array.from({ length: 9 }, (_, index) => `worker-${index + 1}`);

describe('an evicted pod', () => {
  it('takes from its budget at once, and gives back when its replacement is ready', async () => {
    await using on = await stage();
    const [first, second] = await podsOf(on, 'shop', 'web');
    if (!first || !second) throw new Error('shop/web has two pods');
    const before = await budgetOf(on, 'shop', 'web');
    const rehearsed = await evict(on, first, '?dryRun=All');
    const unchanged = await budgetOf(on, 'shop', 'web');
    const done = await evict(on, first);
    const taken = await budgetOf(on, 'shop', 'web');
    const blocked = await evict(on, second);
    on.wait(9);
    const back = await budgetOf(on, 'shop', 'web');
    const healthy = Number(before.currentHealthy);

    expect([rehearsed.status, done.status, blocked.status]).toEqual([201, 201, 429]);
    expect(unchanged).toEqual(before);
    expect(taken).toMatchObject({ disruptionsAllowed: 0, currentHealthy: healthy - 1, expectedPods: healthy });
    expect(String(blocked.body.details?.causes?.[0]?.message)).toBe(
      `The disruption budget web needs ${healthy - 1} healthy pods and has ${healthy - 1} currently`,
    );
    expect(blocked.headers.has('retry-after')).toBe(false);
    expect(blocked.headers.has('x-kubernetes-pf-flowschema-uid')).toBe(true);
    expect(back).toMatchObject({ disruptionsAllowed: 1, currentHealthy: healthy });
    expect((await evict(on, second)).status).toBe(201);
  });

  it('that turns out to be another one has used the budget up all the same, for two minutes', async () => {
    await using on = await stage();
    const [pod] = await podsOf(on, 'shop', 'web');
    if (!pod) throw new Error('shop/web has a pod');
    const another = { ...pod, uid: '00000000-0000-4000-8000-000000000000' };
    const rehearsed = await evict(on, another, '?dryRun=All');
    const before = await budgetOf(on, 'shop', 'web');
    const refused = await evict(on, another);
    const used = await budgetOf(on, 'shop', 'web');
    on.wait(121);
    const { disruptedPods } = real('pdb after uid wrong').status ?? {};

    expect([rehearsed.status, refused.status]).toEqual([409, 409]);
    expect(Number(before.disruptionsAllowed)).toBe(1);
    expect(Number(used.disruptionsAllowed)).toBe(0);
    expect(Object.values(used.disruptedPods ?? {})).toHaveLength(Object.values(disruptedPods ?? {}).length);
    expect(Object.keys(used.disruptedPods ?? {})).toEqual([pod.name]);
    expect(await budgetOf(on, 'shop', 'web')).toEqual(before);
    expect(await podAt(on, 'shop', pod.name)).toMatchObject({ uid: pod.uid, terminating: false });
  });

  it('ends within seconds, and is replaced elsewhere by one that starts, gets ready, and is told of in events', async () => {
    await using on = await stage();
    const before = await podsOf(on, 'shop', 'catalog');
    const [pod] = before;
    if (!pod) throw new Error('shop/catalog has a pod');
    await evict(on, pod);
    const phases = [];
    for (const seconds of [0.1, 1, 1, 1, 1, 1, 1, 1, 1]) {
      on.wait(seconds);
      const now = await podsOf(on, 'shop', 'catalog');
      const fresh = now.find(({ uid }) => !before.some((other) => other.uid === uid));
      phases.push([fresh?.phase, fresh?.ready, now.find(({ uid }) => uid === pod.uid)?.terminating]);
    }
    const fresh = (await podsOf(on, 'shop', 'catalog')).find(({ uid }) => !before.some((other) => other.uid === uid));
    const events = items(await read(on, '/api/v1/namespaces/shop/events'));
    const reasonsAbout = (name: string | undefined) =>
      events
        .filter(
          ({ involvedObject, message }) =>
            String(involvedObject?.name) === name || String(message).endsWith(` ${name}`),
        )
        .map(({ reason }) => String(reason));

    expect(phases).toEqual([
      [undefined, undefined, true],
      ['Pending', false, true],
      ['Pending', false, undefined],
      ['Running', false, undefined],
      ['Running', false, undefined],
      ['Running', false, undefined],
      ['Running', false, undefined],
      ['Running', true, undefined],
      ['Running', true, undefined],
    ]);
    expect(reasonsAbout(pod.name)).toContain('Killing');
    expect(reasonsAbout(fresh?.name)).toEqual(
      expect.arrayContaining(['Scheduled', 'Pulled', 'Created', 'Started', 'SuccessfulCreate']),
    );
    expect(await podAt(on, 'shop', pod.name)).toBeUndefined();
    expect(String(fresh?.body.metadata?.generateName)).toBe(String(pod.body.metadata?.generateName));
  });

  it('never lands on a cordoned node; with nowhere to go it waits, and goes where a node opens', async () => {
    await using on = await stage();
    for (const node of workers.filter((name) => name !== 'worker-5')) await cordon(on, node);
    const [pod] = await podsOf(on, 'shop', 'catalog');
    if (!pod) throw new Error('shop/catalog has a pod');
    await evict(on, pod);
    on.wait(10);
    const placed = (await podsOf(on, 'shop', 'catalog')).at(-1);
    await cordon(on, 'worker-5');
    const [next] = await podsOf(on, 'shop', 'catalog');
    if (next) await evict(on, next);
    on.wait(30);
    const waiting = (await podsOf(on, 'shop', 'catalog')).find(({ phase }) => phase === 'Pending');
    const condition = waiting?.body.status?.conditions?.[0];
    await cordon(on, 'worker-6', false);
    on.wait(8);
    const started = waiting && (await podAt(on, 'shop', waiting.name));

    expect((await podsOf(on, 'shop', 'catalog')).filter(({ node }) => node === 'worker-5').length).toBeGreaterThan(0);
    expect(placed?.phase).toBe('Running');
    expect(waiting).toMatchObject({ node: '', ready: false });
    expect(condition).toMatchObject({
      type: 'PodScheduled',
      status: 'False',
      reason: 'Unschedulable',
      message: expect.stringContaining('0/12 nodes are available: 3 node(s) had untolerated taint {node-role'),
    });
    expect(started).toMatchObject({ node: 'worker-6', ready: true, uid: waiting?.uid });
  });

  it('of a StatefulSet comes back under its name as another pod, after the old one is gone', async () => {
    await using on = await stage();
    const before = await podAt(on, 'shop', 'orders-db-1');
    if (!before) throw new Error('shop/orders-db-1 exists');
    await evict(on, before);
    on.wait(1.5);
    const ending = await podAt(on, 'shop', 'orders-db-1');
    on.wait(9);
    const after = await podAt(on, 'shop', 'orders-db-1');

    expect(ending).toMatchObject({ uid: before.uid, terminating: true });
    expect(after).toMatchObject({ ready: true, terminating: false });
    expect(after?.uid).not.toBe(before.uid);
    expect((await deletePod(on, before)).status).toBe(409);
  });

  it('of a DaemonSet, and of a static pod, comes back where it was, cordoned or not', async () => {
    await using on = await stage();
    await cordon(on, 'worker-4');
    for (const [node, prefix] of [
      ['worker-4', 'cilium-'],
      ['control-plane-2', 'kube-scheduler-'],
    ] as const) {
      const one = async () => (await podsOn(on, node)).filter(({ name }) => name.startsWith(prefix));
      const [before] = await one();
      if (!before) throw new Error(`${prefix} runs on ${node}`);
      await deletePod(on, before);
      on.wait(12);
      const after = await one();

      expect(after).toHaveLength(1);
      expect(after[0]).toMatchObject({ ready: true, terminating: false });
      expect(after[0]?.uid).not.toBe(before.uid);
    }
  });
});
