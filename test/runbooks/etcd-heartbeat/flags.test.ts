import { describe, expect, it } from 'vitest';
import { Start, settingsOf } from '../../../runbooks/evidence/etcd-settings.ts';
import { look, type MemberWorld, unscraped, verdict, type World, world } from './world.ts';

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

const inAFile = { command: ['etcd'], args: ['--config-file=/var/lib/rancher/rke2/server/db/etcd/config'] };
const byAShell = (script: string) => ({ command: ['/bin/sh', '-c', script] });
const started = (start: Readonly<Record<string, unknown>>, more: (made: World) => void = () => {}) =>
  world((made) => {
    for (const { pod } of made.members) pod.start = start;
    more(made);
  });

describe('flags that cannot be seen', () => {
  it.each([
    ['are in a configuration file', inAFile, 'in a file on its machine, /var/lib/rancher/rke2/server/db/etcd/config'],
    [
      'are in a configuration file that the environment names',
      { command: ['etcd'], env: [{ name: 'ETCD_CONFIG_FILE', value: '/etc/etcd.yaml' }] },
      '/etc/etcd.yaml',
    ],
    [
      'come from elsewhere',
      { command: ['etcd'], env: [{ name: 'ETCD_HEARTBEAT_INTERVAL', valueFrom: { configMapKeyRef: { key: 'h' } } }] },
      'its ETCD_HEARTBEAT_INTERVAL comes from elsewhere',
    ],
    ['are made by a script', byAShell('. /etc/etcd.env; exec etcd $FLAGS'), 'it is started through /bin/sh'],
    ['are left to the image', { command: undefined }, 'its image decides'],
  ])('because they %s leave the timers open, and say where to see them', async (_, start, why) => {
    expect(await verdict(started(start), 'wrongTimers')).toMatchObject({
      verdict: 'inconclusive',
      reason: expect.stringMatching(/cannot be seen: .*kubectl -n kube-system logs etcd-cp-1 \| grep/),
    });
    expect((await verdict(started(start), 'wrongTimers')).reason).toContain(why);
  });

  it('of one member only leave the timers open, unless those of another are wrong by themselves', async () => {
    const one = (more: (made: World) => void = () => {}) =>
      world((made, leader) => {
        leader.pod.start = inAFile;
        more(made);
      });
    const folklore = (made: World) =>
      made.members[1]?.pod.flags.push('--heartbeat-interval=6000', '--election-timeout=30000');

    expect((await verdict(one(), 'wrongTimers')).verdict).toBe('inconclusive');
    expect((await verdict(one(folklore), 'wrongTimers')).verdict).toBe('confirmed');
  });

  it('leave a network open that is slow only by the default interval, and never call the default the one that is set', async () => {
    const trips = (seconds: number) =>
      started(inAFile, (made) => {
        for (const { peers } of made.members) Object.assign(peers, { rttP99: seconds, rttMean: seconds });
      });
    const words = /etcd's default heartbeat interval 100 ms; what is set could not be seen: its settings are in a file/;

    expect(await verdict(trips(0.15), 'slowNetwork')).toMatchObject({
      verdict: 'inconclusive',
      reason: expect.stringMatching(words),
    });
    expect((await look(trips(0.15))).recovered).toMatchObject({
      verdict: 'inconclusive',
      reason: expect.stringMatching(words),
    });
    expect(await verdict(trips(0.002), 'slowNetwork')).toMatchObject({
      verdict: 'ruled-out',
      reason: expect.stringMatching(words),
    });
  });

  it('do not let a pause of two default intervals count as one of two intervals', async () => {
    const paused = (start?: typeof inAFile) =>
      world((made, leader) => {
        Object.assign(leader.heartbeats, { late: 8 });
        Object.assign(leader.scrapes, { p95: 0.35 });
        for (const { pod } of made.members) if (start) pod.start = start;
      });

    expect((await verdict(paused(), 'starvedProcess')).verdict).toBe('confirmed');
    expect((await verdict(paused(inAFile), 'starvedProcess')).verdict).toBe('inconclusive');
  });

  it('leave the quota open, whether metrics are offered, and what to set', async () => {
    const blind = unscraped((made) => {
      made.apiServerView = [{ storageBytes: 2.1e9 }];
      for (const { pod } of made.members) pod.start = inAFile;
    });
    const slow = started(inAFile, (made) => {
      for (const { heartbeats, fsync } of made.members) {
        heartbeats.late = 200;
        Object.assign(fsync, { p99: 0.25, p95: 0.2, slow: 300, long: 250 });
      }
    });

    expect(await verdict(blind, 'noSpace')).toMatchObject({
      verdict: 'inconclusive',
      reason: expect.stringContaining('its quota is not known: its settings are in a file'),
    });
    expect((await verdict(blind, 'notObservable')).reason).toContain('whether it offers them could not be seen');
    expect((await look(slow)).manualSteps.find(({ id }) => id === 'setTimers')?.steps[0]).toEqual({
      kind: 'advice',
      title: 'Not now',
      warning: expect.stringContaining('what is set now could not be seen: its settings are in a file'),
    });
  });
});

describe('flags that can be seen', () => {
  const heartbeat = (start: object) => settingsOf(Start.parse(start))('heartbeat-interval');
  const env = [{ name: 'ETCD_HEARTBEAT_INTERVAL', value: '300' }];

  it('may stand in one plain line of a shell', async () => {
    const plain = byAShell('exec etcd --heartbeat-interval=6000 --election-timeout=30000');

    expect(await verdict(started(plain), 'wrongTimers')).toMatchObject({
      verdict: 'confirmed',
      reason: expect.stringContaining('heartbeat 6000 ms, election 30000 ms'),
    });
  });

  it.each([
    'exec etcd --heartbeat-interval=$BEAT',
    'exec etcd --heartbeat-interval="500"',
    'sleep 1; exec etcd',
    'ETCD_HEARTBEAT_INTERVAL=500 etcd',
    'exec etcd\nexec etcd --heartbeat-interval=500',
    'exec /start --heartbeat-interval=500',
  ])('do not stand in %s, which a shell may change', (script) => {
    expect(heartbeat(byAShell(script))).toEqual({ unseen: 'it is started through /bin/sh' });
  });

  it.each([
    ['by the flag, which wins over the environment', { command: ['etcd', '--heartbeat-interval=250'], env }, '250'],
    ['by the environment', { command: ['/usr/local/bin/etcd'], env }, '300'],
    ['by the last of several', { command: ['etcd', '--heartbeat-interval=1', '-heartbeat-interval', '200'] }, '200'],
    ['by arguments beside the command', { command: ['etcd'], args: ['--heartbeat-interval=400'] }, '400'],
    [
      'not by an empty variable',
      { command: ['etcd'], env: [{ name: 'ETCD_HEARTBEAT_INTERVAL', value: '' }] },
      undefined,
    ],
  ])('are set %s', (_, start, value) => {
    expect(heartbeat(start)).toEqual(value === undefined ? {} : { value });
  });

  it('are not known when a part of them comes from elsewhere', () => {
    const from = 'its --heartbeat-interval comes from a variable';
    expect(heartbeat({ command: ['etcd', '--heartbeat-interval=$(BEAT)'] })).toEqual({ unseen: from });
    expect(heartbeat({ command: ['etcd', '$(FLAGS)'] }).unseen).toMatch(/arguments come from variables/);
    expect(heartbeat({ command: ['etcd'], envFrom: [{ configMapRef: { name: 'etcd' } }] }).unseen).toMatch(/envFrom/);
  });
});
