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
