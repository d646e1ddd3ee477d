import { writes } from '../deeds.ts';
import type { Facts, NodeFacts } from '../facts.ts';
import { workloadsOf } from '../layout.ts';
import { nodeNamed, nodesInOrder } from '../lookup.ts';
import { namespaces, type Workload } from '../workloads.ts';
import { autoscalerObjects } from './autoscaler-objects.ts';
import { budgetObject } from './budgets.ts';
import { controllerObject } from './controllers.ts';
import { corefileObject } from './corefile.ts';
import { eventsOf } from './events.ts';
import { FLOW_CONTROL, flowSchemas, priorityLevels } from './flow-control.ts';
import { foundPods } from './found-pods.ts';
import { nodeLease, systemLeases } from './leases.ts';
import { nodeObject } from './nodes.ts';
import { replicaSetObjects } from './replica-sets.ts';
import { type Found, made, type Query, type Resource } from './resource.ts';
import { endpointSlices, serviceObject } from './services.ts';
import { type KubeObject, meta } from './values.ts';
import { asWritten } from './written.ts';

type Find = Resource['find'];
type Place = Pick<Resource, 'group' | 'version'>;

const core: Place = { group: '', version: 'v1' };
const apps: Place = { group: 'apps', version: 'v1' };
const flowControl: Place = { group: FLOW_CONTROL, version: 'v1' };

/** All that is served. Anything else is, as for a real API server, no such page. */
export const resources: readonly Resource[] = [
  cluster(core, 'Node', 'nodes', nodes, ['spec.unschedulable']),
  cluster(core, 'Namespace', 'namespaces', spaces, ['status.phase']),
  // The fields of k8s.io/kubernetes, pkg/registry/core/{pod,event}/strategy.go
  namespaced(core, 'Pod', 'pods', foundPods, [
    'spec.nodeName',
    'spec.restartPolicy',
    'spec.schedulerName',
    'spec.serviceAccountName',
    'status.phase',
    'status.podIP',
  ]),
  namespaced(core, 'Event', 'events', events, [
    'involvedObject.kind',
    'involvedObject.namespace',
    'involvedObject.name',
    'involvedObject.uid',
    'involvedObject.apiVersion',
    'involvedObject.resourceVersion',
    'involvedObject.fieldPath',
    'reason',
    'reportingComponent',
    'source',
    'type',
  ]),
  namespaced(
    core,
    'Service',
    'services',
    each(({ port }) => port !== undefined, serviceObject),
    ['spec.clusterIP', 'spec.type'],
  ),
  namespaced(core, 'ConfigMap', 'configmaps', (facts) => [made(corefileObject(facts))]),
  // Nobody has made any.
  namespaced({ group: 'networking.k8s.io', version: 'v1' }, 'NetworkPolicy', 'networkpolicies', () => []),
  namespaced({ group: 'coordination.k8s.io', version: 'v1' }, 'Lease', 'leases', leases),
  namespaced({ group: 'discovery.k8s.io', version: 'v1' }, 'EndpointSlice', 'endpointslices', slices),
  namespaced(apps, 'Deployment', 'deployments', each(are('Deployment'), controllerObject)),
  namespaced(apps, 'ReplicaSet', 'replicasets', replicaSets),
  namespaced(apps, 'StatefulSet', 'statefulsets', each(are('StatefulSet'), controllerObject)),
  namespaced(apps, 'DaemonSet', 'daemonsets', each(are('DaemonSet'), controllerObject)),
  namespaced(
    { group: 'policy', version: 'v1' },
    'PodDisruptionBudget',
    'poddisruptionbudgets',
    each(({ disruptionBudget }) => disruptionBudget !== undefined, budgetObject),
  ),
  namespaced(
    { group: 'autoscaling', version: 'v2' },
    'HorizontalPodAutoscaler',
    'horizontalpodautoscalers',
    (facts, now) => autoscalerObjects(facts, now).map(made),
  ),
  cluster(flowControl, 'FlowSchema', 'flowschemas', (facts, now) => [...flowSchemas(facts, now)].map(made)),
  cluster(flowControl, 'PriorityLevelConfiguration', 'prioritylevelconfigurations', (facts, now) =>
    [...priorityLevels(facts, now)].map(made),
  ),
];

function cluster(place: Place, kind: string, plural: string, find: Find, fields: readonly string[] = []): Resource {
  return { ...place, kind, plural, namespaced: false, fields, find: written(place, kind, find) };
}

function namespaced(place: Place, kind: string, plural: string, find: Find, fields: readonly string[] = []): Resource {
  return { ...place, kind, plural, namespaced: true, fields, find: written(place, kind, find) };
}

/** With what was written to the objects' metadata; only those to which something was. */
function written({ group, version }: Place, kind: string, find: Find): Find {
  const apiVersion = group === '' ? version : `${group}/${version}`;
  return function* overlaid(facts, now, query) {
    const about = writes(facts).filter((deed) => deed.about.kind === kind);
    const touched = new Set(about.map((deed) => `${deed.about.namespace ?? ''}/${deed.about.name}`));
    for (const found of find(facts, now, query)) {
      const mine = touched.has(`${found.namespace ?? ''}/${found.name}`);
      yield mine ? made(asWritten(facts, kind, apiVersion, found.make())) : found;
    }
  };
}

function nodes(facts: Facts, now: number, query: Query): Found[] {
  return nodesAsked(facts, query).map((node) => made(nodeObject(facts, node, now)));
}

function nodesAsked(facts: Facts, { name, field }: Query): readonly NodeFacts[] {
  const only = name ?? field('metadata.name');
  const node = only === undefined ? undefined : nodeNamed(facts, only);
  return only === undefined ? nodesInOrder(facts) : node ? [node] : [];
}

function* events(facts: Facts, now: number, query: Query): Generator<Found> {
  for (const event of eventsOf(facts, now, query)) {
    const found = made(event);
    const source = found.field('source.component');
    yield { ...found, field: (path) => (path === 'source' ? source : found.field(path)) };
  }
}

function leases(facts: Facts, now: number, query: Query): Found[] {
  const { namespace } = query;
  const ofNodes =
    namespace === undefined || namespace === 'kube-node-lease'
      ? nodesAsked(facts, query).map((node) => made(nodeLease(facts, node, now)))
      : [];
  return namespace === 'kube-node-lease' ? ofNodes : [...ofNodes, ...systemLeases(facts, now).map(made)];
}

function spaces(facts: Facts): Found[] {
  const all = new Set([...namespaces, ...workloadsOf(facts).map(({ namespace }) => namespace)]);
  return [...all].toSorted().map((name) =>
    made({
      metadata: meta(
        { kind: 'Namespace', name, createdAt: facts.bornAt },
        { labels: { 'kubernetes.io/metadata.name': name } },
      ),
      spec: { finalizers: ['kubernetes'] },
      status: { phase: 'Active' },
    }),
  );
}

/** One object for each workload of some sort; made only where it is in the namespace asked for. */
function each(
  has: (workload: Workload) => boolean,
  make: (facts: Facts, workload: Workload, now: number) => KubeObject,
): Find {
  return function* find(facts, now, { namespace }) {
    for (const workload of workloadsOf(facts)) {
      const here = namespace === undefined || workload.namespace === namespace;
      if (here && has(workload)) yield made(make(facts, workload, now));
    }
  };
}

function are(kind: Workload['kind']): (workload: Workload) => boolean {
  return (workload) => workload.kind === kind;
}

function* replicaSets(facts: Facts, now: number, { namespace }: Query): Generator<Found> {
  for (const workload of workloadsOf(facts).filter(are('Deployment'))) {
    const here = namespace === undefined || workload.namespace === namespace;
    if (here) yield* [...replicaSetObjects(facts, workload, now)].map(made);
  }
}

function* slices(facts: Facts, now: number, { namespace }: Query): Generator<Found> {
  for (const workload of workloadsOf(facts)) {
    const here = namespace === undefined || workload.namespace === namespace;
    if (here && workload.port !== undefined) yield* endpointSlices(facts, workload, now).map(made);
  }
}
