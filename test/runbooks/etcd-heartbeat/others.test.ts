import { describe, expect, it } from 'vitest';
import { type MemberWorld, verdict, type World, world } from './world.ts';

const etcdTables = ['members', 'heartbeats', 'fsync', 'scrapes', 'peers', 'apply', 'space'] as const;

/** Nobody scrapes etcd. */
function unscraped(change: (made: World, leader: MemberWorld) => void = () => {}): World {
  return world((made, leader) => {
    for (const table of etcdTables) made.without.add(table);
    change(made, leader);
  });
}

describe('applying entries', () => {
  const judge = (change: Parameters<typeof world>[0]) => verdict(world(change), 'applyBackPressure');

  it('is not slow in health', async () => {
    expect(await judge(() => {})).toMatchObject({
      verdict: 'ruled-out',
      reason: 'at most 0 slow applies in 10 minutes (limit 10) and a lag of 1 (limit 5,000)',
    });
  });

  it('is slow with many slow applies on a good disk', async () => {
    expect(await judge((_, leader) => Object.assign(leader.apply, { slow: 80 }))).toMatchObject({
      verdict: 'confirmed',
      reason: expect.stringContaining('80 applies over 100 ms in 10 minutes (limit 10), with a good disk'),
    });
  });

  it.each([
    [5_000, 'ruled-out'],
    [5_001, 'confirmed'],
  ] as const)('with %d entries committed and not applied is %s', async (lag, expected) => {
    expect((await judge((_, leader) => Object.assign(leader.apply, { lag }))).verdict).toBe(expected);
  });

  it('is slow because of a defragmentation', async () => {
    expect(await judge((_, leader) => Object.assign(leader.apply, { defrag: 1, slow: 2 }))).toMatchObject({
      verdict: 'confirmed',
      reason: expect.stringContaining('was defragmented in the last 10 minutes'),
    });
  });

  it('is left open while a slow disk or a paused process may be the reason', async () => {
    const disk = judge((_, leader) => {
      leader.apply.slow = 98;
      Object.assign(leader.fsync, { p99: 0.3, slow: 200, long: 200 });
    });
    const paused = judge((_, leader) => {
      leader.apply.slow = 98;
      leader.scrapes.p95 = 0.4;
    });

    expect(await disk).toMatchObject({
      verdict: 'inconclusive',
      reason: expect.stringContaining('its disk is not cleared'),
    });
    expect(await paused).toMatchObject({
      verdict: 'inconclusive',
      reason: expect.stringContaining('paused for 392 ms'),
    });
  });

  it('is left open when a member that answers shows no figures', async () => {
    expect(await judge((_, __, follower) => Object.assign(follower.apply, { slow: undefined }))).toMatchObject({
      verdict: 'inconclusive',
      reason: expect.stringContaining('not known of etcd-cp-2'),
    });
  });
});

describe('the database', () => {
  const judge = (change: Parameters<typeof world>[0]) => verdict(world(change), 'noSpace');

  it.each([
    [0.1, 'ruled-out'],
    [0.8, 'inconclusive'],
    [0.95, 'inconclusive'],
    [0.951, 'confirmed'],
    [1.04, 'confirmed'],
  ] as const)('that fills %d of its quota: full is %s', async (used, expected) => {
    expect((await judge((_, __, follower) => Object.assign(follower.space, { used }))).verdict).toBe(expected);
  });

  it('is full while a NOSPACE alarm is raised, even after space was made', async () => {
    expect(await judge((_, leader) => Object.assign(leader.space, { used: 0.2, alarm: 1 }))).toMatchObject({
      verdict: 'confirmed',
      reason: expect.stringContaining('a NOSPACE alarm is raised'),
    });
  });

  it('is left open when the quota is not known of a member that answers', async () => {
    expect((await judge((_, __, follower) => Object.assign(follower.space, { used: undefined }))).verdict).toBe(
      'inconclusive',
    );
  });

  it('is measured by the API server and the flags when etcd is not scraped', async () => {
    const full = unscraped((made, leader) => {
      made.apiServerView = [{ storageBytes: 8.1e9 }];
      for (const { pod } of made.members) pod.flags.push('--quota-backend-bytes=8589934592');
      expect(leader.pod.flags).toHaveLength(2);
    });
    const managed = unscraped((made) => {
      made.staticPods = false;
    });

    expect((await verdict(full, 'noSpace')).verdict).toBe('inconclusive');
    expect(await verdict(unscraped(), 'noSpace')).toMatchObject({
      verdict: 'ruled-out',
      reason: expect.stringContaining('10 % of the quota of 2 GiB'),
    });
    expect(await verdict(managed, 'noSpace')).toMatchObject({
      verdict: 'inconclusive',
      reason: expect.stringContaining('its quota is not known'),
    });
  });
});

describe('the timers', () => {
  const judge = (change: Parameters<typeof world>[0], size?: number) => verdict(world(change, size), 'wrongTimers');
  const flags = (member: MemberWorld | undefined, heartbeat: number, election: number) =>
    member?.pod.flags.push(`--heartbeat-interval=${heartbeat}`, `--election-timeout=${election}`);
  const all = (made: World, heartbeat: number, election: number) => {
    for (const member of made.members) flags(member, heartbeat, election);
  };
  const trips = (made: World, figures: Record<string, number>) => {
    for (const { peers } of made.members) Object.assign(peers, figures);
  };

  it('fit when they are the defaults and round trips are short', async () => {
    expect(await judge(() => {})).toMatchObject({
      verdict: 'ruled-out',
      reason: 'heartbeat 100 ms, election 1000 ms fits a mean round trip of 1 ms',
    });
  });

  it('do not fit when the members differ, a flag that is not set being the default', async () => {
    expect(await judge((made) => flags(made.members[1], 500, 2500))).toMatchObject({
      verdict: 'confirmed',
      reason: expect.stringContaining('etcd-cp-2 heartbeat 500 ms, election 2500 ms'),
    });
  });

  it('do not fit when they are as high as old articles advise', async () => {
    expect(await judge((made) => all(made, 6000, 30000))).toMatchObject({
      verdict: 'confirmed',
      reason: expect.stringContaining('requests wait up to 65 s'),
    });
  });

  it('do not fit when the usual round trip asks for more', async () => {
    expect(await judge((made) => trips(made, { rttMean: 0.15, rttUsual: 0.15 }))).toMatchObject({
      verdict: 'confirmed',
      reason: expect.stringContaining('under ten times the usual round trip of 150 ms'),
    });
  });

  it('are not blamed for round trips that are long only now', async () => {
    expect((await judge((made) => trips(made, { rttMean: 0.4, rttUsual: 0.001 }))).verdict).toBe('ruled-out');
    expect((await judge((made) => trips(made, { rttMean: 0.4, rttUsual: Number.NaN }))).verdict).toBe('inconclusive');
  });

  it('have no round trip to fit with one member', async () => {
    expect((await judge(() => {}, 1)).verdict).toBe('ruled-out');
  });

  it('cannot be seen where etcd does not run as a static pod', async () => {
    expect(await judge((made) => Object.assign(made, { staticPods: false }))).toMatchObject({
      verdict: 'inconclusive',
      reason: expect.stringContaining('flags cannot be seen'),
    });
  });
});

describe("etcd's metrics", () => {
  it('are collected in health', async () => {
    expect((await verdict(world(), 'notObservable')).verdict).toBe('ruled-out');
  });

  it("are not collected with kubeadm's defaults, and the reason says what cannot be told apart", async () => {
    const kubeadm = unscraped((made) => {
      for (const { pod } of made.members) pod.flags = ['--listen-metrics-urls=http://127.0.0.1:2381'];
    });

    const { verdict: said, reason } = await verdict(kubeadm, 'notObservable');

    expect(said).toBe('confirmed');
    expect(reason).toContain("http://127.0.0.1:2381, where only the machine itself can ask (kubeadm's default)");
    expect(reason).toContain(
      'A slow disk, a starved process, a slow network, slow applies and a stuck member cannot be told apart',
    );
    expect(reason).toContain('get, takes 4 ms on average');
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
      verdict: 'confirmed',
      reason: expect.stringContaining('3 scrape targets for etcd, none of which ever answered'),
    });
    expect((await verdict(refused, 'memberDown')).verdict).toBe('ruled-out');
  });

  it('are not collected on a managed control plane, which has no etcd pods', async () => {
    const managed = unscraped((made) => Object.assign(made, { staticPods: false, provider: 'aws' }));

    expect(await verdict(managed, 'notObservable')).toMatchObject({
      verdict: 'confirmed',
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

  it('are in doubt, not absent, when Prometheus does not answer', async () => {
    const down = world((made) => made.failing.set('Prometheus', 'unreachable'));

    expect(await verdict(down, 'notObservable')).toMatchObject({
      verdict: 'inconclusive',
      missing: expect.arrayContaining(['members']),
    });
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
