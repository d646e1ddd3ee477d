import type { Facts, MemberFacts } from '../facts.ts';
import { constant, counter, histogram, type PracticeSeries, type Reading } from '../promql/series.ts';
import { type Families, histogramFamilies, merged, perTarget } from './families.ts';

const MIB = 2 ** 20;
const members = (facts: Facts) => facts.members;
/** etcd's buckets: 1 ms doubled thirteen times. etcd server/storage/wal/metrics.go */
const DISK_BUCKETS = Array.from({ length: 14 }, (_, k) => 0.001 * 2 ** k);
/** 0.1 ms doubled fifteen times. etcd server/etcdserver/api/rafthttp/metrics.go */
const PEER_BUCKETS = Array.from({ length: 16 }, (_, k) => 0.0001 * 2 ** k);
const FSYNCS_PER_SECOND = 18;

/** A healthy SSD: nearly all under 4 ms. */
const quickDisk = [
  { value: 0.0015, share: 0.9 },
  { value: 0.003, share: 0.099 },
  { value: 0.006, share: 0.001 },
];
/** A saturated one: every tenth fsync takes longer than two heartbeat intervals. */
const slowDisk = [
  { value: 0.012, share: 0.35 },
  { value: 0.06, share: 0.55 },
  { value: 0.24, share: 0.1 },
];

/** As a ServiceMonitor for kubeadm's etcd labels a member. */
function labelsOf({ node }: MemberFacts, { nodes }: Facts) {
  const address = nodes.find(({ name }) => name === node)?.address ?? '';
  return {
    job: 'etcd',
    instance: `${address}:2381`,
    namespace: 'kube-system',
    pod: `etcd-${node}`,
    service: 'etcd',
    endpoint: 'http-metrics',
  };
}

function ofMember(
  name: string,
  reading: (member: MemberFacts, facts: Facts) => Reading,
  extra: Readonly<Record<string, string>> = {},
): Families {
  return perTarget(name, members, (member, facts) => ({ ...labelsOf(member, facts), ...extra }), reading);
}

const steady =
  (perSecond: number) =>
  (_member: MemberFacts, { bornAt }: Facts) =>
    counter({ perSecond, from: bornAt });

/** A disk histogram that turns slow when the member's disk does; `factor`: how much longer this operation takes. */
function diskHistogram(name: string, observationsPerSecond: number, factor: number): Families {
  const scaled = (values: typeof quickDisk) => values.map(({ value, share }) => ({ value: value * factor, share }));
  return histogramFamilies(name, members, (member, facts): readonly PracticeSeries[] =>
    histogram(name, labelsOf(member, facts), {
      buckets: DISK_BUCKETS,
      from: facts.bornAt,
      observationsPerSecond,
      values: scaled(quickDisk),
      // A slow disk also gets less done.
      changes:
        member.slowDiskSince === undefined
          ? []
          : [
              {
                at: member.slowDiskSince,
                observationsPerSecond: observationsPerSecond * 0.7,
                values: scaled(slowDisk),
              },
            ],
    }),
  );
}

interface Link {
  readonly from: MemberFacts;
  readonly to: MemberFacts;
}

const links = (facts: Facts): Link[] =>
  facts.members.flatMap((from) => facts.members.filter((to) => to !== from).map((to) => ({ from, to })));

const peers = merged(
  perTarget(
    'etcd_network_active_peers',
    links,
    ({ from, to }, facts) => ({ ...labelsOf(from, facts), Local: from.id, Remote: to.id }),
    () => constant(1),
  ),
  perTarget(
    'etcd_network_peer_sent_failures_total',
    links,
    ({ from, to }, facts) => ({ ...labelsOf(from, facts), To: to.id }),
    () => constant(0),
  ),
  histogramFamilies('etcd_network_peer_round_trip_time_seconds', links, ({ from, to }, facts) =>
    histogram(
      'etcd_network_peer_round_trip_time_seconds',
      { ...labelsOf(from, facts), To: to.id },
      {
        buckets: PEER_BUCKETS,
        observationsPerSecond: 1 / 15,
        values: [{ value: 0.0007, share: 1 }],
        from: facts.bornAt,
      },
    ),
  ),
);

const etcd = merged(
  ofMember('up', () => constant(1)),
  ofMember('scrape_duration_seconds', () => constant(0.012)),
  ofMember('etcd_server_has_leader', () => constant(1)),
  ofMember('etcd_server_is_leader', ({ leads }) => constant(leads ? 1 : 0)),
  perTarget(
    'etcd_server_id',
    members,
    (member, facts) => ({ ...labelsOf(member, facts), server_id: member.id }),
    () => constant(1),
  ),
  ofMember('process_start_time_seconds', (_member, { bornAt }) => constant(bornAt)),
  ofMember('process_resident_memory_bytes', () => constant(180 * MIB)),
  ofMember('process_cpu_seconds_total', steady(0.06)),
  // Only a leader sends heartbeats; on the slow disk about one in ten comes late.
  ofMember('etcd_server_heartbeat_send_failures_total', ({ leads, slowDiskSince }, { bornAt }) =>
    counter({
      perSecond: 0,
      from: bornAt,
      changes: leads && slowDiskSince !== undefined ? [{ at: slowDiskSince, perSecond: 0.9 }] : [],
    }),
  ),
  ofMember('etcd_server_leader_changes_seen_total', () => constant(2)),
  ofMember('etcd_server_slow_apply_total', () => constant(0)),
  ofMember('etcd_server_slow_read_indexes_total', () => constant(0)),
  ofMember('etcd_server_proposals_committed_total', steady(22)),
  ofMember('etcd_server_proposals_applied_total', steady(22)),
  ofMember('etcd_server_proposals_pending', () => constant(0)),
  ofMember('etcd_disk_defrag_inflight', () => constant(0)),
  ofMember('etcd_mvcc_db_total_size_in_bytes', () => constant(212 * MIB)),
  ofMember('etcd_mvcc_db_total_size_in_use_in_bytes', () => constant(161 * MIB)),
  ofMember('etcd_server_quota_backend_bytes', () => constant(2048 * MIB)),
  diskHistogram('etcd_disk_wal_fsync_duration_seconds', FSYNCS_PER_SECOND, 1),
  diskHistogram('etcd_disk_backend_commit_duration_seconds', 8, 1.6),
  peers,
);

interface ApiServer {
  readonly address: string;
  readonly slowSince?: number;
}

/** One API server beside each member; all of them feel a leader that is slow. */
function apiServers({ nodes, members: all }: Facts): ApiServer[] {
  const slowSince = all.find(({ leads }) => leads)?.slowDiskSince;
  return nodes
    .filter(({ controlPlane }) => controlPlane)
    .map(({ address }) => ({ address, ...(slowSince === undefined ? {} : { slowSince }) }));
}

const apiLabels = ({ address }: ApiServer) => ({
  job: 'apiserver',
  instance: `${address}:6443`,
  namespace: 'default',
  service: 'kubernetes',
  endpoint: 'https',
});
const etcdOperation = { operation: 'update', type: '*core.Pod' };

const api = merged(
  perTarget('up', apiServers, apiLabels, () => constant(1)),
  perTarget('scrape_duration_seconds', apiServers, apiLabels, () => constant(0.19)),
  perTarget('apiserver_storage_size_bytes', apiServers, apiLabels, () => constant(212 * MIB)),
  perTarget(
    'apiserver_client_certificate_expiration_seconds_bucket',
    apiServers,
    (server) => ({ ...apiLabels(server), le: '0' }),
    () => constant(0),
  ),
  perTarget(
    'etcd_requests_total',
    apiServers,
    (server) => ({ ...apiLabels(server), ...etcdOperation }),
    (_server, { bornAt }) => counter({ perSecond: 14, from: bornAt }),
  ),
  perTarget(
    'etcd_request_errors_total',
    apiServers,
    (server) => ({ ...apiLabels(server), ...etcdOperation }),
    () => constant(0),
  ),
  histogramFamilies('etcd_request_duration_seconds', apiServers, (server, { bornAt }) =>
    histogram(
      'etcd_request_duration_seconds',
      { ...apiLabels(server), ...etcdOperation },
      {
        buckets: [0.005, 0.025, 0.05, 0.1, 0.2, 1, 2, 4, 5, 10, 20, 45, 60],
        observationsPerSecond: 14,
        values: [{ value: 0.006, share: 1 }],
        from: bornAt,
        changes:
          server.slowSince === undefined
            ? []
            : [
                {
                  at: server.slowSince,
                  observationsPerSecond: 9,
                  values: [
                    { value: 0.09, share: 0.8 },
                    { value: 0.5, share: 0.2 },
                  ],
                },
              ],
      },
    ),
  ),
);

/** What Prometheus knows of etcd and of the API servers. */
export const controlPlaneFamilies: Families = merged(etcd, api);
