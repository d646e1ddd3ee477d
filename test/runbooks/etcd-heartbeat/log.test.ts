import { describe, expect, it } from 'vitest';
import { investigate } from '../../../engine/investigate.ts';
import { caseClock, caseSource } from '../../../engine/replay.ts';
import { anyRunbook } from '../../../engine/runbook.ts';
import { runbook } from '../../../runbooks/etcd-heartbeat/index.ts';
import { written } from './cases.ts';
import { late, lostStream, slowSync, unreached, unreachedFrom, writes } from './logs.ts';
import { caseOf, look, type MemberWorld, unscraped, verdict, type World, world } from './world.ts';

const loopback = (change: (leader: MemberWorld, made: World) => void) =>
  unscraped((made, leader) => change(leader, made));
const syncs = [slowSync('02:53:19', '1.263337456s'), slowSync('02:55:38', '1.71985s')];

/** A second each, the last one a second before now. */
const clock = (index: number) => new Date(Date.UTC(2026, 10, 21, 2, 56, index)).toISOString().slice(11, 19);

async function shown(made: World): Promise<string> {
  return (await look(made)).evidence.find(({ id }) => id === 'log')?.shown ?? '';
}

async function reasonIn(name: string, cause: string): Promise<string> {
  const made = written[name]?.world;
  if (made === undefined) throw new Error(`no case is called ${name}`);
  return (await verdict(made, cause)).reason;
}

describe('what etcd wrote in its log', () => {
  it('is shown in words with figures, by member, and never as a count of lines', async () => {
    const words = await shown(written['log-late-heartbeats']?.world ?? world());

    expect(words).toContain(
      'etcd-cp-1 since 02:36:41: heartbeats left up to 602 ms apart (interval 100 ms), last at 02:58:41, an apply took 308 ms, last at 02:55:11',
    );
    expect(words).toContain('etcd-cp-2 since 02:36:41: nothing about heartbeats, syncs, applies, peers or elections');
  });

  it('is kept in little, however much it writes: the latest of each kind, and the longest', async () => {
    const flood = Array.from({ length: 240 }, (_, index) => late(clock(index), index === 7 ? '9s' : '50ms', 'a2'));
    const made = loopback((leader) => writes(leader, ...flood));
    const { evidence } = await look(made);
    const value = evidence.find(({ id }) => id === 'log')?.value as { logs: { entries: unknown[] }[] } | undefined;

    expect(value?.logs[0]?.entries).toHaveLength(21);
    expect(await shown(made)).toContain('heartbeats left up to 9.2 s apart (interval 100 ms), last at 02:59:59');
  });

  it('is understood as etcd 3.2 wrote it', async () => {
    expect(await shown(written['log-of-etcd-3.2']?.world ?? world())).toContain(
      'etcd-cp-1 since 02:57:01: heartbeats left up to 602 ms apart (interval 100 ms), last at 02:57:01, ' +
        'reads waited in vain for the leader, last at 02:57:02, ' +
        'leader e23bf6fd185b2dc5 at term 337 with a quorum of 2, last at 02:57:03',
    );
  });

  it('does not choose among disk, CPU and applies, whatever it guesses itself', async () => {
    for (const cause of ['slowDisk', 'starvedProcess']) {
      expect(await reasonIn('log-late-heartbeats', cause)).toBe(
        'etcd-cp-1 wrote that heartbeats left up to 602 ms apart (interval 100 ms), last at 02:58:41. A slow disk, a process that does not get to run and slow applies look the same there',
      );
    }
    expect(await reasonIn('log-late-heartbeats', 'notObservable')).toContain('heartbeats left up to 602 ms apart');
    expect(await reasonIn('log-late-heartbeats', 'applyBackPressure')).toMatch(/an apply took 308 ms .*slow disk/);
  });

  it('names a slow disk where syncs take over a second, and says what that rests on', async () => {
    expect(await reasonIn('log-slow-syncs', 'slowDisk')).toBe(
      'etcd-cp-1 wrote that a sync of its log took 2 s (etcd expects under 1 s), last at 02:58:02, and that heartbeats left up to 1.9 s apart (interval 100 ms); its fsync times are not scraped',
    );
    expect(await reasonIn('log-one-slow-sync', 'slowDisk')).toContain('once, as a pause of the whole machine would do');
    expect(await reasonIn('log-slow-syncs-of-a-follower', 'slowDisk')).toContain(
      'it is etcd-cp-1 whose heartbeats are late',
    );
  });

  it('says of what is older than ten minutes that it was so', async () => {
    const { causes } = await look(written['log-slow-syncs-of-before']?.world ?? world());

    expect(causes.find(({ id }) => id === 'slowDisk')?.reason).not.toContain('wrote');
    expect(await reasonIn('log-slow-syncs-of-before', 'notObservable')).toMatch(
      /etcd-cp-1 wrote that its heartbeats left .*last at 02:39:38: that is over, as far as the log tells$/,
    );
  });

  it('takes a line from the future, or without a time, for one of nobody knows when', async () => {
    const ahead = loopback((leader) => writes(leader, slowSync('03:04:00', '1.3s'), slowSync('03:05:00', '1.3s')));
    const undated = loopback((leader) => writes(leader, ...syncs.map((line) => line.replace('"ts"', '"t"'))));

    expect(await verdict(ahead, 'slowDisk')).toMatchObject({
      verdict: 'inconclusive',
      missing: expect.arrayContaining(['fsync']),
    });
    expect(await verdict(undated, 'slowDisk')).toMatchObject({ verdict: 'inconclusive' });
  });
});

describe('connections that break', () => {
  it('speak for the network where all members are ready, and prove nothing', async () => {
    expect(await reasonIn('log-lost-connections', 'slowNetwork')).toBe(
      'etcd-cp-1 wrote: messages to a2 were dropped, last at 02:52:23, lost its connection to a2, last at 02:57:40. All members are ready, which speaks for the network; a process that pauses for seconds looks the same',
    );
  });

  it('are explained by a member that ended or was started again', async () => {
    expect(await reasonIn('log-lost-connections-to-one-that-ended', 'slowNetwork')).toContain(
      'etcd-cp-2 is not ready, which explains it',
    );
    expect(await reasonIn('log-lost-connections-to-one-that-restarted', 'slowNetwork')).toContain(
      'etcd-cp-2 started at 02:52:24, which explains it',
    );
  });

  it('and cannot be made again to a member that is there all the time: the network', async () => {
    expect(await reasonIn('log-unreached', 'slowNetwork')).toBe(
      'etcd-cp-1 could not connect to 10.0.0.2 (i/o timeout) from 02:55:00 to 02:58:55, where etcd-cp-2 runs all the time and is ready on a node that is ready; round trips are not scraped',
    );
  });

  it.each<[string, (made: World, leader: MemberWorld, follower: MemberWorld) => void]>([
    ['since when the pod runs is not known', (_, __, { pod }) => Object.assign(pod, { startedAt: undefined })],
    ['the pod was started since', (_, __, { pod }) => Object.assign(pod, { startedAt: '2026-11-21T02:56:00Z' })],
    ['the pod is not ready', (_, __, { pod }) => Object.assign(pod, { ready: false })],
    ['the node is not ready', (_, __, { pod }) => Object.assign(pod, { nodeReady: 'Unknown' })],
    [
      "the API server's check fails, so that all of it may be frozen",
      (made) => Object.assign(made, { etcdCheck: 'failed' }),
    ],
  ])('is no proof where %s', async (_, change) => {
    const made = unscraped((made, leader) => {
      const [, follower = leader] = made.members;
      writes(leader, ...unreachedFrom(55, 60, '10.0.0.2'));
      change(made, leader, follower);
    });

    expect((await verdict(made, 'slowNetwork')).verdict).toBe('inconclusive');
  });
});

describe('metrics and log', () => {
  it('that contradict each other leave it open, and the card says so', async () => {
    const made = world((_, leader) =>
      writes(leader, ...syncs, late('02:55:38', '1.5s', 'a2'), unreached('02:55:42', '10.0.0.2')),
    );

    for (const cause of ['slowDisk', 'starvedProcess', 'slowNetwork']) {
      const { verdict: said, reason } = await verdict(made, cause);
      expect([cause, said]).toEqual([cause, 'inconclusive']);
      expect(reason).toMatch(/; yet etcd-cp-1 .*: the two contradict each other$/);
    }
  });

  it('that agree on a few long syncs among thousands rule the disk out all the same', async () => {
    const made = world((_, leader) => {
      Object.assign(leader.fsync, { long: 2, slow: 2 });
      writes(leader, ...syncs);
    });

    expect((await verdict(made, 'slowDisk')).verdict).toBe('ruled-out');
  });

  it('that agree on a slow disk are both named', async () => {
    expect(await reasonIn('slow-disk-and-the-log-agrees', 'slowDisk')).toMatch(
      /WAL fsync p99 251 ms .*The log agrees: etcd-cp-1 wrote that a sync of its log took 2 s/,
    );
  });

  it('without a connection that broke stay as they are: the metrics count what was sent', async () => {
    const made = world((_, leader) => writes(leader, lostStream('02:55:20', 'a2')));

    expect((await verdict(made, 'slowNetwork')).verdict).toBe('ruled-out');
  });
});

describe('a log that cannot be read', () => {
  it('names the right that is missing, and rules nothing out', async () => {
    const { causes, evidence } = await look(written['log-forbidden']?.world ?? world());

    expect(evidence.find(({ id }) => id === 'log')).toMatchObject({ status: 'failed', failure: 'forbidden' });
    expect(causes.find(({ id }) => id === 'slowDisk')?.verdict).toBe('inconclusive');
  });

  it('of one member leaves the others to tell', async () => {
    const made = loopback((leader) => writes(leader, ...syncs, late('02:55:38', '1.5s', 'a2')));
    const recorded = caseOf(made);
    const key = Object.keys(recorded.reads).find((read) => read.startsWith('logs kube-system/etcd-cp-3')) ?? '';
    const failing = { ...recorded.reads, [key]: { failure: { kind: 'timed-out', message: 'no answer' } as const } };
    const report = await investigate(anyRunbook(runbook), recorded.target, {
      source: caseSource({ ...recorded, reads: failing }),
      clock: caseClock(recorded),
      cluster: recorded.cluster,
    });

    expect(report.causes.find(({ id }) => id === 'slowDisk')?.verdict).toBe('confirmed');
    expect(report.evidence.find(({ id }) => id === 'log')?.shown).toContain('etcd-cp-3: not read (timed-out)');
  });

  it('because etcd is no pod of this cluster says so', async () => {
    expect(await shown(unscraped((made) => Object.assign(made, { staticPods: false })))).toBe(
      'none: etcd does not run as a static pod of this cluster',
    );
  });

  it('is asked of three members only where there are nine', async () => {
    expect((await shown(world(() => {}, 9))).match(/not read \(not asked\)/g)).toHaveLength(6);
  });
});
