import { isStranger } from '../evidence/etcd-strangers.ts';
import { hostOf } from '../evidence/scrape-targets.ts';
import { viewOf } from '../evidence/views.ts';
import type { Maybe } from './facts.ts';
import { type Member, podOf } from './members.ts';
import type { Seen } from './seen.ts';

/** Names of scrape jobs of the control plane's own etcd (etcd-mixin, kube-prometheus, Rancher's PushProx). */
const OWN_JOB = /^(pushprox-)?(kube-)?etcd$/;

/**
 * Says so where these are the etcd of an application (Milvus, APISIX, Vitess bring one), which the same alerts and scrape jobs
 * are about: of its members none is a pod of the control plane's etcd, nor at an address of one. Where none is seen the name
 * of the job may leave it open.
 */
export function strangersIn(
  members: readonly Member[],
  { pods = [] }: Pick<Maybe, 'pods'>,
  job = '',
): string | undefined {
  if (members.length === 0) {
    const isUnknown = job.includes('etcd') && !OWN_JOB.test(job);
    return isUnknown
      ? `none of job ${job} is seen, so whether it is this control plane's etcd is not known`
      : undefined;
  }
  const are = members.every((member) => podOf(member, pods) === undefined && isStranger(member, pods));
  return are ? "not this control plane's etcd, so judged by its own metrics alone" : undefined;
}

/** Whose metrics there are: where the members themselves are not told, by what else is measured of them. */
export function scrapedOf({ members = [], heartbeats = [], fsync = [] }: Maybe): readonly Member[] {
  return members.length > 0 ? members : [...heartbeats, ...fsync].map(({ instance }) => ({ instance }));
}

/** What is known of such an etcd: its own metrics. Pods, logs, checks and machines of the control plane say nothing of it. */
export function ofStrangers<Tables extends Maybe>(members: readonly Member[], tables: Tables): Tables {
  const hosts = new Set(members.map(({ instance }) => hostOf(instance)));
  const there = <One extends { readonly instance: string }>(rows: readonly One[] | undefined) =>
    rows?.filter(({ instance }) => hosts.has(hostOf(instance)));
  return viewOf(tables, {
    pods: () => [],
    container: () => [],
    nodeLoad: () => there(tables.nodeLoad),
    machines: () => there(tables.machines),
    apiServerView: () => [],
    readyz: () => ({ status: 200, etcd: undefined, failing: [] }) satisfies Seen['readyz'],
    lease: () => undefined,
    nodes: () => undefined,
    log: () => undefined,
  });
}
