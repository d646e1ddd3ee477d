import type * as z from 'zod';
import { ReadFailure } from '../../engine/errors.ts';
import type { Readers, Sample } from '../../engine/readers.ts';
import type { Evidence } from '../../engine/runbook.ts';
import type { NodeTarget } from '../../engine/target.ts';
import { type ScrapeError, ScrapeErrors } from '../evidence/scrape-errors.ts';
import type { ScrapeTarget } from '../evidence/scrape-targets.ts';
import { answerOf, kubeletAnswer } from './answer.ts';
import { ofItsPort } from './own-port.ts';
import * as queries from './queries.ts';
import * as schema from './schema.ts';
import * as show from './show.ts';

type Metrics = Readers['metrics'];
type Figures<Schema extends z.ZodType> = Evidence<z.infer<Schema>, NodeTarget>;

export const kubeletScrapes: Evidence<readonly schema.Scrape[], NodeTarget> = {
  title: "Scrapes of the kubelet's port",
  schema: schema.Scrapes,
  // None is an answer: it is not scraped.
  read: ({ metrics }, { name }) => metrics.query(queries.kubeletScrapes(name)),
  show: show.scrapes,
  threshold: 'failed within 0.5 s: what it ended with tells whether anybody listens there; failed later: silent',
  thresholdSource: 'Measured: refused in 0.6 ms, 401 in 2-22 ms, silent until the time-out of the scrape (10 s)',
};

/**
 * Asked only where no scrape of it is answered, and the API server was not told either whether a kubelet listens there: the
 * answer cannot be had for one target, and grows with the cluster.
 */
export const kubeletErrors: Evidence<readonly ScrapeError[], NodeTarget> = {
  title: "What the last scrapes of the kubelet's port ended with",
  schema: ScrapeErrors,
  reads: kubeletAnswer.reads ?? [],
  // Of these the log may take three.
  deadlineMs: 8_000,
  read: async ({ kube, metrics }, { name }, { now }) => {
    const scrapes = schema.Scrapes.parse(await metrics.query(queries.kubeletScrapes(name)));
    const its = ofItsPort(scrapes, undefined);
    const target = metricsOf(its) ?? its[0] ?? scrapes[0];
    if (!target || scrapes.some(({ up }) => up)) return [];
    if (await isSettled(kube, name, now)) return [];
    const here = (await metrics.targets(target.job)).filter(({ instance }) => instance === target.instance);
    if (here.length === 0) throw new ReadFailure('not-found', `none of Prometheus' targets is ${target.instance}`);
    return here;
  },
  show: show.errors,
};

/**
 * Whether the API server has been told if somebody listens on the kubelet's port. Throws where it is too slow to be asked:
 * who has waited that long has no time left for a large answer.
 */
async function isSettled(kube: Readers['kube'], node: string, now: Date): Promise<boolean> {
  try {
    return ['served', 'denied', 'refused'].includes((await answerOf(kube, node, now)).kind);
  } catch (thrown) {
    if (thrown instanceof ReadFailure && thrown.kind === 'timed-out') throw thrown;
    return false;
  }
}

export const exporterScrapes: Evidence<readonly schema.Scrape[], NodeTarget> = {
  title: 'Scrapes of node_exporter on this machine',
  schema: schema.Scrapes,
  read: ({ metrics }, { name }) => readExporterScrapes(metrics, name),
  show: show.scrapes,
};

export const kubelet: Figures<typeof schema.KubeletFigures> = {
  title: "The kubelet's calls to its container runtime",
  schema: schema.KubeletFigures,
  read: ({ metrics }, { name }) => aboutKubelet(metrics, name, queries.kubeletFigures),
  show: show.kubelet,
  windowSeconds: 120,
  threshold: 'half of the calls failing; PLEG last seen 3 min ago; relists that took longer than 10 s',
  thresholdSource: 'kubelet pkg/kubelet/pleg/generic.go (relistThreshold); kubernetes-mixin KubeletPlegDurationHigh',
};

export const apiCalls: Figures<typeof schema.ApiCalls> = {
  title: "The kubelet's calls to the API server",
  schema: schema.ApiCalls,
  read: ({ metrics }, { name }) => aboutKubelet(metrics, name, queries.apiCalls),
  show: show.apiCalls,
  windowSeconds: 120,
  threshold: 'five 401s within two minutes; or five within half an hour, where most of its last calls are among them',
  thresholdSource: 'our own: one or two are those of an API server that has just started, see README.md',
};

export const expiredCertificates: Figures<typeof schema.ExpiredCertificates> = {
  title: 'Requests to the API server with an expired certificate',
  schema: schema.ExpiredCertificates,
  // None is an answer: the API server is not scraped.
  read: ({ metrics }) => metrics.query(queries.expiredCertificates()),
  show: show.expiredCertificates,
  windowSeconds: 300,
};

export const history: Figures<typeof schema.NodeHistory> = {
  title: 'Lease and readiness over the last minutes',
  schema: schema.NodeHistory,
  read: ({ metrics }, { name }) => some(metrics, queries.nodeHistory(name), 'of kube-state-metrics about this node'),
  show: show.history,
  windowSeconds: 1800,
  threshold: 'three changes of readiness within half an hour: it flaps',
  thresholdSource: 'our own: what is well now then says nothing of a minute ago, see README.md',
};

export const fleet: Figures<typeof schema.Fleet> = {
  title: 'The other nodes',
  schema: schema.Fleet,
  read: ({ metrics }) => some(metrics, queries.fleet(), 'about any node'),
  show: show.fleet,
  windowSeconds: 3600,
  threshold: '3 nodes and a tenth of all, or 10 nodes, fallen within the hour',
  thresholdSource: 'our own, to be tuned; one node of a small cluster is more than a tenth of it',
};

export const machine: Figures<typeof schema.MachineFigures> = {
  title: 'The machine by its node_exporter',
  schema: schema.MachineFigures,
  read: async ({ metrics }, { name }) => {
    const target = await exporterTarget(metrics, name);
    return some(metrics, queries.machineFigures(target), 'of node_exporter on this machine now');
  },
  show: show.machine,
  threshold: 'clock off by 10 s; tasks stalled on I/O a fifth of the time',
  thresholdSource: 'our own; the lease is late by then, see README.md',
};

/** By the query that its scrapes are read with. Throws `not-found` when Prometheus scrapes none. */
export async function exporterTarget(metrics: Metrics, node: string): Promise<ScrapeTarget> {
  const [target] = schema.Scrapes.parse(await readExporterScrapes(metrics, node));
  if (!target) throw new ReadFailure('not-found', 'Prometheus scrapes no node_exporter on this machine');
  return target;
}

function readExporterScrapes(metrics: Metrics, node: string) {
  return some(metrics, queries.exporterScrapes(node), 'from a scrape of a node_exporter on this machine');
}

function metricsOf(scrapes: readonly schema.Scrape[]): schema.Scrape | undefined {
  return scrapes.find(({ path }) => path === '/metrics');
}

async function aboutKubelet(metrics: Metrics, node: string, query: (target: ScrapeTarget) => string) {
  const scrapes = schema.Scrapes.parse(await metrics.query(queries.kubeletScrapes(node)));
  const target = metricsOf(scrapes);
  if (!target) throw new ReadFailure('not-found', 'Prometheus scrapes no /metrics of this kubelet');
  return some(metrics, query(target), 'of this kubelet within the window: they come only while its /metrics answers');
}

/** Nothing found is no zero: the evidence is missing, and says what Prometheus does not hold. */
async function some(metrics: Metrics, promql: string, what: string): Promise<readonly Sample[]> {
  const samples = await metrics.query(promql);
  if (samples.length === 0) throw new ReadFailure('not-found', `Prometheus holds no series ${what}`);
  return samples;
}
