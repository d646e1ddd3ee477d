import { describe, expect, it } from 'vitest';
import { restart, workloadPath } from './acts.ts';
import { confirmedIn, diagnosed } from './diagnosis.ts';
import { type Stage, stage } from './practice.ts';

const WORLD = 'dns-loop';

async function pods(on: Stage) {
  const { body } = await on.get('/api/v1/namespaces/kube-system/pods?labelSelector=k8s-app%3Dkube-dns');
  return Object.values(body.items ?? {});
}

async function states(on: Stage) {
  return (await pods(on)).map(({ status }) => status?.containerStatuses?.[0]);
}

const deployment = workloadPath('kube-system', 'coredns');

describe('a pod of CoreDNS that is its own upstream', () => {
  it('ends again and again with its last words, while the one of before answers', async () => {
    await using on = await stage({ world: WORLD });
    const [looping, well] = (await states(on)).toSorted((a, b) => Number(a?.ready) - Number(b?.ready));

    expect(looping).toMatchObject({
      ready: false,
      state: { waiting: { reason: 'CrashLoopBackOff' } },
      lastState: { terminated: { exitCode: 1, reason: 'Error' } },
    });
    expect(well).toMatchObject({ ready: true, restartCount: 0 });
    const up = await on.query('up{job="coredns"}');
    expect(up.map(({ value }) => value).sort()).toEqual([0, 1]);
  });

  it('is told by its last words', async () => {
    await using on = await stage({ world: WORLD });
    const report = await diagnosed(on, WORLD);

    expect(confirmedIn(report)).toEqual(['loop']);
    expect(report.causes.find(({ id }) => id === 'loop')?.reason).toContain('Loop (127.0.0.1:55953 -> :53) detected');
    expect(report.recovered.verdict).toBe('ruled-out');
    expect(report.remedies.find(({ id }) => id === 'remake')).toMatchObject({ changes: [{ verb: 'restart' }] });
    expect(report.cost.kubernetesCalls).toBeLessThanOrEqual(20);
  });

  it('is not helped by waiting, by a restart of all, by a deletion, nor by mending something else', async () => {
    await using on = await stage({ world: WORLD });
    on.practice.doneByHand('mendCorefile');
    await restart(on, deployment);
    on.wait(600);
    expect(confirmedIn(await diagnosed(on, WORLD))).toEqual(['loop']);
    for (const { metadata } of await pods(on))
      await on.send('DELETE', `/api/v1/namespaces/kube-system/pods/${metadata?.name}`, {});
    on.wait(600);
    expect((await states(on)).map((one) => one?.ready)).not.toContain(true);
    const report = await diagnosed(on, WORLD);

    expect(confirmedIn(report)).toEqual(['loop']);
    expect(report.recovered.verdict).toBe('ruled-out');
  });

  it('is well again once the resolver of the machines is mended, and a restart does no harm then', async () => {
    await using on = await stage({ world: WORLD });
    on.practice.doneByHand('mendLoop');
    on.wait(400);
    const after = await diagnosed(on, WORLD);
    expect(confirmedIn(after)).toEqual([]);
    expect(after.recovered.verdict).toBe('confirmed');

    await restart(on, deployment);
    on.wait(900);
    expect((await states(on)).map((one) => one?.ready)).toEqual([true, true]);
    expect((await diagnosed(on, WORLD)).recovered.verdict).toBe('confirmed');
  });
});
