import { describe, expect, it } from 'vitest';
import { type MemberWorld, verdict, type World, world } from './world.ts';

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
