import { type Facts, withMember, withNode } from '../facts.ts';
import type { World } from '../world.ts';

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
  alert(facts) {
    const leader = leaderOf(facts);
    const address = facts.nodes.find(({ name }) => name === leader)?.address;
    return {
      labels: {
        alertname: 'EtcdHeartbeatSendFailures',
        job: 'etcd',
        instance: `${address}:2381`,
        namespace: 'kube-system',
        pod: `etcd-${leader}`,
        severity: 'critical',
        runbook_id: 'etcd-heartbeat',
        prometheus: 'monitoring/k8s',
      },
      annotations: { summary: `etcd leader ${address}:2381 keeps sending heartbeats late` },
      expr: 'increase(etcd_server_heartbeat_send_failures_total{job=~".*etcd.*"}[10m]) > 30',
      afterSeconds: 150,
    };
  },
  slow: [
    { asks: /etcd_network_peer/, delayMs: 800 },
    { asks: /etcd_disk_wal_fsync/, delayMs: 1_500 },
    { asks: /node_disk_io/, delayMs: 2_200 },
  ],
};

function leaderOf({ members }: Facts): string {
  return members.find(({ leads }) => leads)?.node ?? '';
}
