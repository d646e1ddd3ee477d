import { describe, expect, it } from 'vitest';
import { cordon, evict, podsOf, podsOn, workloadPath } from './acts.ts';
import { confirmedIn, diagnosed } from './diagnosis.ts';
import { type Stage, stage } from './practice.ts';

const WORLD = 'thread-leak';
const NODE = 'worker-3';
const one = async ({ query }: Stage, promql: string) => (await query(promql))[0]?.value;
const full = (on: Stage) => on.query('node_processes_threads / node_processes_max_processes > 0.9');

async function leaker(on: Stage) {
  const [pod] = await podsOf(on, 'checkout', 'quote-engine');
  if (!pod) throw new Error('there is a pod of quote-engine');
  return pod;
}

async function rollBack(on: Stage): Promise<void> {
  const sets = await on.get('/apis/apps/v1/namespaces/checkout/replicasets');
  const former = Object.values(sets.body.items ?? {}).find(
    ({ metadata, spec }) => Number(spec?.replicas) === 0 && String(metadata?.name).startsWith('quote-engine'),
  );
  await on.send(
    'PATCH',
    workloadPath('checkout', 'quote-engine'),
    {
      spec: {
        template: { $patch: 'replace', ...former?.spec?.template, metadata: { labels: { app: 'quote-engine' } } },
      },
    },
    { content: 'application/strategic-merge-patch+json' },
  );
}

describe('a node whose PIDs a pod takes', () => {
  it('is Ready, without pressure and without an eviction: only figures tell', async () => {
    await using on = await stage({ world: WORLD });
    const { body } = await on.get(`/api/v1/nodes/${NODE}`);
    const conditions = Object.values(body.status?.conditions ?? {}).map(({ type, status }) => `${type}=${status}`);

    expect(conditions).toEqual(expect.arrayContaining(['PIDPressure=False', 'Ready=True']));
    expect((await podsOn(on, NODE)).every(({ phase }) => phase === 'Running')).toBe(true);
    expect((await full(on)).map(({ metric }) => metric.instance)).toHaveLength(1);
  });

  it('shows the threads on the cgroup of the pod and on its container, and no limit', async () => {
    await using on = await stage({ world: WORLD });
    const { name } = await leaker(on);

    expect(await one(on, `container_threads{pod="${name}",container=""}`)).toBeGreaterThan(30_000);
    expect(await one(on, `container_threads{pod="${name}",container!=""}`)).toBeGreaterThan(30_000);
    expect(await one(on, `container_threads_max{pod="${name}"}`)).toBe(0);
  });

  it('is offered the way back to the version before, and that heals it', async () => {
    await using on = await stage({ world: WORLD });
    const before = await diagnosed(on, WORLD);
    await rollBack(on);
    on.wait(420);
    const after = await diagnosed(on, WORLD);

    expect(confirmedIn(before)).toEqual(['leakingPod']);
    expect(before.remedies.find(({ id }) => id === 'rollBack')).toMatchObject({
      changes: [{ verb: 'undo', workload: { namespace: 'checkout', name: 'quote-engine' } }],
    });
    expect(after.recovered).toMatchObject({ verdict: 'confirmed' });
    on.wait(1_800);
    expect(await full(on)).toEqual([]);
    expect(confirmedIn(await diagnosed(on, WORLD))).toEqual([]);
  });

  it('is helped by an eviction, and another node has the leak then', async () => {
    await using on = await stage({ world: WORLD });
    await cordon(on, NODE);
    await evict(on, await leaker(on));
    on.wait(420);
    expect((await diagnosed(on, WORLD)).recovered).toMatchObject({ verdict: 'confirmed' });
    on.wait(900);
    const next = await leaker(on);

    expect(next.node).not.toBe(NODE);
    expect(await full(on)).toHaveLength(1);
  });

  it('is not helped by a cordon, nor by the eviction of somebody else, nor by waiting', async () => {
    await using on = await stage({ world: WORLD });
    await cordon(on, NODE);
    const [other] = (await podsOn(on, NODE)).filter(({ namespace }) => namespace === 'shop');
    if (other) await evict(on, other);
    on.wait(1_200);
    const report = await diagnosed(on, WORLD);

    expect(confirmedIn(report)).toEqual(['leakingPod']);
    expect(report.recovered.verdict).toBe('ruled-out');
  });

  it('is mended by hand as well: a limit for its pool, and by no other word', async () => {
    await using on = await stage({ world: WORLD });
    on.practice.doneByHand('findHostProcess');
    on.wait(420);
    expect((await diagnosed(on, WORLD)).recovered.verdict).toBe('ruled-out');
    on.practice.doneByHand('endLeak');
    on.wait(420);

    expect(await full(on)).toEqual([]);
    expect((await diagnosed(on, WORLD)).recovered.verdict).toBe('confirmed');
  });
});
