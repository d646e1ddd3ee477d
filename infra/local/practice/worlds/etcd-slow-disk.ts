import { type Facts, withMember, withNode } from '../facts.ts';
import { nodeNamed } from '../lookup.ts';
import type { World, WorldAlert } from '../world.ts';

/** Another writer saturates the disk under the etcd leader: its heartbeats come late, nothing else is wrong. */
export const etcdSlowDisk: World = {
  id: 'etcd-slow-disk',
  title: 'etcd on a slow disk',
  description: "The leader's heartbeats come late",
  runbook: 'etcd-heartbeat',
  target: 'component/etcd',
  expect: ['slowDisk'],
  beganSecondsAgo: 900,
  trouble(facts, beganAt) {
    const leader = leaderOf(facts);
    const busy = withNode(facts, leader, { disk: { since: beganAt, busy: 0.98, queue: 34 } });
    return withMember(busy, leader, { slowDiskSince: beganAt });
  },
  alerts: (facts) => [
    heartbeats(facts, 'critical', 30, 150),
    heartbeats(facts, 'warning', 2, 75),
    {
      labels: memberLabels(facts, 'EtcdLeaderWalSyncSlow', 'warning'),
      annotations: { summary: `WAL sync of etcd leader ${instanceOf(facts)} is slower than one heartbeat interval` },
      expr: 'histogram_quantile(0.99, sum by (cluster, job, namespace, pod, instance, le) (rate(etcd_disk_wal_fsync_duration_seconds_bucket{job=~".*etcd.*"}[5m]))) > 0.1 and on (cluster, job, instance) etcd_server_is_leader{job=~".*etcd.*"} == 1',
      afterSeconds: 330,
    },
  ],
  slow: [
    { asks: /etcd_network_peer/, delayMs: 800 },
    { asks: /etcd_disk_wal_fsync/, delayMs: 1_500 },
    { asks: /node_disk_io/, delayMs: 2_000 },
  ],
};

/** Two rules of one name: more than two late heartbeats in ten minutes, and more than thirty. */
function heartbeats(facts: Facts, severity: string, limit: number, afterSeconds: number): WorldAlert {
  const late = severity === 'critical' ? 'keeps sending heartbeats late' : 'sends heartbeats late';
  return {
    labels: {
      ...memberLabels(facts, 'EtcdHeartbeatSendFailures', severity),
      endpoint: 'http-metrics',
      service: 'kube-prometheus-stack-kube-etcd',
    },
    annotations: { summary: `etcd leader ${instanceOf(facts)} ${late}` },
    expr: `increase(etcd_server_heartbeat_send_failures_total{job=~".*etcd.*"}[10m]) > ${limit}`,
    afterSeconds,
  };
}

function memberLabels(facts: Facts, alertname: string, severity: string) {
  return {
    alertname,
    instance: instanceOf(facts),
    job: 'kube-etcd',
    namespace: 'kube-system',
    pod: `etcd-${leaderOf(facts)}`,
    prometheus: 'monitoring/kube-prometheus-stack-prometheus',
    runbook_id: 'etcd-heartbeat',
    severity,
  };
}

function leaderOf({ members }: Facts): string {
  return members.find(({ leads }) => leads)?.node ?? '';
}

function instanceOf(facts: Facts): string {
  return `${nodeNamed(facts, leaderOf(facts))?.address}:2381`;
}
