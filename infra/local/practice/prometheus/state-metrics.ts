import { turnOf } from '../crash-loop.ts';
import { type Facts, type NodeFacts, renewedAt, silenceOf } from '../facts.ts';
import { uid } from '../identity.ts';
import { isReady } from '../kubernetes/pods.ts';
import { nodeNamed } from '../lookup.ts';
import { type PodPlace, podNamed, podsOf, podsOn } from '../placement.ts';
import { constant } from '../promql/series.ts';
import { stateMetrics, workloads } from '../workloads.ts';
import { type Job, type Labels, type Line, merged, metric, scrapes } from './families.ts';
import { nodesWanted } from './node-targets.ts';
import type { Wanted } from './wanted.ts';

/**
 * The labels of kube-state-metrics' own pod, as the Helm chart leaves them on every series: on a series about a Node
 * `pod` and `instance` say nothing about that Node. On a series about a Pod the Pod's own labels win (honorLabels).
 */
export function stateMetricsLabels(facts: Facts): Labels {
  const [pod] = podsOf(facts, stateMetrics, facts.bornAt);
  return {
    job: 'kube-state-metrics',
    container: 'kube-state-metrics',
    endpoint: 'http',
    instance: `${pod?.address}:8080`,
    namespace: 'monitoring',
    pod: pod?.name ?? '',
    service: 'kube-prometheus-stack-kube-state-metrics',
  };
}

const job: Job<Facts> = { name: 'kube-state-metrics', targets: (facts) => [facts], labels: stateMetricsLabels };

const statuses = ['true', 'false', 'unknown'] as const;
const conditions = ['Ready', 'MemoryPressure', 'DiskPressure', 'PIDPressure'] as const;

function perNode(name: string, label: string, lines: (node: NodeFacts, wanted: Wanted) => readonly Line[]) {
  return metric(job, name, (_, facts, wanted) =>
    nodesWanted(facts, wanted, { label }).flatMap((node) =>
      lines(node, wanted).map(({ labels, at }) => ({ labels: { [label]: node.name, ...labels }, at })),
    ),
  );
}

/** What a condition says at a moment; of a silent node every one is unknown. */
function statusAt(node: NodeFacts, condition: (typeof conditions)[number], at: number): (typeof statuses)[number] {
  if (silenceOf(node, at)) return 'unknown';
  const short = condition === 'DiskPressure' && at >= (node.diskShortSince ?? Number.POSITIVE_INFINITY);
  return condition === 'Ready' || short ? 'true' : 'false';
}

/** There while the trouble lasts; `since` tells from when on, as seen at a moment. */
function taint(key: string, effect: string, since: (at: number) => number | undefined): Line {
  return {
    labels: { effect, key: `node.kubernetes.io/${key}` },
    at: (at) => ((since(at) ?? Number.POSITIVE_INFINITY) <= at ? 1 : undefined),
  };
}

function perPod(name: string, lines: (place: PodPlace, wanted: Wanted) => readonly Line[]) {
  return metric(job, name, (_, facts, wanted) =>
    podsWanted(facts, wanted).flatMap((place) => {
      const { name: pod, workload } = place;
      const { namespace } = workload;
      const about = { namespace, pod, uid: uid('Pod', namespace, pod) };
      return lines(place, wanted).map(({ labels, at }) => ({ labels: { ...about, ...labels }, at }));
    }),
  );
}

/** Pods by name or by node at once, else those of the namespaces wanted. */
function podsWanted(facts: Facts, wanted: Wanted): readonly PodPlace[] {
  const now = facts.bornAt + 1;
  const [pod, namespace, on] = ['pod', 'namespace', 'node'].map((label) => wanted.exactly(label));
  if (pod !== undefined && namespace !== undefined) {
    const place = podNamed(facts, namespace, pod, now);
    return place ? [place] : [];
  }
  const node = on === undefined ? undefined : nodeNamed(facts, on);
  if (on !== undefined && on !== '') return node ? podsOn(facts, node, now) : [];
  const here = workloads.filter((workload) => wanted.admits('namespace', workload.namespace));
  return here.flatMap((workload) => podsOf(facts, workload, now)).filter(({ name }) => wanted.admits('pod', name));
}

export const objects = merged(
  scrapes(job, { answeredIn: 0.12, failedIn: 0.0006 }),
  perNode('kube_node_info', 'node', ({ address }) => [{ labels: { internal_ip: address }, at: constant(1) }]),
  perNode('kube_node_spec_unschedulable', 'node', () => [{ at: constant(0) }]),
  perNode('kube_node_status_condition', 'node', (node, wanted) =>
    wanted.among('condition', conditions).flatMap((condition) =>
      wanted.among('status', statuses).map(
        (status): Line => ({
          labels: { condition, status },
          at: (at) => (statusAt(node, condition, at) === status ? 1 : 0),
        }),
      ),
    ),
  ),
  perNode('kube_node_spec_taint', 'node', (node) => [
    taint('unreachable', 'NoSchedule', (at) => silenceOf(node, at)?.unknownAt),
    taint('unreachable', 'NoExecute', (at) => silenceOf(node, at)?.noExecuteAt),
    taint('disk-pressure', 'NoSchedule', () => node.diskShortSince),
  ]),
  metric(job, 'kube_lease_renew_time', (_, facts, wanted) =>
    nodesWanted(facts, wanted, { label: 'lease' }).map((node) => ({
      labels: { lease: node.name, namespace: 'kube-node-lease' },
      at: (at) => Math.floor(renewedAt(node, at)),
    })),
  ),
  perPod('kube_pod_info', ({ node, address }) => [
    { labels: { node: node.name, host_ip: node.address, pod_ip: address }, at: constant(1) },
  ]),
  perPod('kube_pod_status_phase', (_, wanted) =>
    wanted
      .among('phase', ['Pending', 'Running', 'Succeeded', 'Failed', 'Unknown'])
      .map((phase): Line => ({ labels: { phase }, at: constant(phase === 'Running' ? 1 : 0) })),
  ),
  perPod('kube_pod_container_status_restarts_total', (place) => [
    { labels: { container: place.workload.container }, at: (at) => turnOf(place, at)?.restarts ?? 0 },
  ]),
  perPod('kube_pod_container_status_waiting_reason', (place) => [
    {
      labels: { container: place.workload.container, reason: 'CrashLoopBackOff' },
      at: (at) => (turnOf(place, at)?.running === false ? 1 : undefined),
    },
  ]),
  perPod('kube_pod_container_status_last_terminated_reason', (place) => [
    {
      labels: { container: place.workload.container, reason: 'OOMKilled' },
      at: (at) => (turnOf(place, at)?.ended ? 1 : undefined),
    },
  ]),
  perPod('kube_pod_status_ready', (place, wanted) =>
    wanted.among('condition', statuses).map(
      (condition): Line => ({
        labels: { condition },
        at: (at) => ((isReady(place, at) ? 'true' : 'false') === condition ? 1 : 0),
      }),
    ),
  ),
);
