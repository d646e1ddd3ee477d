import type { Action, ObjectRef } from '../../../engine/action.ts';

const uid = 'f5069bed-bc3f-4687-8f18-f5157c85009b';
const metadata = { uid, resourceVersion: '42080' };
const pod = { kind: 'Pod', namespace: 'shop', name: 'web-1' } as const;
const deployment: ObjectRef = { kind: 'Deployment', namespace: 'shop', name: 'web' };

export const limits = { deadlineMs: 5_000 };

/** One action of each shape there is. */
export const actions = {
  cordon: {
    verb: 'patch',
    object: { kind: 'Node', name: 'worker-3' },
    type: 'merge',
    body: { metadata, spec: { unschedulable: true } },
  },
  restart: {
    verb: 'patch',
    object: deployment,
    type: 'strategic',
    body: { metadata, spec: { template: { metadata: { annotations: { restartedAt: 'now' } } } } },
  },
  scale: {
    verb: 'patch',
    object: deployment,
    subresource: 'scale',
    type: 'merge',
    body: { metadata, spec: { replicas: 5 } },
  },
  delete: { verb: 'delete', object: pod, uid },
  evict: { verb: 'evict', object: pod, uid },
  isolate: {
    verb: 'create',
    object: { kind: 'PriorityLevelConfiguration', name: 'noisy' },
    body: {
      metadata: { labels: { 'nightshift.dev/plan': 'p1' } },
      spec: { type: 'Limited', limited: { nominalConcurrencyShares: 5, limitResponse: { type: 'Reject' } } },
    },
  },
} as const satisfies Record<string, Action>;
