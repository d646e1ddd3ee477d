import type { Readers } from '../../engine/readers.ts';
import type { Evidence } from '../../engine/runbook.ts';
import type { NodeTarget } from '../../engine/target.ts';
import { figureTable, type Row, Samples, someOf } from '../evidence/figures.ts';
import { plural } from '../evidence/node-words.ts';
import { kubeletTarget } from '../evidence/scrape-targets.ts';
import { type Agent, PodsOnNode, podsOf } from './agents.ts';
import * as queries from './queries.ts';
import { percent } from './words.ts';

/**
 * Shares of what a container, or its pod, may use; how many PIDs that are (0: as many as there are); how often it was ended
 * for memory in ten minutes. An absent figure was not seen: a kubelet of 1.20 counts no `ooms`, some set-ups drop `pidsMax`.
 */
export type AgentUse = Row<'namespace' | 'pod' | 'container', 'memory' | 'pids' | 'pidsMax' | 'ooms'>;

export const use: Evidence<readonly AgentUse[], NodeTarget> = {
  title: "Memory and PIDs of the network's pods",
  schema: figureTable(['namespace', 'pod', 'container'], ['memory', 'pids', 'pidsMax', 'ooms']).transform((rows) =>
    rows.filter(({ pod }) => pod !== ''),
  ),
  reads: ['list Pod'],
  read: async ({ kube, metrics }, { name }, { now }) => {
    const agents = await agentsOn(kube, name, now);
    if (agents.length === 0) return [];
    const target = await kubeletTarget(metrics, name, '/metrics/cadvisor');
    return someOf(await metrics.query(queries.agentFigures(target, agents)), 'of these pods, from cAdvisor');
  },
  show: (rows) =>
    rows
      .flatMap(({ namespace, pod, container, memory, pids, ooms }) => {
        const words = [
          ...(memory === undefined ? [] : [`${percent(memory)} of its memory`]),
          ...(pids === undefined ? [] : [`${percent(pids)} of its PIDs`]),
          ...(ooms ? [`${plural(Math.round(ooms), 'end')} for memory in 10 minutes`] : []),
        ];
        return words.length === 0 ? [] : `${namespace}/${pod}${container ? ` ${container}` : ''}: ${words.join(', ')}`;
      })
      .join('; ') || 'none of them has a limit that Prometheus shows',
  windowSeconds: 600,
  threshold: '90 % of its PIDs; ended once for memory',
  thresholdSource: 'our own rule PodPidsNearLimit',
};

/** How often the kubelet could not make a sandbox in ten minutes. */
export const sandboxes: Evidence<number, NodeTarget> = {
  title: 'Sandboxes that could not be made',
  schema: Samples.transform((samples) => samples.find(({ labels }) => labels.figure === 'sandboxErrors')?.value ?? 0),
  read: async ({ metrics }, { name }) =>
    someOf(
      await metrics.query(queries.kubeletFigures(await kubeletTarget(metrics, name, '/metrics'))),
      'of this kubelet',
    ),
  show: (errors) => `${Math.round(errors)} in 10 minutes`,
  windowSeconds: 600,
};

/** `null`: no kube-proxy runs here. An absent figure: Prometheus has no such series. */
export type ProxyView = { readonly up?: number | undefined; readonly restoreFailures?: number | undefined } | null;

export const proxy: Evidence<ProxyView, NodeTarget> = {
  title: 'kube-proxy as Prometheus sees it',
  schema: Samples.nullable().transform((samples): ProxyView => {
    const of = (figure: string) => samples?.find(({ labels }) => labels.figure === figure)?.value;
    return samples && { up: of('up'), restoreFailures: of('restoreFailures') };
  }),
  reads: ['list Pod'],
  read: async ({ kube, metrics }, { name }, { now }) => {
    const found = (await agentsOn(kube, name, now)).find(({ app }) => app === 'kube-proxy');
    return found ? metrics.query(queries.proxyFigures(found)) : null;
  },
  show: (view) => {
    if (view === null) return 'no kube-proxy runs here';
    if (view.up === undefined) return 'not scraped';
    const failed = view.restoreFailures;
    return `${view.up === 1 ? 'scraped' : 'its scrape fails'}${failed ? `; ${Math.round(failed)} times its rules could not be written in 10 minutes` : ''}`;
  },
  windowSeconds: 600,
};

async function agentsOn(kube: Readers['kube'], node: string, now: Date): Promise<readonly Agent[]> {
  return PodsOnNode.parse({ readAt: now.toISOString(), list: await kube.list('Pod', podsOf(node)) }).agents;
}
