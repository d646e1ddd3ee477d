import { describe, expect, it } from 'vitest';
import { look, unscraped, verdict, type World, world } from './world.ts';

describe("etcd's metrics", () => {
  it('are collected in health', async () => {
    expect((await verdict(world(), 'notObservable')).verdict).toBe('ruled-out');
  });

  it("are not collected with kubeadm's defaults, and the reason says what cannot be told apart", async () => {
    const kubeadm = unscraped((made) => {
      for (const { pod } of made.members) pod.flags = ['--listen-metrics-urls=http://127.0.0.1:2381'];
    });

    const { verdict: said, reason } = await verdict(kubeadm, 'notObservable');

    expect(said).toBe('inconclusive');
    expect(reason).toContain("http://127.0.0.1:2381, where only the machine itself can ask (kubeadm's default)");
    expect(reason).toContain(
      'A slow disk, a starved process, a slow network, slow applies and a stuck member cannot be told apart',
    );
    expect(reason).toContain('get, takes 4 ms on average');
  });

  it('are not said to be on the loopback address only when another address offers them too', async () => {
    const both = unscraped((made) => {
      for (const { pod, host } of made.members) {
        pod.flags = [`--listen-metrics-urls=http://127.0.0.1:2381,http://${host}:2381`];
      }
    });

    expect((await verdict(both, 'notObservable')).reason).not.toContain('only the machine itself can ask');
  });

  it('are not collected although targets exist, when none ever answered; then no member is called down', async () => {
    const refused = unscraped((made) => {
      made.without.delete('members');
      for (const member of made.members) {
        Object.assign(member, { id: '' });
        member.members = { up: 0, scrapeSeconds: 0.001 };
      }
    });

    expect(await verdict(refused, 'notObservable')).toMatchObject({
      verdict: 'inconclusive',
      reason: expect.stringContaining('3 scrape targets for etcd, none of which ever answered'),
    });
    expect((await verdict(refused, 'memberDown')).verdict).toBe('ruled-out');
  });

  it('are not collected on a managed control plane, which has no etcd pods', async () => {
    const managed = unscraped((made) => Object.assign(made, { staticPods: false, provider: 'aws' }));

    expect(await verdict(managed, 'notObservable')).toMatchObject({
      verdict: 'inconclusive',
      reason: expect.stringContaining('its control plane is managed (machines of aws), or etcd runs outside it'),
    });
  });

  it('leave every cause they alone can tell open', async () => {
    for (const id of ['slowDisk', 'starvedProcess', 'slowNetwork', 'applyBackPressure', 'memberStuck', 'wrongTimers']) {
      expect([id, (await verdict(unscraped(), id)).verdict]).toEqual([id, 'inconclusive']);
    }
  });

  it('are in doubt when only some members are scraped', async () => {
    const partly = world((made) => made.without.add('10.0.0.3'));

    expect(await verdict(partly, 'notObservable')).toMatchObject({
      verdict: 'inconclusive',
      reason: expect.stringContaining('only 2 of 3'),
    });
  });

  it('are in doubt, not absent, when Prometheus is not configured or does not answer; the same cannot be told apart', async () => {
    const down = world((made) => made.failing.set('Prometheus', 'unreachable'));

    expect(await verdict(down, 'notObservable')).toMatchObject({
      verdict: 'inconclusive',
      missing: expect.arrayContaining(['members']),
      reason: expect.stringMatching(/Prometheus could not be asked.*and a stuck member cannot be told apart/),
    });
  });

  const onLoopback = (made: World) => {
    for (const { pod } of made.members) pod.flags = ['--listen-metrics-urls=http://127.0.0.1:2381'];
  };
  const prometheusDown = world((made) => {
    onLoopback(made);
    made.failing.set('Prometheus', 'unreachable');
  });
  it.each([
    ['not collected', unscraped(onLoopback)],
    ['not to be asked for', prometheusDown],
  ])(
    'are never the cause of an alert, %s: no cause is found, and the steps to expose them are listed',
    async (_, blind) => {
      const report = await look(blind);

      expect(report.causes.filter(({ verdict }) => verdict === 'confirmed')).toEqual([]);
      expect(report.manualSteps.map(({ id, cause }) => [id, cause])).toEqual([['exposeMetrics', 'notObservable']]);
      expect(JSON.stringify(report.manualSteps)).toContain('listen-metrics-urls=http://0.0.0.0:2381');
      expect(report.causes.find(({ id }) => id === 'memberDown')).toMatchObject({
        verdict: 'ruled-out',
        reason: 'all 3 etcd pods and their nodes are ready',
      });
    },
  );

  it('need no steps once they are collected, and Prometheus comes first when it could not be asked', async () => {
    expect((await look(world())).manualSteps).toEqual([]);
    expect((await look(prometheusDown)).manualSteps[0]?.steps[0]?.title).toMatch(/^First let Prometheus be asked/);
    expect((await look(unscraped(onLoopback))).manualSteps[0]?.steps[0]?.title).toMatch(/^Now, on every control-plane/);
  });

  it('need no restart of etcd where it offers them on its address already: only Prometheus has to come', async () => {
    const [steps] = (await look(unscraped())).manualSteps;

    expect(steps?.steps.map(({ title }) => title)).toEqual([
      'Let Prometheus scrape it under a job with etcd in its name',
    ]);
  });

  it('lead what is undecided on the card', async () => {
    const open = (await look(unscraped())).causes.filter(({ verdict }) => verdict === 'inconclusive');

    expect(open[0]?.id).toBe('notObservable');
  });
});

describe("the API server's answers", () => {
  const judge = (etcdCheck: World['etcdCheck'], leaseAgeSeconds: World['leaseAgeSeconds']) =>
    verdict(
      world((made) => Object.assign(made, { etcdCheck, leaseAgeSeconds })),
      'frozenApi',
    );

  it.each([
    ['ok', 1, 'ruled-out'],
    ['failed', 29, 'inconclusive'],
    ['failed', 31, 'confirmed'],
    ['failed', 'absent', 'inconclusive'],
  ] as const)('with the etcd check %s and a lease of %s s: frozen is %s', async (check, age, expected) => {
    expect((await judge(check, age)).verdict).toBe(expected);
  });

  it('say since when they are frozen', async () => {
    expect((await judge('failed', 240)).reason).toContain('renewed every 2 s, is 240 s old (limit 30 s)');
  });
});

describe('that all members answer', () => {
  it('is said as of the oldest of their scrapes', async () => {
    const made = world((_, __, follower) => Object.assign(follower.members, { ageSeconds: 41 }));

    for (const id of ['memberDown', 'memberStuck'])
      expect(await verdict(made, id)).toMatchObject({
        verdict: 'ruled-out',
        reason: 'all 3 members answer (scraped up to 41 s ago)',
      });
  });
});
