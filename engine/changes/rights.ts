import type { WritableKind } from '../action.ts';
import type { Right } from './rules.ts';

type Resource = Pick<Right, 'apiGroup' | 'resource'>;

const FLOW_CONTROL = 'flowcontrol.apiserver.k8s.io';

/** The resource of each kind a change touches or looks at, as RBAC names it. */
export const resources = {
  Node: { apiGroup: '', resource: 'nodes' },
  Pod: { apiGroup: '', resource: 'pods' },
  Deployment: { apiGroup: 'apps', resource: 'deployments' },
  StatefulSet: { apiGroup: 'apps', resource: 'statefulsets' },
  DaemonSet: { apiGroup: 'apps', resource: 'daemonsets' },
  ReplicaSet: { apiGroup: 'apps', resource: 'replicasets' },
  PodDisruptionBudget: { apiGroup: 'policy', resource: 'poddisruptionbudgets' },
  HorizontalPodAutoscaler: { apiGroup: 'autoscaling', resource: 'horizontalpodautoscalers' },
  FlowSchema: { apiGroup: FLOW_CONTROL, resource: 'flowschemas' },
  PriorityLevelConfiguration: { apiGroup: FLOW_CONTROL, resource: 'prioritylevelconfigurations' },
} as const satisfies Record<WritableKind | 'ReplicaSet' | 'PodDisruptionBudget' | 'HorizontalPodAutoscaler', Resource>;

export function right(verb: Right['verb'], kind: keyof typeof resources, subresource?: 'eviction' | 'scale'): Right {
  const { apiGroup, resource } = resources[kind];
  return { apiGroup, resource: subresource === undefined ? resource : `${resource}/${subresource}`, verb };
}
