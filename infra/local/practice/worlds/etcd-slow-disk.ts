import { startedAt } from '../crash-loop.ts';
import { type Facts, withMember, withNode } from '../facts.ts';
import { nodeNamed } from '../lookup.ts';
import { type PodHistory, podsEverOf } from '../placement.ts';
import { app } from '../workloads.ts';
import type { World, WorldAlert } from '../world.ts';

const BEGAN_SECONDS_AGO = 900;

/** Archives the API server's audit log. Its present version writes everything again and again. */
const archiver = app('logging', 'audit-archiver', {
  image: 'registry.example/logging/audit-archiver:v13',
  replicas: 2,
  toleratesControlPlane: true,
  rolledOutSecondsAgo: BEGAN_SECONDS_AGO,
  writesBytesPerSecond: 112_000_000,
});

/** Where its other replica is. */
const ELSEWHERE = 'worker-1';
/** What is still in the page cache is written out after its writer is gone. */
const FLUSHED_AFTER_SECONDS = 4;
/** One such writer keeps the disk busy and this many requests waiting. */
const [BUSY_SHARE, WAITING] = [0.98, 34];

/** Another pod saturates the disk under the etcd leader: its heartbeats come late, nothing else is wrong. */
export const etcdSlowDisk: World = {
  id: 'etcd-slow-disk',
  title: 'etcd on a slow disk',
  description: "The leader's heartbeats come late",
  runbook: 'etcd-heartbeat',
  target: 'component/etcd',
  expect: ['slowDisk'],
  beganSecondsAgo: BEGAN_SECONDS_AGO,
  trouble: (facts) => flooded({ ...facts, guests: [{ workload: archiver, on: [leaderOf(facts), ELSEWHERE] }] }),
  react: flooded,
  byHand: "stop what floods the disk under etcd's leader",
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

/** The leader's disk is as slow as there are writers on its machine. Where else they write nobody notices. */
function flooded(facts: Facts): Facts {
  const leader = leaderOf(facts);
  const stints = podsEverOf(facts, archiver)
    .filter((pod) => pod.node.name === leader && (pod.life?.revision.image ?? archiver.image) === archiver.image)
    .map((pod) => stintOf(facts, pod));
  const turns = [...new Set(stints.flat())].filter(Number.isFinite).sort((a, b) => a - b);
  const writers = turns.map((at) => ({ at, count: stints.filter(([from, to]) => at >= from && at < to).length }));
  const disk = writers.map(({ at, count }) => ({ at, busy: count > 0 ? BUSY_SHARE : 0, queue: WAITING * count }));
  const slowDisk = writers.map(({ at, count }) => ({ at, times: count }));
  return withMember(withNode(facts, leader, { disk }), leader, { slowDisk });
}

/** From when until when a pod floods the disk. */
function stintOf({ mendedAt = Number.POSITIVE_INFINITY }: Facts, pod: PodHistory): readonly [number, number] {
  const { goneAt = Number.POSITIVE_INFINITY } = pod.life ?? {};
  return [startedAt(pod), Math.min(goneAt, mendedAt) + FLUSHED_AFTER_SECONDS];
}

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
