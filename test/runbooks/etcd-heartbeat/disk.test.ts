import { describe, expect, it } from 'vitest';
import { type MemberWorld, unscraped, verdict, world } from './world.ts';

const judge = (made: ReturnType<typeof world>) => verdict(made, 'slowDisk');

describe("the leader's disk", () => {
  it('is ruled out on a healthy etcd, with the figure and the limit', async () => {
    const { verdict: said, reason, cites } = await judge(world());

    expect(said).toBe('ruled-out');
    expect(reason).toContain('etcd-cp-1 (10.0.0.1:2381): WAL fsync p99 3 ms (good < 8 ms, bad > 16 ms)');
    expect(cites).toContain('fsync');
  });

  it('is confirmed by a slow p99 and fsyncs that fit the late heartbeats', async () => {
    const slow = world((_, leader) => {
      leader.heartbeats.late = 198;
      Object.assign(leader.fsync, { p99: 0.251, p95: 0.2, count: 710, slow: 110, long: 100 });
    });

    const { verdict: said, reason } = await judge(slow);

    expect(said).toBe('confirmed');
    expect(reason).toContain('p99 251 ms');
    expect(reason).toContain('100 of 710 took over 64 ms against 99 late rounds of heartbeats');
  });

  it.each([
    [0.0079, 'ruled-out'],
    [0.008, 'inconclusive'],
    [0.016, 'inconclusive'],
    [0.0161, 'confirmed'],
  ] as const)('with a p99 of %d s is %s: the histogram has edges at 8 and 16 ms only', async (p99, expected) => {
    const made = world((_, leader) => {
      Object.assign(leader.fsync, { p99, p95: p99 / 2, slow: p99 > 0.016 ? 95 : 20, long: 6 });
    });

    const { verdict: said, reason } = await judge(made);

    expect([said, reason.match(/p99 ([\d.]+ ms)/)?.[1]]).toEqual([expected, `${Number((p99 * 1000).toFixed(1))} ms`]);
  });

  it('is ruled out in the grey zone when hardly an fsync was long enough to delay a heartbeat', async () => {
    const grey = world((_, leader) => {
      leader.heartbeats.late = 200;
      Object.assign(leader.fsync, { p99: 0.0127, p95: 0.004, slow: 8, long: 3 });
    });

    expect(await judge(grey)).toMatchObject({
      verdict: 'ruled-out',
      reason: expect.stringContaining('too few to delay heartbeats'),
    });
  });

  it('is not ruled out when rare stalls are as many as the late heartbeats, however good the p99', async () => {
    const stalls = world((_, leader) => {
      leader.heartbeats.late = 24;
      Object.assign(leader.fsync, { p99: 0.003, count: 20_000, slow: 14, long: 12 });
    });

    expect((await judge(stalls)).verdict).toBe('inconclusive');
  });

  it('is inconclusive with fewer than 50 fsyncs: an idle etcd says nothing about its disk', async () => {
    const idle = world((_, leader) => Object.assign(leader.fsync, { count: 49 }));
    const enough = world((_, leader) => Object.assign(leader.fsync, { count: 50 }));

    expect((await judge(idle)).reason).toContain('only 49 fsyncs in 10 minutes (50 are needed)');
    expect((await judge(enough)).verdict).toBe('ruled-out');
  });

  it('is not confirmed by a single hiccup among few fsyncs', async () => {
    const hiccup = world((_, leader) => Object.assign(leader.fsync, { p99: 0.25, count: 60, slow: 1, long: 1 }));

    expect((await judge(hiccup)).verdict).not.toBe('confirmed');
  });

  it('takes no quantile of nothing for zero', async () => {
    const silent = world((_, leader) =>
      Object.assign(leader.fsync, { p99: Number.NaN, p95: Number.NaN, p99Now: Number.NaN, count: 0 }),
    );

    expect(await judge(silent)).toMatchObject({
      verdict: 'inconclusive',
      reason: expect.stringContaining('no fsync in 10 minutes'),
    });
  });

  it('is judged by p95 while the whole process paused, because a pause stretches the fsync in flight', async () => {
    const paused = (p95: number) =>
      world((_, leader) => {
        leader.heartbeats.late = 200;
        Object.assign(leader.scrapes, { p95: 0.333 });
        Object.assign(leader.fsync, { p99: 0.0217, p95, slow: 95, long: 90 });
      });

    expect((await judge(paused(0.0052))).verdict).toBe('ruled-out');
    expect((await judge(paused(0.3))).verdict).toBe('confirmed');
  });

  it('is not judged by a quantile that stands on a handful of fsyncs in a young window', async () => {
    const young = world((_, leader) => {
      leader.heartbeats.late = 220;
      leader.scrapes.p95 = 0.35;
      Object.assign(leader.fsync, { p99: 0.05, p95: 0.03, count: 120, slow: 5, long: 2 });
    });

    expect((await judge(young)).verdict).toBe('ruled-out');
  });

  it('is left open when one fsync in ten is over 16 ms though hardly one is over 64 ms', async () => {
    const sluggish = world((_, leader) =>
      Object.assign(leader.fsync, { p99: 0.045, p95: 0.03, count: 1_000, slow: 100, long: 1 }),
    );

    expect((await judge(sluggish)).verdict).toBe('inconclusive');
  });

  it('is inconclusive with good fsyncs and slow backend commits', async () => {
    const commits = world((_, leader) => Object.assign(leader.fsync, { commitMean: 0.3 }));

    expect(await judge(commits)).toMatchObject({
      verdict: 'inconclusive',
      reason: expect.stringContaining('300 ms on average (limit 25 ms)'),
    });
  });

  it('names the device others compete for, or says that the device itself is slow', async () => {
    const slow = (device: Record<string, number>) =>
      world((made, leader) => {
        Object.assign(leader.fsync, { p99: 0.2, slow: 900, long: 800 });
        made.nodeLoad = [{ instance: 'cp-1:9100', device: 'vda', ...device }];
      });

    expect((await judge(slow({ diskBusy: 0.99, diskQueue: 34 }))).reason).toContain(
      'Contention: vda is 99 % busy with 34.0 requests waiting',
    );
    expect((await judge(slow({ diskBusy: 0.2, diskQueue: 0.4 }))).reason).toContain(
      'No contention (vda 20 % busy): the device itself is slow',
    );
  });

  describe('of a follower', () => {
    const onFollower = (late: number) =>
      world((_, leader, follower) => {
        leader.heartbeats.late = late;
        Object.assign(follower.fsync, { p99: 0.4, slow: 900, long: 900 });
      });

    it('is confirmed while no heartbeat is late: commits wait for it', async () => {
      expect(await judge(onFollower(0))).toMatchObject({
        verdict: 'confirmed',
        reason: expect.stringContaining('on a follower: etcd-cp-2'),
      });
    });

    it('explains no late heartbeat', async () => {
      expect(await judge(onFollower(200))).toMatchObject({
        verdict: 'inconclusive',
        reason: expect.stringContaining('delays no heartbeat'),
      });
    });
  });

  it('is told by the pressure on the container when etcd itself is not scraped', async () => {
    const pressure = unscraped((made) => {
      made.container = [{ pod: 'etcd-cp-1', ioStalled: 0.42, cpuWaiting: 0.01 }];
    });

    expect(await judge(pressure)).toMatchObject({
      verdict: 'confirmed',
      reason: expect.stringContaining('stalled on I/O 42 % of the time (limit 10 %)'),
    });
  });

  it('is inconclusive, naming what is missing, without fsync figures', async () => {
    const blind = world((made) => made.without.add('fsync'));

    expect(await judge(blind)).toMatchObject({ verdict: 'inconclusive', missing: expect.arrayContaining(['fsync']) });
  });

  it.each([
    ['late heartbeats are not counted', (made: MemberWorld) => Object.assign(made.heartbeats, { late: undefined })],
    ['long fsyncs are not counted', (made: MemberWorld) => Object.assign(made.fsync, { long: undefined })],
  ])('is left open, not called slow, when %s', async (_, forget) => {
    const made = world((_, leader) => {
      Object.assign(leader.fsync, { p99: 0.251, p95: 0.2, count: 710, slow: 110, long: 100 });
      forget(leader);
    });

    expect((await judge(made)).verdict).toBe('inconclusive');
  });

  it('of a follower is no cause while it is not known whether the leader was late', async () => {
    const made = world((_, leader, follower) => {
      Object.assign(follower.fsync, { p99: 0.251, p95: 0.2, count: 710, slow: 110, long: 100 });
      leader.heartbeats.late = undefined;
    });

    expect(await judge(made)).toMatchObject({
      verdict: 'inconclusive',
      reason: expect.stringContaining('whether any heartbeat was late is not known'),
    });
  });

  it('is inconclusive when the leader is not among the scraped members', async () => {
    const unknown = world((_, leader) => Object.assign(leader.members, { leads: undefined, led: undefined }));

    expect((await judge(unknown)).verdict).toBe('inconclusive');
  });
});
