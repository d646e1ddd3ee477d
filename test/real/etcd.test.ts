import { describe, expect, test } from 'vitest';
import { entriesIn } from '../../runbooks/etcd-heartbeat/log/entries.ts';
import { type EtcdMember, startEtcd } from '../harness/etcd.ts';
import { putLoad } from '../harness/etcd-api.ts';
import { slowDisk, starve } from '../harness/faults.ts';
import { needs } from '../harness/programs.ts';
import { until } from '../harness/until.ts';

const heartbeatFailures = 'etcd_server_heartbeat_send_failures_total';
const fsync = 'etcd_disk_wal_fsync_duration_seconds';
const roundTrip = 'etcd_network_peer_round_trip_time_seconds';

/** From now on: how much a counter of the member has grown, and the mean of what a histogram has observed. */
async function watching(member: EtcdMember) {
  const before = await member.metrics();
  const grown = async (name: string) => ((await member.metrics()).sum(name) ?? 0) - (before.sum(name) ?? 0);
  const mean = async (name: string) => (await grown(`${name}_sum`)) / (await grown(`${name}_count`));
  return { grown, mean };
}

describe.skipIf(needs('etcd', 'strace'))('a fault made on a real etcd', () => {
  test('slow disk: late heartbeats and slow fsyncs, on the leader only, until it ends', async () => {
    await using etcd = await startEtcd({ members: 3 });
    const leader = await etcd.leader();
    const atLeader = await watching(leader);
    const atFollowers = await Promise.all((await etcd.followers()).map(watching));
    await using _load = putLoad(leader);
    {
      await using _fault = await slowDisk(leader.pid, 250);
      await until('late heartbeats', async () => (await atLeader.grown(heartbeatFailures)) >= 10);
      expect(await atLeader.mean(fsync)).toBeGreaterThan(0.15);
      for (const follower of atFollowers) {
        expect(await follower.mean(fsync)).toBeLessThan(0.1);
        expect(await follower.grown(heartbeatFailures)).toBe(0);
      }
    }
    const after = await watching(leader);
    await until('fsyncs after the fault', async () => (await after.grown(`${fsync}_count`)) >= 5);
    expect(await after.mean(fsync)).toBeLessThan(0.1);
  });

  test('starved process: late heartbeats with normal fsyncs', async () => {
    await using etcd = await startEtcd({ members: 3 });
    const leader = await etcd.leader();
    const atLeader = await watching(leader);
    await using _fault = starve(leader.pid, () => leader.put('key', 100));
    await until('late heartbeats', async () => (await atLeader.grown(heartbeatFailures)) >= 10);
    expect(await atLeader.mean(fsync)).toBeLessThan(0.1);
    expect(leader.log()).toContain('failed to send out heartbeat on time');
  });

  test('slow network: long round trips, no late heartbeats', async () => {
    await using etcd = await startEtcd({ members: 3, peerDelayMs: 200 });
    const leader = await etcd.leader();
    const atLeader = await watching(leader);
    // etcd probes its peers about every 30 s, and smooths what it measures.
    const slow = async () => (await atLeader.mean(roundTrip)) > 0.15;
    await until('slow round trips', slow, { deadlineMs: 90_000, everyMs: 500 });
    expect(await atLeader.grown(heartbeatFailures)).toBeLessThan(10);
  });

  test('a network that was slow is quick again when the delay is taken away', async () => {
    await using etcd = await startEtcd({ members: 3, peerDelayMs: 200 });
    const leader = await etcd.leader();
    const putMs = async () => {
      const begun = performance.now();
      await leader.put('key', 10);
      return performance.now() - begun;
    };
    expect(await putMs()).toBeGreaterThan(390); // a follower's word takes a round trip
    etcd.setPeerDelayMs(0);
    await until('a put quicker than any delayed one can be', async () => (await putMs()) < 390);
  });

  test('no space: puts fail, the alarm is raised, /health says so', async () => {
    await using etcd = await startEtcd({ members: 1, quotaBytes: 16 * 1024 * 1024 });
    const [member] = etcd.members;
    if (member === undefined) throw new Error('no member');
    const fill = async () => {
      for (let index = 0; index < 100; index += 1) await member.put(`big/${index}`, 500_000);
    };
    await expect(fill()).rejects.toThrow('database space exceeded');
    expect(await member.alarms()).toEqual(['NOSPACE']);
    expect(await (await fetch(`${member.clientUrl}/health`)).json()).toMatchObject({ health: 'false' });
    const metrics = await member.metrics();
    // The put that would have passed the quota was refused, so the size itself may stand just below it.
    const size = metrics.sum('etcd_mvcc_db_total_size_in_bytes') ?? 0;
    expect(size / (metrics.sum('etcd_server_quota_backend_bytes') ?? 0)).toBeGreaterThan(0.95);
  });

  test('a member that stopped comes back with what was written meanwhile', async () => {
    await using etcd = await startEtcd({ members: 3 });
    const [follower] = await etcd.followers();
    if (follower === undefined) throw new Error('no follower');
    await follower.stop();
    await expect(follower.metrics()).rejects.toThrow();
    const leader = await etcd.leader();
    await leader.put('key', 10);
    expect((await leader.metrics()).sum('etcd_server_has_leader')).toBe(1);
    await follower.start();
    await until('the follower to have caught up', async () => {
      const applied = 'etcd_server_proposals_applied_total';
      return ((await follower.metrics()).sum(applied) ?? 0) >= ((await leader.metrics()).sum(applied) ?? 0);
    });
  });

  test.each(['zap', 'capnslog'] as const)('a slow disk is in the log, by %s, as we read it', async (logger) => {
    await using etcd = await startEtcd({ members: 3, logger });
    const leader = await etcd.leader();
    const { memberId } = await leader.status();
    const entries = () => entriesIn(leader.log());
    const elected = entries().find(({ kind }) => kind === 'election');
    expect(elected).toMatchObject({ kind: 'election', leader: hex(memberId), term: 2 });
    await using _load = putLoad(leader);
    await using _fault = await slowDisk(leader.pid, 250);
    const late = await until('a late heartbeat', () => entries().find((entry) => entry.kind === 'late'));
    expect(late).toMatchObject({ intervalSeconds: 0.1 });
    expect(late.gapSeconds).toBeGreaterThan(0.2);
    expect(Date.now() - Date.parse(late.at ?? '')).toBeLessThan(60_000);
  });

  test.each(['zap', 'capnslog'] as const)(
    'a sync of over a second is in the log, by %s, as we read it',
    async (logger) => {
      await using etcd = await startEtcd({ members: 1, logger });
      const [member] = etcd.members;
      if (member === undefined) throw new Error('no member');
      await using _fault = await slowDisk(member.pid, 1_100);
      await member.put('key', 10);
      const sync = await until('the line', () => entriesIn(member.log()).find((entry) => entry.kind === 'sync'));
      expect(sync.tookSeconds).toBeGreaterThan(1.1);
    },
  );

  test('a member that ended is in the log of the others as connections that broke, as we read it', async () => {
    await using etcd = await startEtcd({ members: 3 });
    const leader = await etcd.leader();
    const [follower] = await etcd.followers();
    if (follower === undefined) throw new Error('no follower');
    const { memberId } = await follower.status();
    await follower.stop();
    const lost = await until('the line', () => entriesIn(leader.log()).find((entry) => entry.kind === 'lost'));
    expect(lost.peer).toBe(hex(memberId));
  });

  test('a member that hangs breaks connections in the same words; only a connect is taken for it by the kernel', async () => {
    await using etcd = await startEtcd({ members: 3 });
    const leader = await etcd.leader();
    const [follower] = await etcd.followers();
    if (follower === undefined) throw new Error('no follower');
    const { memberId } = await follower.status();
    follower.freeze();
    const entries = () => entriesIn(leader.log());
    const lost = await until('the line', () => entries().find((entry) => entry.kind === 'lost'), {
      deadlineMs: 20_000,
    });
    expect(lost.peer).toBe(hex(memberId));
    expect(leader.log()).toMatch(/lost TCP streaming connection.*i\/o timeout/);
    expect(entries().filter(({ kind }) => kind === 'unreached')).toEqual([]);
    follower.thaw();
  });
});

/** As etcd writes ids; its API gives them in decimal. */
function hex(id: string): string {
  return BigInt(id).toString(16);
}
