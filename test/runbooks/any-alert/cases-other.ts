import type { Case } from '../../../engine/replay.ts';
import { ended, failing, none, notOne, object, one, open, selected, without } from './compose.ts';
import { around, at, before, bodies, events, graph, node, pod, version, well, workload } from './world.ts';

/** A pod of another Deployment that is ended by SIGKILL, again and again. */
const signalled = pod({
  ready: false,
  container: { restarts: 9, ended: { reason: 'Error', exitCode: 137, finishedAt: before(-60) } },
});
const evicted = pod({ name: 'web-0', phase: 'Failed', ready: false, container: null });
const OVER_QUOTA =
  'pods "web-7d9-x" is forbidden: exceeded quota: compute, requested: limits.memory=1Gi, used: limits.memory=8Gi, limited: limits.memory=8Gi';
const refusedBy = (one: ReturnType<typeof workload>, message: string) => ({
  ...one,
  status: { ...one.status, conditions: [{ type: 'ReplicaFailure', status: 'True', message }] },
});
const onTrack = 'app=web,track notin (canary)';
const tracked = {
  ...workload(),
  spec: {
    replicas: 3,
    selector: {
      matchLabels: { app: 'web' },
      matchExpressions: [{ key: 'track', operator: 'NotIn', values: ['canary'] }],
    },
  },
};

/** Alerts about anything else, and the rungs of what can be seen. */
export const otherCases: Readonly<Record<string, Case>> = {
  deployment: one(
    'A Deployment whose pods are well.',
    bodies({ ...selected('Deployment'), [at.versions]: { items: [well] } }),
    { ...notOne, newVersion: 'ruled-out' },
    { ...object('Deployment'), recovered: 'confirmed' },
  ),
  'deployment-and-a-pod-evicted-last-week': one(
    'The pods of a Deployment are well; one that was evicted last week is still listed.',
    bodies({
      ...selected('Deployment'),
      [at.versions]: { items: [well] },
      [at.pods]: { items: [evicted, pod(), pod({ name: 'web-2' })] },
    }),
    { ...notOne, newVersion: 'ruled-out' },
    { ...object('Deployment'), recovered: 'confirmed' },
  ),
  'deployment-whose-pods-all-failed': one(
    'All pods of a Deployment were evicted, and none was made in their place yet.',
    bodies({ ...selected('Deployment'), [at.versions]: { items: [well] }, [at.pods]: { items: [evicted] } }),
    { ...notOne, newVersion: 'ruled-out' },
    { ...object('Deployment'), recovered: 'inconclusive' },
  ),
  'deployment-over-its-quota': one(
    'A Deployment gets no pods: the quota of its namespace refuses them, as it says itself.',
    bodies({
      ...selected('Deployment'),
      [at.deployment]: refusedBy(workload('web', 0), OVER_QUOTA),
      [at.versions]: { items: [well] },
      [at.pods]: { items: [] },
    }),
    { ...open, newVersion: 'ruled-out', cannotStart: 'confirmed' },
    { ...object('Deployment'), recovered: 'inconclusive' },
  ),
  'deployment-over-its-quota-and-ready': one(
    'Its pods are all ready; one more, of a rollout, was refused.',
    bodies({
      ...selected('Deployment'),
      [at.deployment]: refusedBy(workload(), OVER_QUOTA),
      [at.versions]: { items: [well] },
      [at.pods]: { items: [pod(), pod({ name: 'web-2' })] },
    }),
    { ...notOne, newVersion: 'ruled-out', cannotStart: 'inconclusive' },
    { ...object('Deployment'), recovered: 'confirmed' },
  ),
  'deployment-of-many': one(
    'Of a Deployment with many pods twenty are looked at, and are well.',
    bodies({
      ...selected('Deployment'),
      [at.versions]: { items: [well] },
      [at.pods]: {
        metadata: { continue: 'eyJ2IjoibWV0YS5rOHMuaW8vdjEifQ' },
        items: Array.from({ length: 20 }, (_, index) => pod({ name: `web-${index}` })),
      },
    }),
    { ...open, newVersion: 'ruled-out' },
    { ...object('Deployment'), recovered: 'inconclusive' },
  ),
  'replica-set': one(
    'A ReplicaSet of a Deployment.',
    bodies({
      ...selected('ReplicaSet'),
      'get ReplicaSet shop/web': version('web', 12, before(8_000_000), 3, 3),
      [at.deployment]: workload(),
      [at.versions]: { items: [well] },
    }),
    { ...notOne, newVersion: 'ruled-out' },
    object('ReplicaSet'),
  ),
  'stateful-set': one(
    'A StatefulSet of which one pod crashes.',
    bodies({
      ...selected('StatefulSet'),
      [at.pods]: {
        items: [
          pod({
            ready: false,
            container: { restarts: 9, ended: { reason: 'Error', exitCode: 2, finishedAt: before(-60) } },
          }),
        ],
      },
      [at.log]: '',
    }),
    { ...notOne, containerEnds: 'confirmed', probeEnds: 'inconclusive' },
    object('StatefulSet'),
  ),
  'stateful-set-ended-by-a-signal': one(
    'Of a StatefulSet the events of its pods are not read: who sent the signal nobody tells.',
    bodies({ ...selected('StatefulSet'), [at.pods]: { items: [signalled] }, [at.log]: '' }),
    { ...notOne, containerEnds: 'inconclusive', probeEnds: 'inconclusive' },
    object('StatefulSet'),
  ),
  'deployment-of-the-stable-track': one(
    'Its selector leaves out the pods of another Deployment, of which one crashes.',
    bodies({
      ...without(selected('Deployment'), at.pods),
      [at.deployment]: tracked,
      [at.pods.replace('app=web', onTrack)]: { items: [pod(), pod({ name: 'web-2' })] },
      [at.versions.replace('app=web', onTrack)]: { items: [well] },
    }),
    { ...notOne, newVersion: 'ruled-out' },
    object('Deployment'),
  ),
  'daemon-set': one('A DaemonSet.', bodies(selected('DaemonSet')), notOne, object('DaemonSet')),
  service: one('A Service.', bodies(selected('Service')), notOne, {
    target: { kind: 'Service', namespace: 'shop', name: 'web' },
  }),
  'persistent-volume-claim': one(
    'An object that has no pods of its own.',
    bodies({
      [events('shop', 'PersistentVolumeClaim', 'web')]: { items: [] },
      [at.expression]: graph(0),
      [at.scraped]: around[at.scraped],
      [at.incidents]: [],
    }),
    open,
    { ...object('PersistentVolumeClaim'), recovered: 'ruled-out' },
  ),
  node: one(
    'A node that uses much memory and is well.',
    bodies({
      [at.node]: node(),
      [at.nodeEvents]: { items: [] },
      [at.expression]: [],
      [at.scraped]: around[at.scraped],
      [at.incidents]: [
        { target: 'node/worker-3', alerts: ['NodeDiskIOSaturation'], causes: [] },
        { target: 'node/worker-9', alerts: ['KubeNodeNotReady'], causes: [] },
      ],
    }),
    { ...open, nodeTrouble: 'ruled-out' },
    { target: { kind: 'Node', name: 'worker-3' }, recovered: 'confirmed' },
  ),
  'node-under-pressure': one(
    'A node under memory pressure.',
    bodies({
      [at.node]: node('True', true),
      [at.nodeEvents]: { items: [] },
      [at.expression]: graph(0, {}),
      [at.scraped]: around[at.scraped],
      [at.incidents]: [],
    }),
    { ...open, nodeTrouble: 'confirmed' },
    { target: { kind: 'Node', name: 'worker-3' }, recovered: 'ruled-out' },
  ),
  cluster: one(
    'The labels name no object.',
    bodies({
      [at.expression]: [],
      [at.scraped]: around[at.scraped],
      [at.incidents]: [{ target: 'pod/shop/web-1', alerts: ['A'], causes: [] }],
    }),
    open,
    { target: { kind: 'Cluster' }, recovered: 'inconclusive' },
  ),

  'objects-only': one(
    'No Prometheus, and nobody who knows what else is open.',
    {
      ...bodies({ ...without(around, at.expression, at.scraped, at.incidents), ...ended(-900, 4) }),
      ...failing('not-configured', at.expression, at.scraped, at.incidents),
    },
    { ...none, containerEnds: 'confirmed' },
    { recovered: 'ruled-out' },
  ),
  'prometheus-only': one(
    'The API server does not answer.',
    {
      ...bodies({ [at.expression]: graph(0), [at.scraped]: around[at.scraped], [at.incidents]: [] }),
      ...failing('unreachable', at.pod, events('shop', 'Pod', 'web-1')),
    },
    open,
    { recovered: 'ruled-out' },
  ),
};
