import { describe, expect, it } from 'vitest';
import { lose } from './members-lost.ts';
import { type MemberWorld, verdict, type World, world } from './world.ts';

const judge = (made: World) => verdict(made, 'slowNetwork');
const links = (made: World, figures: Record<string, number>) => {
  for (const member of made.members) Object.assign(member.peers, figures);
};

describe('the network between the members', () => {
  it('is ruled out with short round trips, naming the slowest link', async () => {
    expect(await judge(world())).toMatchObject({
      verdict: 'ruled-out',
      reason: expect.stringMatching(
        /^slowest link etcd-cp-1 .* round trip p99 1.5 ms, mean 1 ms \(heartbeat interval 100 ms\), no failed sends$/,
      ),
    });
  });

  it('is confirmed by round trips of a heartbeat interval and more, though no heartbeat is late', async () => {
    const slow = world((made) => links(made, { rttP99: 0.408, rttMean: 0.311 }));

    expect(await judge(slow)).toMatchObject({
      verdict: 'confirmed',
      reason: expect.stringContaining('round trip p99 408 ms'),
    });
  });

  it.each([
    [0.049, 'ruled-out'],
    [0.0515, 'inconclusive'],
    [0.1019, 'inconclusive'],
    [0.1025, 'confirmed'],
  ] as const)('with a p99 of %d s is %s: its bucket must begin beyond the interval', async (rttP99, expected) => {
    expect((await judge(world((made) => links(made, { rttP99, rttMean: 0.03 })))).verdict).toBe(expected);
  });

  it('is compared with the interval that is set, not with the default', async () => {
    const wide = world((made) => {
      links(made, { rttP99: 0.19, rttMean: 0.15 });
      for (const { pod } of made.members) pod.flags.push('--heartbeat-interval=500', '--election-timeout=2500');
    });

    expect(await judge(wide)).toMatchObject({
      verdict: 'ruled-out',
      reason: expect.stringContaining('heartbeat interval 500 ms'),
    });
  });

  describe('while nobody tells to which interval the heartbeat is set', () => {
    const unread = (figures: Record<string, number | undefined>) =>
      world((made) => {
        for (const { peers } of made.members) Object.assign(peers, figures);
        made.failing.set('Kubernetes', 'unreachable');
      });

    it.each([
      ["over the 150 ms of etcd's own alert", { rttP99: 0.408, rttMean: 0.311, rttUsual: undefined }, 'confirmed'],
      ['that, and much longer than usual', { rttP99: 0.408, rttMean: 0.311, rttUsual: 0.002 }, 'confirmed'],
      ['that, and as long as usual', { rttP99: 0.408, rttMean: 0.311, rttUsual: 0.3 }, 'inconclusive'],
      ['under it', { rttP99: 0.19, rttMean: 0.14, rttUsual: 0.002 }, 'inconclusive'],
      ['short', { rttP99: 0.002, rttMean: 0.001 }, 'ruled-out'],
    ] as const)('a round trip %s: %j is %s', async (_, figures, expected) => {
      const said = await judge(unread(figures));

      expect(said.verdict).toBe(expected);
      expect(said.reason).toMatch(/(what|that) is set could not be seen/);
    });

    it('round trips to a process that paused for longer than them say nothing of the network', async () => {
      const paused = world((made, leader) => {
        leader.scrapes.p95 = 0.35;
        leader.heartbeats.late = 200;
        const stretched = { rttP99: 0.102, rttMean: 0.066 };
        Object.assign(leader.peers, stretched);
        for (const member of made.members) if (member !== leader) member.peersTo[leader.id] = stretched;
        made.failing.set('Kubernetes', 'unreachable');
      });

      expect(await judge(paused)).toMatchObject({
        verdict: 'ruled-out',
        reason: expect.stringMatching(/^slowest link etcd-cp-[23] \S+ → etcd-cp-[23] \S+: round trip p99 1.5 ms/),
      });
    });
  });

  it('is left open while it is not known whether a member hears the leader', async () => {
    const unknown = world((_, __, follower) => Object.assign(follower.members, { hasLeader: undefined }));

    expect((await judge(unknown)).verdict).toBe('inconclusive');
  });

  it('is not charged with a long round trip whose ends may have paused, but with sends that fail', async () => {
    const links = (failures: number) =>
      world((made, _, follower) => {
        for (const { peers } of made.members) Object.assign(peers, { rttP99: 0.408, rttMean: 0.311, failures });
        for (const { scrapes } of made.members) scrapes.p95 = undefined;
        made.without.add(follower.host);
      });

    expect(await judge(links(0))).toMatchObject({
      verdict: 'inconclusive',
      reason: expect.stringContaining('whether the processes at its ends paused could not be seen'),
    });
    expect((await judge(links(40))).verdict).toBe('confirmed');
  });

  it('is confirmed by failing sends, and left open by few', async () => {
    const failing = (failures: number) => world((_, leader) => Object.assign(leader.peers, { failures }));

    expect(await judge(failing(40))).toMatchObject({
      verdict: 'confirmed',
      reason: expect.stringContaining('40 failed sends'),
    });
    expect((await judge(failing(3))).verdict).toBe('inconclusive');
  });

  it.each([
    ['down', (made: World, _: MemberWorld, follower: MemberWorld) => lose(made, follower, 0.001), 'does not answer'],
    [
      'paused',
      (_: World, leader: MemberWorld) => {
        leader.heartbeats.late = 200;
        leader.scrapes.p95 = 0.35;
        Object.assign(leader.peers, { rttP99: 0.2, rttMean: 0.11 });
      },
      'paused for 342 ms and more',
    ],
    [
      'restarted',
      (_: World, leader: MemberWorld) => {
        leader.members.restarts = 1;
        leader.peers.failures = 30;
      },
      'restarted',
    ],
  ] as const)('is not blamed for a member that is %s', async (_, change, excuse) => {
    expect(await judge(world(change))).toMatchObject({ verdict: 'ruled-out', reason: expect.stringContaining(excuse) });
  });

  it('and a starved process are both confirmed when links without the starved member are slow too', async () => {
    const both = world((made, leader) => {
      leader.heartbeats.late = 200;
      leader.scrapes.p95 = 0.35;
      links(made, { rttP99: 0.4, rttMean: 0.3 });
    });

    expect([(await judge(both)).verdict, (await verdict(both, 'starvedProcess')).verdict]).toEqual([
      'confirmed',
      'confirmed',
    ]);
  });

  it('and a slow disk are both confirmed when both are seen', async () => {
    const both = world((made, leader) => {
      leader.heartbeats.late = 200;
      Object.assign(leader.fsync, { p99: 0.25, p95: 0.2, slow: 200, long: 150 });
      links(made, { rttP99: 0.4, rttMean: 0.3 });
    });

    expect([(await judge(both)).verdict, (await verdict(both, 'slowDisk')).verdict]).toEqual([
      'confirmed',
      'confirmed',
    ]);
  });

  it('is confirmed when a member hears no leader while the majority has one', async () => {
    const apart = world((_, __, follower) => Object.assign(follower.members, { hasLeader: 0 }));

    expect(await judge(apart)).toMatchObject({
      verdict: 'confirmed',
      reason: expect.stringContaining('etcd-cp-2 (10.0.0.2:2381) hears no leader'),
    });
    expect((await verdict(apart, 'quorumLost')).verdict).toBe('ruled-out');
  });

  it('is left open by elections that nothing explains', async () => {
    const elections = world((made) => {
      for (const { heartbeats } of made.members) heartbeats.elections = 2;
    });

    expect(await judge(elections)).toMatchObject({
      verdict: 'inconclusive',
      reason: expect.stringContaining('2 elections without a late heartbeat'),
    });
  });

  it('does not apply to an etcd of one member, which has no peer series at all', async () => {
    expect(await judge(world(() => {}, 1))).toMatchObject({
      verdict: 'ruled-out',
      reason: 'not applicable: one member has no peers',
    });
  });

  it('is left open, not ruled out, when several members show no peer series', async () => {
    expect(await judge(world((made) => made.without.add('peers')))).toMatchObject({
      verdict: 'inconclusive',
      missing: ['peers'],
    });
  });

  it('is left open while a link was not measured yet', async () => {
    const young = world((made) => {
      for (const member of made.members.slice(0, 2))
        Object.assign(member.peers, { rttP99: undefined, rttMean: undefined });
    });

    expect(await judge(young)).toMatchObject({
      verdict: 'inconclusive',
      reason: expect.stringContaining('between 10.0.0.1:2381 and 10.0.0.2:2381'),
    });
  });
});
