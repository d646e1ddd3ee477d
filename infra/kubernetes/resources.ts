import type { Right } from '../../engine/changes/rules.ts';
import { ReadFailure } from '../../engine/errors.ts';
import type { Kind, KubeletPath, ReadRequest } from '../../engine/readers.ts';

export type ObjectRequest = Extract<ReadRequest, { verb: 'get' | 'list' }>;
export type LogRequest = Extract<ReadRequest, { verb: 'logs' }>;
export type KubeletRequest = Extract<ReadRequest, { verb: 'kubelet' }>;

/**
 * Where the API serves a kind. `versions`: newest first; an older one only where the fields we use have the same shape,
 * or flow-control.ts renames them.
 */
export interface Resource {
  readonly group: string;
  readonly versions: readonly string[];
  readonly plural: string;
  readonly namespaced: boolean;
}

const FLOW_CONTROL = 'flowcontrol.apiserver.k8s.io';
const FLOW_VERSIONS = ['v1', 'v1beta3', 'v1beta2', 'v1beta1'];

export const resources: Readonly<Record<Kind, Resource>> = {
  Node: { group: '', versions: ['v1'], plural: 'nodes', namespaced: false },
  Pod: { group: '', versions: ['v1'], plural: 'pods', namespaced: true },
  Event: { group: '', versions: ['v1'], plural: 'events', namespaced: true },
  Namespace: { group: '', versions: ['v1'], plural: 'namespaces', namespaced: false },
  Service: { group: '', versions: ['v1'], plural: 'services', namespaced: true },
  ConfigMap: { group: '', versions: ['v1'], plural: 'configmaps', namespaced: true },
  Lease: { group: 'coordination.k8s.io', versions: ['v1'], plural: 'leases', namespaced: true },
  // v1 of both since Kubernetes 1.21, v1beta1 until 1.24.
  EndpointSlice: { group: 'discovery.k8s.io', versions: ['v1', 'v1beta1'], plural: 'endpointslices', namespaced: true },
  PodDisruptionBudget: {
    group: 'policy',
    versions: ['v1', 'v1beta1'],
    plural: 'poddisruptionbudgets',
    namespaced: true,
  },
  Deployment: { group: 'apps', versions: ['v1'], plural: 'deployments', namespaced: true },
  ReplicaSet: { group: 'apps', versions: ['v1'], plural: 'replicasets', namespaced: true },
  StatefulSet: { group: 'apps', versions: ['v1'], plural: 'statefulsets', namespaced: true },
  DaemonSet: { group: 'apps', versions: ['v1'], plural: 'daemonsets', namespaced: true },
  // v2 since 1.23; v1 has the same scaleTargetRef.
  HorizontalPodAutoscaler: {
    group: 'autoscaling',
    versions: ['v2', 'v1'],
    plural: 'horizontalpodautoscalers',
    namespaced: true,
  },
  NetworkPolicy: { group: 'networking.k8s.io', versions: ['v1'], plural: 'networkpolicies', namespaced: true },
  // v1 since 1.29, v1beta3 since 1.26, v1beta2 since 1.23, v1beta1 since 1.20.
  FlowSchema: { group: FLOW_CONTROL, versions: FLOW_VERSIONS, plural: 'flowschemas', namespaced: false },
  PriorityLevelConfiguration: {
    group: FLOW_CONTROL,
    versions: FLOW_VERSIONS,
    plural: 'prioritylevelconfigurations',
    namespaced: false,
  },
};

/**
 * The resource whose right lets one ask a kubelet for this path.
 * https://kubernetes.io/docs/reference/access-authn-authz/kubelet-authn-authz/#kubelet-authorization
 */
export const kubeletResources: Readonly<Record<KubeletPath, string>> = { '/stats/summary': 'nodes/stats' };

/** The URL path with its query, as `kubectl get --raw` would take it. */
export function pathOf(request: ObjectRequest, version: string): string {
  const path = request.verb === 'get' ? objectPath(request, version) : collectionPath(request, version);
  return `${path}${queryOf(request)}`;
}

export interface Place {
  readonly kind: Kind;
  readonly namespace?: string;
}

/** The path of one object. Throws `ReadFailure` for what cannot be one. */
export function objectPath(place: Place & { readonly name: string }, version: string): string {
  if (resources[place.kind].namespaced && place.namespace === undefined) {
    throw new ReadFailure(
      'server-error',
      `a ${place.kind} is found by namespace and name; the request has no namespace`,
    );
  }
  return `${collectionPath(place, version)}/${segment(place.name)}`;
}

/** Of one namespace, or of all when the place names none. */
export function collectionPath({ kind, namespace }: Place, version: string): string {
  const { plural, namespaced } = resources[kind];
  return `${groupPath(kind, version)}${namespaced && namespace !== undefined ? `/namespaces/${segment(namespace)}` : ''}/${plural}`;
}

/** `/api/v1`, `/apis/apps/v1`; without a version the group itself. */
export function groupPath(kind: Kind, version?: string): string {
  const { group } = resources[kind];
  return [group === '' ? '/api' : `/apis/${group}`, ...(version === undefined ? [] : [version])].join('/');
}

function queryOf(request: ObjectRequest): string {
  const cached = fromWatchCache(request);
  const list = request.verb === 'list' ? request : undefined;
  const query = [
    ['labelSelector', list?.labelSelector],
    ['fieldSelector', list?.fieldSelector],
    ['limit', cached ? undefined : list?.limit], // ignored together with resourceVersion=0
    ['resourceVersion', cached ? 0 : undefined],
    ['includeObject', list?.as === 'table' ? 'None' : undefined],
  ].flatMap(([key, value]) => (value === undefined ? [] : `${key}=${encodeURIComponent(value)}`));
  return query.length === 0 ? '' : `?${query.join('&')}`;
}

/**
 * Whether the watch cache is the cheaper place to read from. For single objects and for the pods of a node it is by far
 * (2 ms against 124 ms at 3,000 pods: it has an index by node). For the objects of one namespace it is not: the cache
 * scans all namespaces, etcd reads only that prefix. Leases of nodes are the exception, being as many as the nodes.
 * Events are never cached.
 */
function fromWatchCache(request: ObjectRequest): boolean {
  if (request.fresh || request.kind === 'Event') return false;
  if (request.verb === 'get' || request.namespace === undefined) return true;
  return request.namespace === 'kube-node-lease' || /(^|,)spec\.nodeName=/.test(request.fieldSelector ?? '');
}

/** Names reach a URL only if the API server would take them as a path segment; nothing else can be the name of an object. */
function segment(name: string): string {
  if (name === '' || name === '.' || name === '..' || /[/%]/.test(name)) {
    throw new ReadFailure('not-found', `no object can have the name ${JSON.stringify(name)}`);
  }
  return encodeURIComponent(name);
}

/** However long its lines, a log takes no more than this. It is the end that a limit cuts off: it must not be too small. */
const LOG_BYTES_A_LINE = 1_024;
const LEAST_LOG_BYTES = 65_536;

/** https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#get-read-log-of-the-specified-pod */
export function logPath({ namespace, name, container, previous, sinceSeconds, lines }: LogRequest): string {
  const query = new URLSearchParams({
    ...(container === undefined ? {} : { container }),
    ...(previous ? { previous: 'true' } : {}),
    ...(sinceSeconds === undefined ? {} : { sinceSeconds: `${sinceSeconds}` }),
    tailLines: `${lines}`,
    // The API server takes no 0 for a limit.
    limitBytes: `${lines === 0 ? 1 : Math.max(LEAST_LOG_BYTES, lines * LOG_BYTES_A_LINE)}`,
  });
  return `${objectPath({ kind: 'Pod', namespace, name }, 'v1')}/log?${query}`;
}

/** The rule that a (Cluster)Role needs so that this read is allowed, as YAML. */
export function ruleFor(
  request: ObjectRequest | LogRequest | { readonly verb: 'probe'; readonly path: string },
): string {
  if (request.verb === 'logs') return ruleOf({ apiGroup: '', resource: 'pods/log', verb: 'get' });
  if (request.verb === 'probe') return `- nonResourceURLs: ["${request.path.replace(/\?.*/s, '')}"]\n  verbs: ["get"]`;
  const { group, plural } = resources[request.kind];
  const rule = ruleOf({ apiGroup: group, resource: plural, verb: request.verb });
  return request.kind === 'ConfigMap' && request.verb === 'get'
    ? `${rule}\n  resourceNames: ["${request.name}"]`
    : rule;
}

export function ruleOf({ apiGroup, resource, verb }: Right): string {
  return `- apiGroups: ["${apiGroup}"]\n  resources: ["${resource}"]\n  verbs: ["${verb}"]`;
}
