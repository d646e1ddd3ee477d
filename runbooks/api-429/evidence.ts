import * as z from 'zod';
import type { Readers } from '../../engine/readers.ts';
import type { Evidence } from '../../engine/runbook.ts';
import { readyz } from '../evidence/control-plane.ts';
import { someOf } from '../evidence/figures.ts';
import { clients, ownAnswer } from './dumps.ts';
import { holder } from './holders.ts';
import { OnsetSchema, showOnset } from './onset.ts';
import * as queries from './queries.ts';
import { type Seen, tables } from './seen.ts';
import { pods, serverPods } from './server-pods.ts';
import * as show from './show.ts';
import type { ApiServerTarget } from './target.ts';

type About<Value> = Pick<Evidence<Value, ApiServerTarget>, 'title' | 'show' | 'threshold' | 'thresholdSource'>;
type Table = Exclude<keyof typeof tables, 'machines' | 'containers'>;

/** Evidence from Prometheus: one query, one table. */
function asked<Id extends Table>(id: Id, missing: string, about: About<Seen[Id]>): Evidence<Seen[Id], ApiServerTarget> {
  return {
    ...about,
    schema: tables[id] as unknown as z.ZodType<Seen[Id]>,
    windowSeconds: queries.windowSeconds,
    read: async ({ metrics }, { job }) =>
      someOf(await metrics.query(queries.queryOf[id](queries.apiJob(job))), missing),
  };
}

const scraped = 'is the API server scraped under a job with "apiserver" in its name?';

const answers = asked('answers', scraped, {
  title: 'What the API server answers its clients',
  show: show.answers,
  threshold: 'refused (429): at most 0.05 a second, evictions apart',
  thresholdSource: 'chosen here: 15 in five minutes',
});

const flows = asked('flows', 'apiserver_flowcontrol_* of the API server (priority and fairness)', {
  title: 'Priority levels and flows',
  show: show.flows,
  threshold: 'rejected at most 0.05 a second; three times the requests of the same hour yesterday',
  thresholdSource: 'chosen here',
});

const etcd = asked('etcd', 'etcd_request_duration_seconds of the API server', {
  title: 'etcd as the API server sees it',
  show: show.etcd,
  threshold: 'mean < 100 ms is good, > 250 ms is slow, of all that is written at least; errors at most 5 %',
  thresholdSource: 'etcd-mixin, etcdHighCommitDurations (250 ms); chosen here (100 ms, 5 %)',
});

const members = asked(
  'members',
  'etcd itself (kubeadm offers its metrics on 127.0.0.1 only, managed clouds not at all)',
  {
    title: 'etcd members and their memory over six hours',
    show: show.members,
    threshold:
      'a scrape into the time-out hangs; a plateau is within 5 % of the highest and 1.5 times the lowest of six hours',
    thresholdSource: 'measured on etcd held at its memory limit; chosen here (plateau)',
  },
);

const servers = asked('servers', scraped, {
  title: 'API server instances',
  show: show.servers,
  threshold: 'started within 15 minutes',
  thresholdSource: 'chosen here',
});

/** An empty table is an answer: they run elsewhere, or out of sight of the kubelet's cAdvisor. */
const containers: Evidence<Seen['containers'], ApiServerTarget> = {
  schema: tables.containers,
  windowSeconds: queries.windowSeconds,
  read: ({ metrics }) => metrics.query(queries.queryOf.containers()),
  title: 'Containers of etcd and the API server',
  show: show.containers,
  threshold:
    'memory: 95 % of the limit; stalled on memory, or waiting for CPU, 10 % of the time; throttled in 25 % of periods',
  thresholdSource: 'kubernetes-mixin, CPUThrottlingHigh; chosen here (memory, waiting)',
};

const webhooks = asked('webhooks', scraped, {
  title: 'Admission webhooks',
  show: show.webhooks,
  threshold: 'p99 over 1 s',
  thresholdSource: "Kubernetes' service level objective for a whole request (p99 1 s)",
});

const rollouts = asked('rollouts', 'kube_deployment_status_observed_generation of kube-state-metrics', {
  title: 'Deployments that changed within half an hour',
  show: show.rollouts,
});

const Instances = z.array(z.object({ labels: z.object({ instance: z.string().default('') }) }));
const Nodes = z.array(z.object({ labels: z.object({ node: z.string().default('') }) }));

/** Names and addresses of the control plane's machines. Only these are asked for: the cost is flat in the cluster's size. */
async function machinesOf({ metrics }: Readers, api: string): Promise<readonly string[]> {
  const targets = Instances.parse(await metrics.query(queries.machineTargets(api)));
  const addresses = [...new Set(targets.map(({ labels }) => labels.instance.replace(/:\d+$/, '')))].filter(Boolean);
  const hosts = someOf(addresses.sort(), 'neither the API server nor etcd is scraped, so their machines are not known');
  const nodes = Nodes.parse(await metrics.query(queries.nodesAt(hosts)).catch(() => []));
  return [...new Set([...hosts, ...nodes.map(({ labels }) => labels.node)])].filter(Boolean).sort();
}

const machines: Evidence<Seen['machines'], ApiServerTarget> = {
  title: 'Machines of the control plane',
  schema: tables.machines,
  windowSeconds: queries.windowSeconds,
  read: async (readers, { job }) => {
    const hosts = await machinesOf(readers, queries.apiJob(job));
    return someOf(await readers.metrics.query(queries.queryOf.machines(hosts)), `node_exporter of ${hosts.join(', ')}`);
  },
  show: show.machines,
  threshold: 'CPU at most 90 % busy; a full accept queue at most 0.02 times a second',
  thresholdSource: 'node-mixin, NodeCPUHighUsage; chosen here (accept queue)',
};

const onset: Evidence<Seen['onset'], ApiServerTarget> = {
  title: 'What came first',
  schema: OnsetSchema,
  windowSeconds: queries.onsetWindowSeconds,
  read: async (readers, { job }, { now }) => {
    const api = queries.apiJob(job);
    const hosts = await machinesOf(readers, api);
    const promql = queries.queryOf.onset(api, hosts);
    const series = await readers.metrics.range(promql, queries.onsetWindowSeconds, queries.onsetStepSeconds);
    return { series: someOf(series, scraped), now };
  },
  show: showOnset,
};

/**
 * In the order a person would look. Five Kubernetes calls at most: the API server has enough to do. None is a list of
 * the whole cluster; `/readyz` is exempt from priority and fairness, the two dumps are not, and are answered from memory.
 */
export const evidence = {
  answers,
  ownAnswer,
  flows,
  clients,
  holder,
  etcd,
  members,
  servers,
  containers,
  webhooks,
  machines,
  onset,
  rollouts,
  readyz,
  pods,
  serverPods,
} as const;
