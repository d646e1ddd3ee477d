import type { Facts } from '../facts.ts';
import { eventsOf } from './events.ts';
import { componentLeases, nodeLease, nodeObject } from './nodes.ts';
import { podsOfNode } from './pods.ts';
import { wanted } from './selectors.ts';
import { type KubeObject, meta } from './values.ts';

export interface Query {
  readonly namespace?: string;
  readonly name?: string;
  readonly fieldSelector: string | null;
}

/** Objects of one resource. A name or a node in the query is looked up; nothing is built that was not asked for. */
export type Objects = (facts: Facts, now: number, query: Query) => KubeObject[];

export interface Served {
  readonly kind: string;
  readonly namespaced: boolean;
  readonly objects: Objects;
}

/** `group/version/plural` → what is served there; anything else is "not served by this cluster". */
export const served: Readonly<Record<string, Served>> = {
  '/v1/nodes': { kind: 'Node', namespaced: false, objects: nodes },
  '/v1/pods': { kind: 'Pod', namespaced: true, objects: pods },
  '/v1/events': { kind: 'Event', namespaced: true, objects: eventsOf },
  '/v1/namespaces': { kind: 'Namespace', namespaced: false, objects: namespaces },
  '/v1/services': { kind: 'Service', namespaced: true, objects: none },
  'coordination.k8s.io/v1/leases': { kind: 'Lease', namespaced: true, objects: leases },
  'discovery.k8s.io/v1/endpointslices': { kind: 'EndpointSlice', namespaced: true, objects: none },
  'apps/v1/deployments': { kind: 'Deployment', namespaced: true, objects: none },
  'apps/v1/replicasets': { kind: 'ReplicaSet', namespaced: true, objects: none },
  'apps/v1/statefulsets': { kind: 'StatefulSet', namespaced: true, objects: none },
  'apps/v1/daemonsets': { kind: 'DaemonSet', namespaced: true, objects: none },
  'policy/v1/poddisruptionbudgets': { kind: 'PodDisruptionBudget', namespaced: true, objects: none },
};

function nodes(facts: Facts, now: number, { name, fieldSelector }: Query): KubeObject[] {
  const only = name ?? wanted(fieldSelector, 'metadata.name');
  return facts.nodes
    .filter((node) => only === undefined || node.name === only)
    .map((node) => nodeObject(facts, node, now));
}

function pods(facts: Facts, now: number, { namespace, fieldSelector }: Query): KubeObject[] {
  const on = wanted(fieldSelector, 'spec.nodeName');
  const candidates = on === undefined ? facts.nodes : facts.nodes.filter((node) => node.name === on);
  return candidates
    .flatMap((node) => podsOfNode(facts, node, now, namespace))
    .filter(({ metadata }) => namespace === undefined || metadata.namespace === namespace);
}

function leases(facts: Facts, now: number, { namespace, name }: Query): KubeObject[] {
  const components = namespace === 'kube-node-lease' ? [] : componentLeases(facts, now);
  const asked = facts.nodes.filter((node) => name === undefined || node.name === name);
  const ofNodes = namespace === 'kube-system' ? [] : asked.map((node) => nodeLease(facts, node, now));
  return [...components, ...ofNodes];
}

function namespaces({ bornAt }: Facts): KubeObject[] {
  const names = [
    'checkout',
    'default',
    'kube-node-lease',
    'kube-public',
    'kube-system',
    'monitoring',
    'search',
    'shop',
  ];
  return names.map((name) => ({
    metadata: meta('Namespace', name, bornAt, { labels: { 'kubernetes.io/metadata.name': name } }),
    spec: { finalizers: ['kubernetes'] },
    status: { phase: 'Active' },
  }));
}

/** Served, and empty: nothing the practice runbooks ask for. */
function none(): KubeObject[] {
  return [];
}
