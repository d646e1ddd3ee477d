import { memberStartedAt } from '../etcd-stall.ts';
import type { Facts, MemberFacts } from '../facts.ts';
import { lastBeat } from '../identity.ts';

interface Written {
  readonly at: number;
  readonly level: 'info' | 'warn';
  readonly caller: string;
  readonly msg: string;
  readonly fields: Readonly<Record<string, string | number>>;
}

/** A compaction every five minutes, by the API server's word. */
const COMPACTS_EVERY_SECONDS = 300;
/** On a slow disk a round of heartbeats is late so often; twice as slow, twice as often. */
const LATE_EVERY_SECONDS = 2.2;
/** The longest syncs of a slow disk, the heartbeat interval, and what etcd finds worth a line of a sync. */
const [SYNC_SECONDS, INTERVAL_SECONDS, SLOW_SYNC_SECONDS] = [0.24, 0.1, 1];

/** The lines a member has written since then, as etcd 3.5 writes them: calm, or of a leader whose disk is slow. */
export function etcdLog(facts: Facts, node: string, from: number, now: number): readonly string[] {
  const member = facts.members.find((one) => one.node === node);
  if (member === undefined) return [];
  // The log of its present container: one that was started anew has nothing of before.
  const since = Math.max(from, memberStartedAt(facts.etcdStall) ?? from);
  return [...compactions(facts, since, now), ...lateRounds(facts, member, since, now)]
    .toSorted((a, b) => a.at - b.at)
    .map(lineOf);
}

function compactions({ bornAt }: Facts, from: number, now: number): readonly Written[] {
  const last = lastBeat(now, COMPACTS_EVERY_SECONDS, 'compaction');
  const count = Math.max(0, Math.floor((last - Math.max(from, bornAt)) / COMPACTS_EVERY_SECONDS) + 1);
  return Array.from({ length: count }, (_, index) => {
    const at = last - index * COMPACTS_EVERY_SECONDS;
    const fields = { 'compact-revision': Math.round((at - bornAt) * 20), took: '21.301ms' };
    const caller = 'mvcc/kvstore_compaction.go:68';
    return { at, level: 'info', caller, msg: 'finished scheduled compaction', fields };
  });
}

/** Only a leader sends heartbeats. While its disk is slow each of these rounds is late to all followers. */
function lateRounds({ members }: Facts, { id, leads, slowDisk = [] }: MemberFacts, from: number, now: number) {
  if (!leads) return [];
  return slowDisk.flatMap(({ at, times }, index): readonly Written[] => {
    const [begins, ends] = [Math.max(at, from), Math.min(slowDisk[index + 1]?.at ?? now, now)];
    const rounds = times === 0 ? 0 : Math.max(0, Math.floor(((ends - begins) * times) / LATE_EVERY_SECONDS));
    const followers = members.filter((other) => other.id !== id);
    const took = SYNC_SECONDS * times;
    return Array.from({ length: rounds }, (_, round) => begins + ((round + 1) * LATE_EVERY_SECONDS) / times).flatMap(
      (moment) => [
        ...(took > SLOW_SYNC_SECONDS ? [slowSync(moment, took)] : []),
        ...followers.map((to) => lateTo(moment, to.id, took - INTERVAL_SECONDS)),
      ],
    );
  });
}

function slowSync(at: number, tookSeconds: number): Written {
  const fields = { took: `${tookSeconds.toFixed(6)}s`, 'expected-duration': '1s' };
  return { at, level: 'warn', caller: 'wal/wal.go:805', msg: 'slow fdatasync', fields };
}

function lateTo(at: number, to: string, exceededSeconds: number): Written {
  return {
    at,
    level: 'warn',
    caller: 'etcdserver/raft.go:415',
    msg: 'leader failed to send out heartbeat on time; took too long, leader is overloaded likely from slow disk',
    fields: {
      to,
      'heartbeat-interval': '100ms',
      'expected-duration': '200ms',
      'exceeded-duration': `${(exceededSeconds * 1000).toFixed(3)}ms`,
    },
  };
}

function lineOf({ at, level, caller, msg, fields }: Written): string {
  const ts = new Date(at * 1000).toISOString().replace('Z', '000Z');
  return JSON.stringify({ level, ts, caller, msg, ...fields });
}
