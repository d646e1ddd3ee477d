import type { MemberWorld } from './world.ts';

/** Lines as etcd's loggers write them: shapes and words of etcd 3.2 to 3.6. */

type Fields = Readonly<Record<string, string | number>>;

/** Of zap, which etcd 3.5 and 3.6 write with. `at` without a date is of the day of all worlds, and in UTC. */
export function zap(at: string, msg: string, fields: Fields = {}, level = 'warn', caller = 'etcdserver/raft.go:415') {
  return JSON.stringify({ level, ts: `2026-11-21T${at}.358Z`, caller, msg, ...fields });
}

/** Of capnslog, which etcd wrote with until 3.4. */
export function capnslog(at: string, text: string, level = 'W') {
  return `2026-11-21 ${at}.070062 ${level} | ${text}`;
}

export const late = (at: string, exceeded: string, to: string) =>
  zap(at, 'leader failed to send out heartbeat on time; took too long, leader is overloaded likely from slow disk', {
    to,
    'heartbeat-interval': '100ms',
    'expected-duration': '200ms',
    'exceeded-duration': exceeded,
  });

export const slowSync = (at: string, took: string) =>
  zap(at, 'slow fdatasync', { took, 'expected-duration': '1s' }, 'warn', 'wal/wal.go:805');

export const slowApply = (at: string, took: string) =>
  zap(at, 'apply request took too long', {
    took,
    'expected-duration': '100ms',
    prefix: 'read-only range ',
    request: 'key:"/registry/pods/" range_end:"/registry/pods0" ',
    response: 'range_response_count:5000 size:61000000',
  });

export const lostStream = (at: string, peer: string, error = 'read tcp 10.0.0.1:41906->10.0.0.2:2380: i/o timeout') =>
  zap(at, 'lost TCP streaming connection with remote peer', {
    'stream-reader-type': 'stream Message',
    'local-member-id': 'a1',
    'remote-peer-id': peer,
    error,
  });

export const dropped = (at: string, peer: string) =>
  zap(at, 'dropped internal Raft message since sending buffer is full (overloaded network)', {
    'message-type': 'MsgHeartbeat',
    'local-member-id': 'a1',
    'remote-peer-id': peer,
  });

export const unreached = (at: string, address: string, error = 'i/o timeout') =>
  zap(at, 'prober detected unhealthy status', {
    'round-tripper-name': 'ROUND_TRIPPER_RAFT_MESSAGE',
    'remote-peer-id': 'a2',
    rtt: '0s',
    error: `dial tcp ${address}:2380: ${error}`,
  });

/** As etcd tries both of its round-trippers, every five seconds in the minutes from `from` to `to` of the hour. */
export function unreachedFrom(from: number, to: number, address: string): readonly string[] {
  const seconds = Array.from({ length: Math.floor(((to - from) * 60) / 5) }, (_, index) => from * 60 + index * 5);
  return seconds.flatMap((second) => {
    const at = `02:${String(Math.floor(second / 60)).padStart(2, '0')}:${String(second % 60).padStart(2, '0')}`;
    return [unreached(at, address), unreached(at, address)];
  });
}

/** What a healthy member writes: a compaction every five minutes. */
export const calm: readonly string[] = ['02:36:41', '02:41:41', '02:46:41', '02:51:41', '02:56:41'].flatMap(
  (at, index) => {
    const revision = 4_051_201 + index * 1_733;
    return [
      zap(at, 'compact tree index', { revision }, 'info', 'mvcc/index.go:214'),
      zap(
        at,
        'finished scheduled compaction',
        { 'compact-revision': revision },
        'info',
        'mvcc/kvstore_compaction.go:66',
      ),
    ];
  },
);

/** These lines at the end of its log. */
export function writes(member: MemberWorld | undefined, ...lines: readonly string[]): void {
  if (member) member.log = [...member.log, ...lines];
}
