import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Etcd, type EtcdMember, startEtcd } from '../harness/etcd.ts';
import { putLoad } from '../harness/etcd-api.ts';
import { slowDisk, starve } from '../harness/faults.ts';
import { needs } from '../harness/programs.ts';
import { until } from '../harness/until.ts';

const fsyncSeconds = 'etcd_disk_wal_fsync_duration_seconds_sum';
const fsyncCount = 'etcd_disk_wal_fsync_duration_seconds_count';
const lateHeartbeats = 'etcd_server_heartbeat_send_failures_total';

/** What grew on a member since `before` was called. */
async function growth(member: EtcdMember) {
  const before = await member.metrics();
  return async (name: string) => ((await member.metrics()).sum(name) ?? 0) - (before.sum(name) ?? 0);
}

describe.skipIf(needs('etcd', 'strace'))('three real etcd members', () => {
  let etcd: Etcd;
  beforeAll(async () => {
    const t = performance.now();
    etcd = await startEtcd({ members: 3 });
    process.stderr.write(`start ${performance.now() - t}\n`);
  }, 60_000);
  afterAll(() => etcd?.[Symbol.asyncDispose]());

  test('a slow disk', async () => {
    const leader = await etcd.leader();
    const [f] = await etcd.followers();
    const grown = await growth(leader);
    const fg = f && await growth(f);
    const t = performance.now();
    {
      await using _s = await slowDisk(leader.pid, 250);
      process.stderr.write(`strace ${performance.now() - t}\n`);
      await using load = putLoad(leader);
      for (let i = 0; i < 12; i++) {
        await new Promise((r) => setTimeout(r, 1000));
        process.stderr.write(`${i} ${await grown(fsyncSeconds)} ${await grown(fsyncCount)} ${await grown(lateHeartbeats)} ${await fg?.(lateHeartbeats)} ${await fg?.(fsyncSeconds)} load ${load.done} ${load.failed} ${(await etcd.leader()).name}\n`);
      }
    }
    process.stderr.write(`end ${performance.now() - t}\n`);
  });
  test('starved', async () => {
    const leader = await etcd.leader();
    const [f] = await etcd.followers();
    const grown = await growth(leader);
    const fg = f && await growth(f);
    const t = performance.now();
    {
      await using _s = starve(leader.pid);
      await using load = putLoad(leader);
      for (let i = 0; i < 12; i++) {
        await new Promise((r) => setTimeout(r, 1000));
        process.stderr.write(`${i} ${await grown(fsyncSeconds)} ${await grown(fsyncCount)} ${await grown(lateHeartbeats)} ${await fg?.(lateHeartbeats)} ${await fg?.(fsyncSeconds)} load ${load.done} ${load.failed} ${(await etcd.leader()).name}\n`);
      }
    }
    process.stderr.write(`end ${performance.now() - t}\n`);
  });
  test('proxied', async () => {
    const t = performance.now();
    await using etcd = await startEtcd({ members: 3, peerDelayMs: 200 });
    process.stderr.write(`start proxied ${performance.now() - t}\n`);
    await using load = putLoad(etcd.members[0]!);
    for (let i = 0; i < 14; i++) {
        await new Promise((r) => setTimeout(r, 5000));
        for (const m of etcd.members) {
          const x = await m.metrics();
        process.stderr.write(`${i} ${m.name} ${x.sum('etcd_network_peer_round_trip_time_seconds_sum')} ${x.sum('etcd_network_peer_round_trip_time_seconds_count')} ${x.sum(lateHeartbeats)} ${load.done} ${(await etcd.leader()).name}\n`);
        }
      }
    
  });
});
