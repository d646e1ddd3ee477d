import { describe, expect, it } from 'vitest';
import { evict, podsOn } from './acts.ts';
import { confirmedIn, diagnosed } from './diagnosis.ts';
import { type Stage, stage } from './practice.ts';

const WORLD = 'scheduler-down';
const SCHEDULER = 'kube-scheduler';
const waiting = async (on: Stage) =>
  Object.values((await on.get('/api/v1/pods?fieldSelector=spec.nodeName%3D')).body.items ?? {}).map(
    ({ metadata, status }) => ({ name: String(metadata?.name), told: status?.conditions !== undefined }),
  );
const renewedAgo = async (on: Stage, lease: string) => {
  const { body } = await on.get(`/apis/coordination.k8s.io/v1/namespaces/kube-system/leases/${lease}`);
  return (on.now().getTime() - Date.parse(String(body.spec?.renewTime))) / 1000;
};

describe('a cluster without a scheduler', () => {
  it('runs on; only what was ended since waits, and nobody says why', async () => {
    await using on = await stage({ world: WORLD });
    const pods = await podsOn(on, 'worker-2');

    expect(pods.every(({ phase }) => phase === 'Running')).toBe(true);
    expect((await waiting(on)).map(({ told }) => told)).toEqual([false, false, false]);
    const [first] = await waiting(on);
    const events = await on.get(`/api/v1/namespaces/shop/events?fieldSelector=involvedObject.name%3D${first?.name}`);
    expect(Object.values(events.body.items ?? {}).map(({ reason }) => String(reason))).not.toContain(
      'FailedScheduling',
    );
  });

  it('has a lease that ran out, beside that of a controller manager that works', async () => {
    await using on = await stage({ world: WORLD });

    expect(await renewedAgo(on, SCHEDULER)).toBeGreaterThan(890);
    expect(await renewedAgo(on, 'kube-controller-manager')).toBeLessThan(2);
    expect((await on.query(`up{job="${SCHEDULER}"}`)).map(({ value }) => value)).toEqual([0, 0, 0]);
    expect(await on.query(`changes(kube_lease_renew_time{lease="${SCHEDULER}"}[5m])`)).toMatchObject([{ value: 0 }]);
  });

  it('shows static pods that end at once, with their last words', async () => {
    await using on = await stage({ world: WORLD });
    const { body } = await on.get(`/api/v1/namespaces/kube-system/pods/${SCHEDULER}-control-plane-2`);
    const [status] = Object.values(body.status?.containerStatuses ?? {});
    const log = await on.get(`/api/v1/namespaces/kube-system/pods/${SCHEDULER}-control-plane-2/log?tailLines=60`);

    expect(status).toMatchObject({ ready: false, state: { waiting: { reason: 'CrashLoopBackOff' } } });
    expect(status?.lastState?.terminated).toMatchObject({ exitCode: 1, reason: 'Error' });
    expect(log.text).toContain('unknown flag: --address');
  });

  it('is told on the first look: why, on how many machines, and who waits', async () => {
    await using on = await stage({ world: WORLD });
    const report = await diagnosed(on, WORLD);
    const { reason = '' } = report.causes.find(({ id }) => id === 'badConfiguration') ?? {};

    expect(reason).toContain('(all 3): it says: "Error: unknown flag: --address", exit code 1');
    expect(reason).toContain('pods stay Pending, without an event (3 pods, the first since');
    expect(report.manualSteps.map(({ id }) => id)).toEqual(['whatWorksOn', 'mendManifest', 'whatNotToDo']);
    expect(report.cost.kubernetesCalls).toBeLessThanOrEqual(18);
  });

  it('is not healed by deleting its pods, by another fix, or by time', async () => {
    await using on = await stage({ world: WORLD });
    const path = `/api/v1/namespaces/kube-system/pods/${SCHEDULER}-control-plane-1`;
    expect((await on.send('DELETE', path)).status).toBe(200);
    const [web] = (await podsOn(on, 'worker-2')).filter(
      ({ namespace, name }) => namespace === 'shop' && name.startsWith('cart'),
    );
    if (web) await evict(on, web);
    on.practice.doneByHand('electAnew');
    on.wait(900);
    const report = await diagnosed(on, WORLD);

    expect(confirmedIn(report)).toEqual(['badConfiguration']);
    expect(report.recovered.verdict).toBe('ruled-out');
    expect((await on.get(path)).body.status?.containerStatuses?.[0]).toMatchObject({ ready: false });
    expect((await waiting(on)).length).toBeGreaterThan(3);
  });

  it('is healed by the mended manifest: the lease is renewed, and what waited is placed', async () => {
    await using on = await stage({ world: WORLD });
    on.practice.doneByHand('mendManifest');
    on.wait(30);
    const report = await diagnosed(on, WORLD);

    expect(confirmedIn(report)).toEqual([]);
    expect(report.recovered.verdict).toBe('confirmed');
    expect(await waiting(on)).toEqual([]);
    expect(await renewedAgo(on, SCHEDULER)).toBeLessThan(2);
    expect(await on.query(`absent(up{job="${SCHEDULER}"} == 1)`)).toEqual([]);
  });
});
