import type { Facts } from '../facts.ts';
import { pick, suffixOf } from '../identity.ts';
import { type PodPlace, podsOf } from '../placement.ts';
import type { Workload } from '../workloads.ts';
import { managedBy } from './managed-fields.ts';
import { isReady } from './pod-status.ts';
import { type KubeObject, meta, versionAt } from './values.ts';

export function serviceObject({ bornAt }: Facts, { labels, port = 80, ...workload }: Workload): KubeObject {
  const { namespace, service: name = workload.name } = workload;
  const createdAt = bornAt + 600;
  const clusterIP = `10.96.${pick(250, namespace, name)}.${1 + pick(250, name)}`;
  const spec = {
    ports: [{ protocol: 'TCP', port, targetPort: port }],
    selector: labels,
    clusterIP,
    clusterIPs: [clusterIP],
    type: 'ClusterIP',
    sessionAffinity: 'None',
    ipFamilies: ['IPv4'],
    ipFamilyPolicy: 'SingleStack',
    internalTrafficPolicy: 'Cluster',
  };
  return {
    metadata: meta(
      { kind: 'Service', namespace, name, createdAt },
      {
        labels,
        managedFields: managedBy({
          manager: 'helm',
          apiVersion: 'v1',
          at: createdAt,
          wrote: { metadata: { labels }, spec },
        }),
      },
    ),
    spec,
    status: { loadBalancer: {} },
  };
}

/** As many endpoints as the controller puts into one slice (`--max-endpoints-per-slice`). */
const MOST_PER_SLICE = 100;

/** The EndpointSlices of a workload's Service. An endpoint on an unreachable node stays in it, not ready. */
export function endpointSlices(facts: Facts, workload: Workload, now: number): KubeObject[] {
  const places = podsOf(facts, workload, now);
  const slices = Array.from({ length: Math.max(1, Math.ceil(places.length / MOST_PER_SLICE)) }, (_, index) =>
    places.slice(index * MOST_PER_SLICE, (index + 1) * MOST_PER_SLICE),
  );
  return slices.map((part, index) => endpointSlice(facts, workload, part, index, now));
}

function endpointSlice(
  { bornAt }: Facts,
  { port = 80, ...workload }: Workload,
  places: readonly PodPlace[],
  index: number,
  now: number,
): KubeObject {
  const { namespace, service: name = workload.name } = workload;
  const createdAt = bornAt + 600;
  const endpoints = places.map((place) => endpoint(place, now));
  const rest = { endpoints, ports: [{ name: '', port, protocol: 'TCP' }] };
  const labels = {
    'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io',
    'kubernetes.io/service-name': name,
  };
  return {
    metadata: meta(
      {
        kind: 'EndpointSlice',
        namespace,
        name: `${name}-${suffixOf(pick(1_000_000, name) + index)}`,
        createdAt,
        changedAt: now,
      },
      {
        generateName: `${name}-`,
        generation: 1,
        labels,
        managedFields: managedBy({
          manager: 'kube-controller-manager',
          apiVersion: 'discovery.k8s.io/v1',
          at: createdAt,
          wrote: { metadata: { labels }, ...rest },
        }),
      },
    ),
    addressType: 'IPv4',
    ...rest,
  };
}

function endpoint(place: PodPlace, now: number) {
  const { address, node, name, workload, createdAt, evictedAt } = place;
  const terminating = evictedAt !== undefined;
  // A terminating endpoint may still serve; readiness needs both (KEP-1672).
  const serving = isReady(place, now);
  return {
    addresses: [address],
    conditions: { ready: serving && !terminating, serving, terminating },
    nodeName: node.name,
    targetRef: {
      kind: 'Pod',
      namespace: workload.namespace,
      name,
      resourceVersion: versionAt(createdAt),
    },
    zone: node.zone,
  };
}
