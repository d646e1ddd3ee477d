import { describe, expect, it } from 'vitest';
import { unscraped, verdict, world } from './world.ts';

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

  it('is full by the writes that are refused, where no metric tells of the alarm', async () => {
    const refusing = (change: Parameters<typeof world>[0] = () => {}) =>
      judge((made, leader, follower) => {
        for (const { space } of made.members) space.puts = 0;
        leader.space.refused = 63;
        change(made, leader, follower);
      });

    expect(await refusing()).toMatchObject({
      verdict: 'confirmed',
      reason: expect.stringContaining('63 writes refused for want of room and none applied within 2 minutes'),
    });
    // "Too many requests" has the same code, and needs a lag.
    expect((await refusing((_, leader) => Object.assign(leader.apply, { lag: 5_001 }))).verdict).toBe('inconclusive');
    expect((await refusing((_, leader) => Object.assign(leader.apply, { lag: undefined }))).verdict).toBe(
      'inconclusive',
    );
    expect((await refusing((made) => made.without.add('apply'))).verdict).toBe('inconclusive');
  });

  it('is ruled out only where a write was seen: by its count, or by a lease where it is not counted', async () => {
    const written = (puts: number | undefined, leaseAgeSeconds: number | 'absent') =>
      judge((made) => {
        for (const { space } of made.members) space.puts = puts;
        made.leaseAgeSeconds = leaseAgeSeconds;
      });

    expect((await written(12, 'absent')).verdict).toBe('ruled-out');
    expect((await written(undefined, 2)).verdict).toBe('ruled-out');
    expect(await written(0, 2)).toMatchObject({
      verdict: 'inconclusive',
      reason: expect.stringContaining('etcdctl alarm list'),
    });
    expect((await written(undefined, 60)).verdict).toBe('inconclusive');
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
      expect(leader.pod.flags).toContain('--quota-backend-bytes=8589934592');
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
