import type { Evidence } from '../../engine/runbook.ts';
import { readyz } from '../evidence/control-plane.ts';
import { someOf } from '../evidence/figures.ts';
import { corefile } from './corefile.ts';
import { events } from './events.ts';
import { logs } from './logs.ts';
import { Answers, ApiCalls, Conntrack, Processes, Upstreams } from './metrics.ts';
import { Pods, podReads, readPods } from './pods.ts';
import { policies } from './policies.ts';
import * as queries from './queries.ts';
import type { Seen } from './seen.ts';
import { endpoints, service } from './service.ts';
import * as show from './show.ts';
import { workload } from './workload.ts';

type Of<Name extends keyof Seen> = Evidence<Seen[Name], unknown>;

const pods: Of<'pods'> = {
  title: 'Pods of CoreDNS',
  schema: Pods,
  reads: podReads,
  read: readPods,
  show: show.pods,
};

const answers: Of<'answers'> = {
  title: 'How it answers',
  schema: Answers,
  read: async ({ metrics }) => someOf(await metrics.query(queries.answerFigures()), 'of CoreDNS'),
  show: show.answers,
  windowSeconds: 300,
  threshold: '1 % SERVFAIL; p99 of 4 s; 60 % NXDOMAIN',
  thresholdSource: 'povilasv/coredns-mixin (CoreDNSErrorsHigh, CoreDNSLatencyHigh); the last chosen here',
};

const upstreams: Of<'upstreams'> = {
  title: 'How its upstreams answer it',
  schema: Upstreams,
  read: async ({ metrics }) =>
    someOf(await metrics.query(queries.upstreamFigures()), 'of the forward plug-in of CoreDNS'),
  show: show.upstreams,
  windowSeconds: 300,
  threshold: '1 % SERVFAIL; p99 of 4 s; 5 failed checks within five minutes',
  thresholdSource: 'povilasv/coredns-mixin (CoreDNSForwardErrorsHigh, CoreDNSForwardLatencyHigh); the last chosen here',
};

const apiCalls: Of<'apiCalls'> = {
  title: 'Its calls to the API server',
  schema: ApiCalls,
  read: async ({ metrics }) =>
    someOf(await metrics.query(queries.apiFigures()), 'of the kubernetes plug-in of CoreDNS'),
  show: show.apiCalls,
  windowSeconds: 300,
  threshold: '5 calls refused, or without an answer, within five minutes',
  thresholdSource: 'our own: fewer are chance',
};

const processes: Of<'processes'> = {
  title: 'CPU and memory of its containers',
  schema: Processes,
  read: async ({ metrics }) =>
    someOf(await metrics.query(queries.processFigures()), "of cAdvisor about CoreDNS' containers"),
  show: show.processes,
  windowSeconds: 300,
  threshold: 'held back in 25 % of periods; 1 core',
  thresholdSource: 'kubernetes-mixin, CPUThrottlingHigh; coredns/deployment, Scaling_CoreDNS.md',
};

const conntrack: Of<'conntrack'> = {
  title: 'Tables of connections',
  schema: Conntrack,
  read: async ({ metrics }) => someOf(await metrics.query(queries.conntrackFigures()), 'of node_exporter, conntrack'),
  show: show.conntrack,
  windowSeconds: 300,
  threshold: 'filling over 75 %, full at 95 % and dropping',
  thresholdSource: 'node-mixin, NodeHighNumberConntrackEntriesUsed',
};

/** At most 20 Kubernetes calls (six for logs, three for events) and five PromQL queries; the longest chain is two. */
export const evidence = {
  pods,
  logs,
  events,
  corefile,
  workload,
  service,
  endpoints,
  policies,
  readyz,
  answers,
  upstreams,
  apiCalls,
  processes,
  conntrack,
};
