import type * as z from 'zod';
import { ReadFailure } from '../../engine/errors.ts';
import type { Evidence } from '../../engine/runbook.ts';
import { someOf, together } from '../evidence/figures.ts';
import { duration } from '../evidence/node-words.ts';
import { machinesUnder } from './machines.ts';
import { Members, membership, staleFor } from './members.ts';
import {
  apiServerFigures,
  containerFigures,
  type EtcdFigures,
  machineFigures,
  nodeFigures,
  queryOf,
  windowSeconds,
} from './queries.ts';
import { scrapeErrors } from './scrape-errors.ts';
import * as seen from './seen.ts';
import * as show from './show.ts';
import type { EtcdTarget } from './target.ts';
import { writers } from './writers.ts';

const notScraped = 'is etcd scraped, and under this job?';

type Metrics = keyof EtcdFigures;

/** Evidence from etcd's own metrics: one query, one table. */
function ofEtcd<Value>(
  id: Metrics,
  about: Pick<Evidence<Value, EtcdTarget>, 'title' | 'show' | 'threshold' | 'thresholdSource' | 'windowSeconds'> & {
    readonly schema: z.ZodType<Value>;
  },
): Evidence<Value, EtcdTarget> {
  return {
    windowSeconds,
    ...about,
    read: async ({ metrics }, { job }) => someOf(await metrics.query(queryOf(id, job)), notScraped),
  };
}

/** What Prometheus knows of the members. No target at all is an answer, the most important one for a managed cluster. */
const members: Evidence<seen.Seen['members'], EtcdTarget> = {
  title: 'etcd members as Prometheus sees them',
  schema: Members,
  read: async ({ metrics }, { job }) => {
    const samples = await metrics.query(queryOf('members', job));
    const seconds = staleFor(samples);
    if (seconds === undefined) return samples;
    throw new ReadFailure(
      'server-error',
      `the newest scrape of a member is ${duration(seconds)} old: Prometheus takes nothing in of etcd since`,
    );
  },
  show: show.members,
  windowSeconds,
};

const heartbeats = ofEtcd('heartbeats', {
  title: 'Heartbeats the leader sent late',
  schema: seen.Heartbeats,
  show: show.heartbeats,
  threshold: 'none; a heartbeat is late after twice its interval',
  thresholdSource: 'etcd, server/etcdserver/raft.go',
});

const fsync = ofEtcd('fsync', {
  title: 'WAL fsync',
  schema: seen.Fsyncs,
  show: show.fsync,
  threshold: 'p99 < 8 ms is good, > 16 ms is bad',
  thresholdSource: "etcd FAQ (p99 < 10 ms); 8 and 16 ms are the histogram's edges around it",
});

const scrapes = ofEtcd('scrapes', {
  title: 'Time etcd took to answer Prometheus',
  schema: seen.Scrapes,
  show: show.scrapes,
  threshold: 'within two heartbeat intervals of the usual',
  thresholdSource: "etcd's own limit for a late heartbeat, server/etcdserver/raft.go",
});

/** A one-member etcd has no peer series at all: an empty table, not missing evidence. */
const peers: Evidence<seen.Seen['peers'], EtcdTarget> = {
  title: 'Round trips and failed sends between members',
  schema: seen.Peers,
  read: async ({ metrics }, { job }) => {
    const [samples, scraped] = await Promise.all([
      metrics.query(queryOf('peers', job)),
      metrics.query(queryOf('members', job)),
    ]);
    return membership(Members.parse(scraped)).known.length === 1 ? samples : someOf(samples, notScraped);
  },
  show: show.peers,
  windowSeconds,
  threshold: 'round trip p99 below one heartbeat interval; at most 6 failed sends in 10 minutes',
  thresholdSource: 'etcd documentation, Tuning; etcd-mixin, etcdMembersDown (0.01 per second)',
};

const apply = ofEtcd('apply', {
  title: 'Slow applies and apply lag',
  schema: seen.Applies,
  show: show.apply,
  threshold: 'lag at most 5,000 entries; 10 applies over 100 ms in 10 minutes',
  thresholdSource: 'etcd, v3_server.go (lag); chosen here (slow applies)',
});

const space = ofEtcd('space', {
  title: 'Database size against its quota',
  schema: seen.Space,
  show: show.space,
  threshold: 'at most 95 % of the quota',
  thresholdSource: 'etcd-mixin, etcdDatabaseQuotaLowSpace',
});

const container: Evidence<seen.Seen['container'], EtcdTarget> = {
  title: 'CPU throttling and pressure of the etcd container',
  schema: seen.Container,
  // None is an answer: nobody collects them.
  read: ({ metrics }) => metrics.query(together(containerFigures)),
  show: (rows) =>
    rows.length > 0
      ? show.container(rows)
      : "not collected: they need the kubelet's cAdvisor, and a CPU limit on etcd or (Kubernetes 1.34, cgroup v2) pressure metrics",
  windowSeconds: 120,
  threshold: 'throttled in at most 25 % of periods; waiting for CPU, or stalled on I/O, at most 10 % of the time',
  thresholdSource: 'kubernetes-mixin, CPUThrottlingHigh; chosen here (pressure)',
};

const nodeLoad: Evidence<seen.Seen['nodeLoad'], EtcdTarget> = {
  title: 'CPU and disks of the machines under etcd',
  schema: seen.NodeLoad,
  reads: ['list Pod in kube-system'],
  read: async (readers, { job }) => {
    const hosts = await machinesUnder(readers, job);
    return readers.metrics.query(together(nodeFigures(hosts)));
  },
  show: (rows) =>
    rows.length > 0 ? show.nodeLoad(rows) : 'not collected: they need a node_exporter on these machines',
  windowSeconds: 120,
  threshold: 'CPU at most 90 % busy, 10 % stolen; disk at most 90 % busy, 10 requests waiting',
  thresholdSource: 'node-mixin, NodeCPUHighUsage and NodeDiskIOSaturation; chosen here (steal, busy disk)',
};

const machines: Evidence<seen.Seen['machines'], EtcdTarget> = {
  title: 'What answers Prometheus on the machines under etcd',
  schema: seen.Machines,
  reads: ['list Pod in kube-system'],
  read: async (readers, { job }) => {
    const hosts = await machinesUnder(readers, job);
    return readers.metrics.query(together(machineFigures(hosts)));
  },
  show: (rows) => (rows.length > 0 ? show.machines(rows) : 'nothing there is scraped'),
};

const apiServerView: Evidence<seen.Seen['apiServerView'], EtcdTarget> = {
  title: 'etcd as the API server sees it',
  schema: seen.ApiServerView,
  read: async ({ metrics }) =>
    someOf(await metrics.query(together(apiServerFigures)), 'etcd_request_duration_seconds of the API server'),
  show: show.apiServerView,
  windowSeconds: 120,
};

/** In the order a person would look. */
export const metricsEvidence = {
  members,
  heartbeats,
  fsync,
  scrapes,
  scrapeErrors,
  peers,
  apply,
  space,
  container,
  nodeLoad,
  machines,
  writers,
  apiServerView,
};
