import { startedAt } from '../crash-loop.ts';
import { type Facts, withMember, withNode } from '../facts.ts';
import { nodeNamed } from '../lookup.ts';
import type { PodHistory } from '../placement.ts';
import type { World, WorldAlert } from '../world.ts';

/** What is still in the page cache is written out after its writer is gone. */
const FLUSHED_AFTER_SECONDS = 4;
/** One writer keeps the disk busy and this many requests waiting. */
const [BUSY_SHARE, WAITING] = [0.98, 34];

/** A pod that floods a disk, as much as so many ordinary ones. */
export interface Flood {
  readonly pod: PodHistory;
  readonly times: number;
}

/** The leader's disk is as slow as what floods it on its machine. Where else they write nobody notices. */
export function flooded(facts: Facts, floods: readonly Flood[]): Facts {
  const leader = leaderOf(facts);
  const stints = floods
    .filter(({ pod }) => pod.node.name === leader)
    .map(({ pod, times }) => ({ ...stintOf(facts, pod), times }));
  const moments = [...new Set(stints.flatMap(({ from, until }) => [from, until]))].filter(Number.isFinite);
  const turns = moments
    .sort((a, b) => a - b)
    .map((at) => {
      const busy = stints.filter(({ from, until }) => at >= from && at < until);
      return { at, times: busy.reduce((sum, { times }) => sum + times, 0) };
    });
  const disk = turns.map(({ at, times }) => ({ at, busy: times > 0 ? BUSY_SHARE : 0, queue: WAITING * times }));
  return withMember(withNode(facts, leader, { disk }), leader, { slowDisk: turns });
}

/** From when until when a pod floods the disk. */
function stintOf({ mendedAt = Number.POSITIVE_INFINITY }: Facts, pod: PodHistory) {
  const { goneAt = Number.POSITIVE_INFINITY } = pod.life ?? {};
  return { from: startedAt(pod), until: Math.min(goneAt, mendedAt) + FLUSHED_AFTER_SECONDS };
}

export function leaderOf({ members }: Facts): string {
  return members.find(({ leads }) => leads)?.node ?? '';
}

/** What the trouble sets off, each alert once it has held for as long as its rule waits. */
export function alertsOf(facts: Facts): readonly WorldAlert[] {
  return [
    heartbeats(facts, 'critical', 30, 150),
    heartbeats(facts, 'warning', 2, 75),
    {
      labels: memberLabels(facts, 'EtcdLeaderWalSyncSlow', 'warning'),
      annotations: { summary: `WAL sync of etcd leader ${instanceOf(facts)} is slower than one heartbeat interval` },
      expr: 'histogram_quantile(0.99, sum by (cluster, job, namespace, pod, instance, le) (rate(etcd_disk_wal_fsync_duration_seconds_bucket{job=~".*etcd.*"}[5m]))) > 0.1 and on (cluster, job, instance) etcd_server_is_leader{job=~".*etcd.*"} == 1',
      afterSeconds: 330,
    },
  ];
}

export const slowAnswers: NonNullable<World['slow']> = [
  { asks: /etcd_network_peer/, delayMs: 800 },
  { asks: /etcd_disk_wal_fsync/, delayMs: 1_500 },
  { asks: /node_disk_io/, delayMs: 2_000 },
];

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

function instanceOf(facts: Facts): string {
  return `${nodeNamed(facts, leaderOf(facts))?.address}:2381`;
}
