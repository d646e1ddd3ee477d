import { describe, expect, it } from 'vitest';
import type { ReadRequest } from '../../../engine/readers.ts';
import { type ObjectRequest, pathOf, resources, ruleFor } from '../../../infra/kubernetes/resources.ts';

const path = (request: ObjectRequest) => pathOf(request, resources[request.kind].versions[0] ?? '');

describe('the path of a read', () => {
  it.each<[string, ObjectRequest, string]>([
    ['a node', { verb: 'get', kind: 'Node', name: 'worker-3' }, '/api/v1/nodes/worker-3?resourceVersion=0'],
    ['a node, past the cache', { verb: 'get', kind: 'Node', name: 'worker-3', fresh: true }, '/api/v1/nodes/worker-3'],
    [
      'a lease',
      { verb: 'get', kind: 'Lease', namespace: 'kube-node-lease', name: 'worker-3' },
      '/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/worker-3?resourceVersion=0',
    ],
    [
      'the pods of a node, from the cache and its index',
      { verb: 'list', kind: 'Pod', fieldSelector: 'spec.nodeName=worker-3' },
      '/api/v1/pods?fieldSelector=spec.nodeName%3Dworker-3&resourceVersion=0',
    ],
    [
      'the pods of a node in one namespace, from the cache too',
      { verb: 'list', kind: 'Pod', namespace: 'shop', fieldSelector: 'status.phase=Running,spec.nodeName=worker-3' },
      '/api/v1/namespaces/shop/pods?fieldSelector=status.phase%3DRunning%2Cspec.nodeName%3Dworker-3&resourceVersion=0',
    ],
    [
      'the pods of a namespace, which etcd answers cheaper',
      { verb: 'list', kind: 'Pod', namespace: 'kube-system', labelSelector: 'component=etcd' },
      '/api/v1/namespaces/kube-system/pods?labelSelector=component%3Detcd',
    ],
    [
      'all node leases, which are as many as the nodes',
      { verb: 'list', kind: 'Lease', namespace: 'kube-node-lease' },
      '/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases?resourceVersion=0',
    ],
    [
      'events, which no cache holds',
      { verb: 'list', kind: 'Event', namespace: 'default', fieldSelector: 'involvedObject.name=worker-3', limit: 100 },
      '/api/v1/namespaces/default/events?fieldSelector=involvedObject.name%3Dworker-3&limit=100',
    ],
    ['a limited list past the cache', { verb: 'list', kind: 'Node', limit: 10, fresh: true }, '/api/v1/nodes?limit=10'],
    [
      'a limited list from the cache, where the limit would be ignored',
      { verb: 'list', kind: 'Node', limit: 10 },
      '/api/v1/nodes?resourceVersion=0',
    ],
    [
      'the table of all nodes, without the objects',
      { verb: 'list', kind: 'Node', as: 'table' },
      '/api/v1/nodes?resourceVersion=0&includeObject=None',
    ],
    [
      'a cluster-scoped kind, whatever namespace is named',
      { verb: 'get', kind: 'Namespace', namespace: 'x', name: 'shop', fresh: true },
      '/api/v1/namespaces/shop',
    ],
  ])('%s', (_what, request, expected) => {
    expect(path(request)).toBe(expected);
  });

  it('falls back to an older version of the same shape only where there was one', () => {
    const older = Object.entries(resources).filter(([, { versions }]) => versions.length > 1);
    expect(older.map(([kind]) => kind)).toEqual([
      'EndpointSlice',
      'PodDisruptionBudget',
      'HorizontalPodAutoscaler',
      'FlowSchema',
      'PriorityLevelConfiguration',
    ]);
    expect(pathOf({ verb: 'list', kind: 'PodDisruptionBudget', namespace: 'shop' }, 'v1beta1')).toBe(
      '/apis/policy/v1beta1/namespaces/shop/poddisruptionbudgets',
    );
  });

  it('is not made for an object of a namespace without the namespace', () => {
    expect(() => path({ verb: 'get', kind: 'Pod', name: 'web' })).toThrow(/namespace and name/);
  });
});

describe('the RBAC rule of a read', () => {
  it.each<[ReadRequest & { verb: 'get' | 'list' | 'probe' }, string]>([
    [{ verb: 'get', kind: 'Node', name: 'worker-3' }, '- apiGroups: [""]\n  resources: ["nodes"]\n  verbs: ["get"]'],
    [
      { verb: 'list', kind: 'PodDisruptionBudget' },
      '- apiGroups: ["policy"]\n  resources: ["poddisruptionbudgets"]\n  verbs: ["list"]',
    ],
    [{ verb: 'probe', path: '/readyz?verbose' }, '- nonResourceURLs: ["/readyz"]\n  verbs: ["get"]'],
    [
      { verb: 'get', kind: 'ConfigMap', namespace: 'kube-system', name: 'coredns' },
      '- apiGroups: [""]\n  resources: ["configmaps"]\n  verbs: ["get"]\n  resourceNames: ["coredns"]',
    ],
  ])('%j', (request, rule) => {
    expect(ruleFor(request)).toBe(rule);
  });
});
