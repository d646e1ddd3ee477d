import { turnOf } from '../crash-loop.ts';
import { shortOfDiskAt } from '../disk.ts';
import { storeMoment } from '../etcd-stall.ts';
import { type Facts, type NodeFacts, renewedAt, silenceOf } from '../facts.ts';
import { electing, electionRenewedAt } from '../kubernetes/leases.ts';
import { containersReady, isReady, phaseOf } from '../kubernetes/pod-status.ts';
import { podUid } from '../kubernetes/pods.ts';
import { workloadsOf } from '../layout.ts';
import { nodeNamed } from '../lookup.ts';
import { nowhere, type PodHistory, podsEverNamed, podsEverOf, podsEverOn, podsOf } from '../placement.ts';
import { constant } from '../promql/series.ts';
import { cordonedSince, taintsEver, taintsOf } from '../taints.ts';
import { stateMetrics } from '../workloads.ts';
import { memoryLimitOf } from './containers.ts';
import { type Families, type Job, type Labels, type Line, merged, metric, scrapes } from './families.ts';
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

function perNode(
  name: string,
  label: string,
  lines: (node: NodeFacts, wanted: Wanted, facts: Facts) => readonly Line[],
) {
  return metric(job, name, (_, facts, wanted) =>
    nodesWanted(facts, wanted, { label }).flatMap((node) =>
      lines(node, wanted, facts).map(({ labels, at }) => ({ labels: { [label]: node.name, ...labels }, at })),
    ),
  );
}

/** What a condition says at a moment; of a silent node every one is unknown. */
function statusAt(node: NodeFacts, condition: (typeof conditions)[number], at: number): (typeof statuses)[number] {
  if (silenceOf(node, at)) return 'unknown';
  const short = condition === 'DiskPressure' && shortOfDiskAt(node, at) !== undefined;
  return condition === 'Ready' || short ? 'true' : 'false';
}

/** Each taint the node ever had, there while it has it. */
function taintLines(facts: Facts, node: NodeFacts): Line[] {
  return taintsEver(facts, node).map(({ key, value, effect }) => ({
    labels: { effect, key, ...(value === undefined ? {} : { value }) },
    at: (at) =>
      taintsOf(facts, node, at).some((taint) => taint.key === key && taint.effect === effect) ? 1 : undefined,
  }));
}

/** About every pod that ever was, as long as it was there. */
function perPod(name: string, lines: (place: PodHistory, wanted: Wanted, facts: Facts) => readonly Line[]) {
  return metric(job, name, (_, facts, wanted) =>
    podsWanted(facts, wanted).flatMap((place) => {
      const about = { namespace: place.workload.namespace, pod: place.name, uid: podUid(place) };
      return lines(place, wanted, facts).map(({ labels, at }) => ({
        labels: { ...about, ...labels },
        at: (moment: number) => (place.wasThere(moment) ? at(moment) : undefined),
      }));
    }),
  );
}

/** Pods by name or by node at once, else those of the namespaces wanted. */
function podsWanted(facts: Facts, wanted: Wanted): readonly PodHistory[] {
  const [pod, namespace, on] = ['pod', 'namespace', 'node'].map((label) => wanted.exactly(label));
  if (pod !== undefined && namespace !== undefined) return podsEverNamed(facts, namespace, pod);
  const node = on === undefined ? undefined : nodeNamed(facts, on);
  if (on !== undefined && on !== '') return node ? podsEverOn(facts, node) : [];
  const here = workloadsOf(facts).filter((workload) => wanted.admits('namespace', workload.namespace));
  return here.flatMap((workload) => podsEverOf(facts, workload)).filter(({ name }) => wanted.admits('pod', name));
}

/** Both grow as soon as a controller manager that works has seen a change: here nobody holds it up. */
function generations(name: string) {
  return metric(job, name, (_, facts, wanted) =>
    workloadsOf(facts)
      .filter(({ kind, namespace }) => kind === 'Deployment' && wanted.admits('namespace', namespace))
      .map(({ namespace, name }): Line => ({ labels: { namespace, deployment: name }, at: constant(1) })),
  );
}

/** It knows what the API servers tell it: nothing new while etcd hangs. */
function fromStore(families: Families): Families {
  return Object.fromEntries(
    Object.entries(families).map(([name, family]) => [
      name,
      function* seen(facts: Facts, wanted: Wanted) {
        for (const series of family(facts, wanted)) {
          yield facts.etcdStall ? { ...series, at: (at: number) => series.at(storeMoment(facts, at)) } : series;
        }
      },
    ]),
  );
}

const known = merged(
  perNode('kube_node_info', 'node', ({ address }) => [{ labels: { internal_ip: address }, at: constant(1) }]),
  perNode('kube_node_spec_unschedulable', 'node', (node, _, facts) => [
    { at: (at) => (cordonedSince(facts, node, at) === undefined ? 0 : 1) },
  ]),
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
  perNode('kube_node_spec_taint', 'node', (node, _, facts) => taintLines(facts, node)),
  metric(job, 'kube_lease_renew_time', (_, facts, wanted) => [
    ...nodesWanted(facts, wanted, { label: 'lease' }).map((node) => ({
      labels: { lease: node.name, namespace: 'kube-node-lease' },
      at: (at: number) => Math.floor(renewedAt(node, at)),
    })),
    ...wanted.among('lease', electing).map((lease) => ({
      labels: { lease, namespace: 'kube-system' },
      at: (at: number) => Math.floor(electionRenewedAt(facts, lease, at)),
    })),
  ]),
  // A pod that waits for a node has no labels for what it lacks.
  perPod('kube_pod_info', (place) => {
    const { node, address, life } = place;
    const labels = { node: node.name, host_ip: node.address, pod_ip: address };
    const bound = { labels, at: (at: number) => (at >= (life?.boundAt ?? at) ? 1 : undefined) };
    const waits = { at: (at: number) => (at < (life?.boundAt ?? Number.POSITIVE_INFINITY) ? 1 : undefined) };
    return [...(node === nowhere ? [] : [bound]), ...(life ? [waits] : [])];
  }),
  perPod('kube_pod_status_phase', (place, wanted) =>
    wanted
      .among('phase', ['Pending', 'Running', 'Succeeded', 'Failed', 'Unknown'])
      .map((phase): Line => ({ labels: { phase }, at: (at) => (phaseOf(place, at) === phase ? 1 : 0) })),
  ),
  perPod('kube_pod_container_status_ready', (place) => [
    { labels: { container: place.workload.container }, at: (at) => (containersReady(place, at) ? 1 : 0) },
  ]),
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
      labels: { container: place.workload.container, reason: place.broken ? 'Error' : 'OOMKilled' },
      at: (at) => (turnOf(place, at)?.ended ? 1 : undefined),
    },
  ]),
  // Memory alone: nobody limits CPU here, and a container without a limit has no line.
  perPod('kube_pod_container_resource_limits', (place, _, facts) => {
    const { workload, node } = place;
    const bytes = memoryLimitOf(place, facts);
    const labels = { container: workload.container, node: node.name, resource: 'memory', unit: 'byte' };
    return [{ labels, at: (at) => bytes(at) || undefined }];
  }),
  perPod('kube_pod_status_scheduled', ({ life, node }) => [
    {
      labels: { condition: 'true' },
      at: (at) => ((life ? at >= (life.boundAt ?? Number.POSITIVE_INFINITY) : node !== nowhere) ? 1 : 0),
    },
  ]),
  generations('kube_deployment_metadata_generation'),
  generations('kube_deployment_status_observed_generation'),
  perPod('kube_pod_status_ready', (place, wanted) =>
    wanted.among('condition', statuses).map(
      (condition): Line => ({
        labels: { condition },
        at: (at) => ((isReady(place, at) ? 'true' : 'false') === condition ? 1 : 0),
      }),
    ),
  ),
);

export const objects = merged(scrapes(job, { answeredIn: 0.12, failedIn: 0.0006 }), fromStore(known));
