import { describe, expect, it } from 'vitest';
import { type MemberWorld, unscraped, verdict, world } from './world.ts';

const judge = (made: ReturnType<typeof world>) => verdict(made, 'starvedProcess');
const late = (leader: MemberWorld, rounds: number) => Object.assign(leader.heartbeats, { late: rounds * 2 });
const slowDisk = (leader: MemberWorld) => Object.assign(leader.fsync, { p99: 0.25, p95: 0.24, slow: 300, long: 290 });

/** So many late rounds, and a CPU figure that fits: over half its limit. */
const nearlyThrottled = (rounds: number) =>
  world((made, leader) => {
    late(leader, rounds);
    made.container = [{ pod: 'etcd-cp-1', throttled: 0.2 }];
  });

describe('the etcd process', () => {
  it('ran in time when no heartbeat was late', async () => {
    expect(await judge(world())).toMatchObject({ verdict: 'ruled-out', reason: 'no heartbeat was late in 10 minutes' });
  });

  it('was starved when its heartbeats are late and it answered Prometheus as late', async () => {
    const paused = world((_, leader) => {
      late(leader, 100);
      leader.scrapes.p95 = 0.35;
    });

    expect(await judge(paused)).toMatchObject({
      verdict: 'confirmed',
      reason: expect.stringContaining('took over 350 ms (usually 8 ms). No CPU figures are collected for it'),
    });
  });

  it('was starved, by elimination, when heartbeats are late with a good disk and no slow applies', async () => {
    expect(await judge(nearlyThrottled(12))).toMatchObject({
      verdict: 'confirmed',
      reason: expect.stringMatching(/12 rounds of late heartbeats.*good disk.*no slow applies/),
    });
  });

  it('or its whole machine, where nobody collects CPU figures', async () => {
    expect(await judge(world((_, leader) => late(leader, 12)))).toMatchObject({
      verdict: 'confirmed',
      reason: expect.stringContaining('the process, or its whole machine, did not get to run in time'),
    });
  });

  it.each([
    ['throttled', { throttled: 0.41 }, 'throttled in 41 % of periods (limit 25 %)'],
    ['kept waiting', { cpuWaiting: 0.3 }, 'waited for CPU 30 % of the time (limit 10 %)'],
  ] as const)('was starved when its container was %s', async (_, figures, words) => {
    const made = world((made, leader) => {
      late(leader, 30);
      made.container = [{ pod: 'etcd-cp-1', ...figures }];
    });

    expect(await judge(made)).toMatchObject({ verdict: 'confirmed', reason: expect.stringContaining(words) });
  });

  it.each([
    ['busy', { busy: 0.97, steal: 0.01 }, "machine's CPU was 97 % busy (limit 90 %)"],
    ['robbed by the hypervisor', { busy: 0.3, steal: 0.22 }, 'withheld 22 % of its machine'],
  ] as const)('was starved when its machine was %s', async (_, figures, words) => {
    const made = world((made, leader) => {
      late(leader, 30);
      made.nodeLoad = [{ instance: '10.0.0.1:9100', ...figures }];
    });

    expect(await judge(made)).toMatchObject({ verdict: 'confirmed', reason: expect.stringContaining(words) });
  });

  it('is not called starved by a CPU figure alone: the heartbeats have to be late, and the disk cleared', async () => {
    const waiting = (rounds: number, change: (leader: MemberWorld) => void = () => {}) =>
      world((made, leader) => {
        late(leader, rounds);
        change(leader);
        made.container = [{ pod: 'etcd-cp-1', cpuWaiting: 0.3 }];
      });
    const unclear = (leader: MemberWorld) => Object.assign(leader.fsync, { count: 20 });

    expect((await judge(waiting(10))).verdict).toBe('confirmed');
    expect(await judge(waiting(9))).toMatchObject({
      verdict: 'ruled-out',
      reason: expect.stringContaining('are a hiccup (limit 10), and the process answered 20 scrapes in time'),
    });
    expect(await judge(waiting(9, ({ scrapes }) => Object.assign(scrapes, { answered: 4 })))).toMatchObject({
      verdict: 'inconclusive',
      reason: expect.stringMatching(/waited for CPU 30 %.*hiccup \(limit 10\)/),
    });
    expect(await judge(waiting(290, slowDisk))).toMatchObject({
      verdict: 'inconclusive',
      reason: expect.stringContaining('the slow disk explains them as well'),
    });
    expect((await verdict(waiting(290, slowDisk), 'slowDisk')).verdict).toBe('confirmed');
    expect(await judge(waiting(30, unclear))).toMatchObject({
      verdict: 'inconclusive',
      reason: expect.stringContaining('the disk is not cleared'),
    });
  });

  it("is not blamed for another machine's load", async () => {
    const made = world((made, leader) => {
      late(leader, 30);
      slowDisk(leader);
      made.nodeLoad = [{ instance: '10.0.0.2:9100', busy: 0.99, steal: 0.3 }];
    });

    expect((await judge(made)).verdict).toBe('ruled-out');
  });

  it('is ruled out when a slow disk explains the heartbeats and it answered Prometheus in time', async () => {
    const made = world((_, leader) => {
      late(leader, 99);
      slowDisk(leader);
    });

    expect(await judge(made)).toMatchObject({
      verdict: 'ruled-out',
      reason: expect.stringContaining('answered 20 scrapes in time (p95 20 ms)'),
    });
  });

  it('is ruled out when a slow disk explains the heartbeats and all CPU figures are low', async () => {
    const made = world((made, leader) => {
      late(leader, 99);
      slowDisk(leader);
      made.without.add('scrapes');
      made.nodeLoad = [{ instance: 'cp-1', busy: 0.2, steal: 0 }];
    });

    expect((await judge(made)).verdict).toBe('ruled-out');
  });

  it('is left open when the disk is slow and too few answers were seen to tell', async () => {
    const made = world((_, leader) => {
      late(leader, 99);
      slowDisk(leader);
      leader.scrapes.answered = 4;
    });

    expect((await judge(made)).verdict).toBe('inconclusive');
  });

  it('and a slow disk are both confirmed when both are seen', async () => {
    const both = world((_, leader) => {
      late(leader, 170);
      slowDisk(leader);
      leader.scrapes.p95 = 0.346;
    });

    expect([(await judge(both)).verdict, (await verdict(both, 'slowDisk')).verdict]).toEqual([
      'confirmed',
      'confirmed',
    ]);
  });

  it('is left open when slow applies may be the reason, or are not known', async () => {
    const slowApplies = world((_, leader) => {
      late(leader, 30);
      leader.apply.slow = 40;
    });
    const unknown = world((made, leader) => {
      late(leader, 30);
      made.without.add('apply');
    });

    expect((await judge(slowApplies)).verdict).toBe('inconclusive');
    expect(await judge(unknown)).toMatchObject({ verdict: 'inconclusive', missing: expect.arrayContaining(['apply']) });
  });

  it('is left open when late heartbeats meet a good disk and low CPU figures: a paused machine looks so', async () => {
    const made = world((made, leader) => {
      late(leader, 30);
      made.nodeLoad = [{ instance: 'cp-1', busy: 0.2, steal: 0 }];
    });

    expect(await judge(made)).toMatchObject({
      verdict: 'inconclusive',
      reason: expect.stringContaining('pause of the whole machine'),
    });
  });

  it.each([
    [9, 'ruled-out'],
    [10, 'confirmed'],
  ] as const)('with %d late rounds in ten minutes is %s: fewer than ten are a hiccup', async (rounds, expected) => {
    expect((await judge(nearlyThrottled(rounds))).verdict).toBe(expected);
  });

  it('is left open, not blamed, when it no longer answers at all', async () => {
    const gone = world((_, leader) => {
      late(leader, 12);
      Object.assign(leader.members, { up: 0, scrapeSeconds: 5, hasLeader: undefined, leads: undefined });
    });

    expect((await judge(gone)).verdict).toBe('inconclusive');
  });

  it('is left open when it does not count late heartbeats: absent is not zero', async () => {
    const old = world((_, leader) => Object.assign(leader.heartbeats, { late: undefined, lateNow: undefined }));

    expect(await judge(old)).toMatchObject({ verdict: 'inconclusive', reason: expect.stringContaining('since 3.3') });
  });

  describe('of a follower, when there were elections without late heartbeats', () => {
    const elections = (change: (follower: MemberWorld) => void = () => {}) =>
      world((made, _, follower) => {
        for (const one of made.members) one.heartbeats.elections = 3;
        change(follower);
      });

    it('is ruled out when every member answered Prometheus in time', async () => {
      expect((await judge(elections())).verdict).toBe('ruled-out');
    });

    it('is left open when a follower answered late', async () => {
      expect((await judge(elections((follower) => Object.assign(follower.scrapes, { p95: 2 })))).verdict).toBe(
        'inconclusive',
      );
    });

    it('is ruled out when a restart explains them', async () => {
      const restarted = elections((follower) => {
        follower.members.restarts = 1;
        follower.scrapes.p95 = 2;
      });

      expect(await judge(restarted)).toMatchObject({
        verdict: 'ruled-out',
        reason: expect.stringContaining('loss or restart of etcd-cp-2'),
      });
    });
  });

  it('is left open when it waits for CPU, and whether a heartbeat was late could not be seen', async () => {
    const made = world((made) => {
      made.without.add('heartbeats');
      made.container = [{ pod: 'etcd-cp-1', cpuWaiting: 0.3 }];
    });

    expect((await judge(made)).verdict).toBe('inconclusive');
  });

  it.each([
    [0.01, 'confirmed', 'its heartbeats are not scraped'],
    [
      0.06,
      'inconclusive',
      'it is stalled on I/O 6 % of the time (limit 10 %): a slow disk explains late heartbeats as well',
    ],
    [undefined, 'inconclusive', 'whether its disk is slow could not be seen'],
  ])(
    'is told by its container when etcd itself is not scraped, if it waits for I/O %s of the time: %s',
    async (...told) => {
      const [ioStalled, verdict, words] = told;
      const made = unscraped((made) => {
        made.container = [{ pod: 'etcd-cp-1', throttled: 0.6, ...(ioStalled === undefined ? {} : { ioStalled }) }];
      });

      expect(await judge(made)).toMatchObject({ verdict, reason: expect.stringContaining(words) });
    },
  );
});
