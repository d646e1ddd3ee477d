import { describe, expect, it } from 'vitest';
import { verdict, world } from './world.ts';

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
