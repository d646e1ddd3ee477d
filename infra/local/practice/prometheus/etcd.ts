import { type EtcdStall, isMemberSilent, memberStartedAt, residentBytes, storeBytes } from '../etcd-stall.ts';
import type { Facts, MemberFacts } from '../facts.ts';
import { nodeNamed } from '../lookup.ts';
import { constant, counter, since } from '../promql/series.ts';
import { histogramOf, type Job, type Line, merged, metric, plain, scrapes } from './families.ts';

const MIB = 2 ** 20;
/** 1 ms doubled thirteen times (etcd, server/storage/wal/metrics.go). */
const DISK_BUCKETS = Array.from({ length: 14 }, (_, k) => 0.001 * 2 ** k);
/** 0.1 ms doubled fifteen times (etcd, server/etcdserver/api/rafthttp/metrics.go). */
const PEER_BUCKETS = Array.from({ length: 16 }, (_, k) => 0.0001 * 2 ** k);

interface Member extends MemberFacts {
  readonly stall: EtcdStall | undefined;
}

/** As the Helm chart scrapes kubeadm's etcd: through a Service whose endpoints are the static pods. */
const job: Job<Member> = {
  name: 'kube-etcd',
  targets: ({ members, etcdStall }) => members.map((member) => ({ ...member, stall: etcdStall })),
  labels: ({ node }, facts) => ({
    job: 'kube-etcd',
    endpoint: 'http-metrics',
    instance: `${nodeNamed(facts, node)?.address}:2381`,
    namespace: 'kube-system',
    pod: `etcd-${node}`,
    service: 'kube-prometheus-stack-kube-etcd',
  }),
  isSilent: ({ stall }, at) => isMemberSilent(stall, at),
  restartedAt: ({ stall }) => memberStartedAt(stall),
};

/** Who hangs accepts the connection and never answers; who is just started refuses it. */
const [TIMED_OUT_SECONDS, REFUSED_SECONDS] = [10, 0.0006];

/** Pages of the database that a defragmentation would give back. */
const FREE_BYTES = 51 * MIB;

const gauge = (value: number) => () => constant(value);
const steady =
  (perSecond: number) =>
  (_: Member, { bornAt }: Facts) =>
    counter({ perSecond, from: bornAt });

/** What a disk is like to write to: most fsyncs quick, a few slower. Mean 1.6 ms, as measured on an SSD. */
const quick = [
  { value: 0.0009, share: 0.55 },
  { value: 0.0018, share: 0.36 },
  { value: 0.0035, share: 0.085 },
  { value: 0.007, share: 0.005 },
];
/** A saturated one: every tenth fsync takes longer than two heartbeat intervals. */
const slow = [
  { value: 0.012, share: 0.35 },
  { value: 0.06, share: 0.55 },
  { value: 0.24, share: 0.1 },
];

/** A disk histogram that turns slow when the member's disk does; `factor`: how much longer this operation takes. */
function diskHistogram(name: string, perSecond: number, factor: number) {
  const taking = (values: typeof quick, times: number) =>
    values.map(({ value, share }) => ({ value: value * factor * times, share }));
  return histogramOf(job, name, ({ slowDisk = [] }, { bornAt }) => [
    {
      buckets: DISK_BUCKETS,
      from: bornAt,
      observationsPerSecond: perSecond,
      values: taking(quick, 1),
      // A slow disk also gets less done.
      changes: slowDisk.map(({ at, times }) =>
        times === 0
          ? { at, observationsPerSecond: perSecond, values: taking(quick, 1) }
          : { at, observationsPerSecond: (perSecond * 0.7) / times, values: taking(slow, times) },
      ),
    },
  ]);
}

function toPeers({ members }: Facts, from: MemberFacts, line: (to: MemberFacts) => Line): Line[] {
  return members.filter((to) => to.id !== from.id).map(line);
}

/** What three healthy members tell of themselves, a leader on a slow disk, and members at their memory limit. */
export const etcd = merged(
  scrapes(job, {
    answeredIn: 0.012,
    failedIn: ({ stall }, at) => (at < (stall?.raisedAt ?? at + 1) ? TIMED_OUT_SECONDS : REFUSED_SECONDS),
  }),
  plain(job, 'etcd_server_has_leader', gauge(1)),
  plain(job, 'etcd_server_is_leader', ({ leads }) => constant(leads ? 1 : 0)),
  metric(job, 'etcd_server_id', ({ id }) => [{ labels: { server_id: id }, at: constant(1) }]),
  metric(job, 'etcd_server_version', () => [{ labels: { server_version: '3.5.24' }, at: constant(1) }]),
  // Only a leader sends heartbeats; it counts each follower whose heartbeat left late.
  plain(job, 'etcd_server_heartbeat_send_failures_total', ({ leads, slowDisk = [] }, { bornAt }) =>
    counter({
      perSecond: 0,
      from: bornAt,
      changes: leads ? slowDisk.map(({ at, times }) => ({ at, perSecond: 0.9 * times })) : [],
    }),
  ),
  plain(job, 'etcd_server_leader_changes_seen_total', gauge(2)),
  plain(job, 'etcd_server_slow_apply_total', gauge(3)),
  plain(job, 'etcd_server_slow_read_indexes_total', gauge(0)),
  plain(job, 'etcd_server_read_indexes_failed_total', gauge(0)),
  plain(job, 'etcd_server_proposals_committed_total', steady(22)),
  plain(job, 'etcd_server_proposals_applied_total', steady(22)),
  plain(job, 'etcd_server_proposals_pending', ({ leads, slowDisk = [] }) => (at) => {
    return leads ? 6 * (slowDisk.findLast((turn) => turn.at <= at)?.times ?? 0) : 0;
  }),
  plain(job, 'etcd_server_proposals_failed_total', gauge(0)),
  plain(job, 'etcd_server_quota_backend_bytes', gauge(2048 * MIB)),
  plain(job, 'etcd_mvcc_db_total_size_in_bytes', ({ stall }) => storeBytes(stall)),
  plain(job, 'etcd_mvcc_db_total_size_in_use_in_bytes', ({ stall }) => {
    const all = storeBytes(stall);
    return (at) => (all(at) ?? 0) - FREE_BYTES;
  }),
  plain(job, 'etcd_mvcc_put_total', steady(20)),
  // It counts every code of every method from the start.
  metric(job, 'grpc_server_handled_total', () =>
    ['Put', 'Txn', 'LeaseGrant'].map((method) => ({
      labels: { grpc_code: 'ResourceExhausted', grpc_method: method, grpc_type: 'unary' },
      at: constant(0),
    })),
  ),
  plain(job, 'etcd_disk_defrag_inflight', gauge(0)),
  diskHistogram('etcd_disk_wal_fsync_duration_seconds', 18, 1),
  diskHistogram('etcd_disk_backend_commit_duration_seconds', 8, 1.6),
  metric(job, 'etcd_network_active_peers', (from, facts) =>
    toPeers(facts, from, (to) => ({ labels: { Local: from.id, Remote: to.id }, at: constant(1) })),
  ),
  histogramOf(job, 'etcd_network_peer_round_trip_time_seconds', (from, facts) =>
    facts.members
      .filter((to) => to.id !== from.id)
      .map((to) => ({
        labels: { To: to.id },
        buckets: PEER_BUCKETS,
        observationsPerSecond: 1 / 15,
        values: [
          { value: 0.0007, share: 0.6 },
          { value: 0.0012, share: 0.4 },
        ],
        from: facts.bornAt,
      })),
  ),
  plain(job, 'process_start_time_seconds', ({ stall }, { bornAt }) => {
    const again = memberStartedAt(stall) ?? Number.POSITIVE_INFINITY;
    return since(again, bornAt + 60, again);
  }),
  plain(job, 'process_cpu_seconds_total', steady(0.06)),
  plain(job, 'process_resident_memory_bytes', ({ stall }) => residentBytes(stall)),
  plain(job, 'process_open_fds', gauge(142)),
  plain(job, 'process_max_fds', gauge(1_048_576)),
);
