import { isAddress } from '../../engine/directory.ts';
import type { EtcdPod } from '../evidence/etcd-pods.ts';
import { hostOf } from '../evidence/scrape-targets.ts';
import type { Maybe } from './facts.ts';
import { isLoopback, type Member, podOf } from './members.ts';
import type { Seen } from './seen.ts';
import { viewOf } from './views.ts';

/** Where the control plane's own etcd runs as pods: kubeadm and its kin, OpenShift. */
const OF_THE_CONTROL_PLANE = /^(kube-system|openshift-etcd)$/;

/** Names of scrape jobs of the control plane's own etcd (etcd-mixin, kube-prometheus, Rancher's PushProx). */
const OWN_JOB = /^(pushprox-)?(kube-)?etcd$/;

/**
 * Says so where these are the etcd of an application (Milvus, APISIX, Vitess bring one), which the same alerts and scrape jobs
 * are about: of its members none is a pod of the control plane's etcd, nor at an address of one. Where none is seen the name
 * of the job may leave it open.
 */
export function strangersIn(members: readonly Member[], { pods }: Pick<Maybe, 'pods'>, job = ''): string | undefined {
  if (members.length === 0) {
    const isUnknown = job.includes('etcd') && !OWN_JOB.test(job);
    return isUnknown
      ? `none of job ${job} is seen, so whether it is this control plane's etcd is not known`
      : undefined;
  }
  const are = members.every((member) => isStranger(member, pods));
  return are ? "not this control plane's etcd, so judged by its own metrics alone" : undefined;
}

function isStranger(member: Member, pods: readonly EtcdPod[] = []): boolean {
  if (podOf(member, pods) !== undefined) return false;
  if (member.namespace !== undefined && !OF_THE_CONTROL_PLANE.test(member.namespace)) return true;
  const host = hostOf(member.instance);
  return pods.length > 0 && (member.pod !== undefined || (isAddress(host) && !isLoopback(host)));
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
