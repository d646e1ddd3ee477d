import { describe, expect, test } from 'vitest';
import type { Change, ChangeOf, Verb } from '../../../engine/change.ts';
import type { Fields, Thing, Things } from '../changes/fake-cluster.ts';
import { edited, fakeCluster } from '../changes/fake-cluster.ts';
import { like, must, node, objects, pod, shop, web } from '../changes/recorded.ts';
import { blueprintIn } from './blueprint-in.ts';

interface Seen {
  readonly things: Things;
  /** Nodes that are cordoned because the incident had them cordoned. */
  readonly cordoned?: readonly string[];
}
/** What the plan was made with, and what is there when it is approved. */
type Case<V extends Verb> = readonly [what: string, change: ChangeOf<V>, shown: Seen, approved: Seen];

const deployment = (changes: Fields = {}): Seen => ({ things: { Deployment: [like('Deployment', 'web', changes)] } });
const owned = { metadata: { ownerReferences: [{ kind: 'Shop', name: 'ours', uid: 'u', controller: true }] } };
const recreated = { spec: { strategy: { type: 'Recreate', rollingUpdate: null } } };
const container = must(objects.Deployment.find(({ metadata }) => metadata.name === 'web')) as unknown as {
  readonly spec: { readonly template: { readonly spec: { readonly containers: readonly Fields[] } } };
};
const [httpd = {}] = container.spec.template.spec.containers;
const withContainer = (changes: Fields, more: Fields = {}) =>
  deployment(
    edited({ ...more, metadata: {} } as Thing, {
      spec: { template: { spec: { containers: [edited(httpd as unknown as Thing, changes)] } } },
    }) as unknown as Fields,
  );
const nodes = (spec: Fields): Seen => ({ things: { Node: [node('worker-3', spec)] } });
const tainted = (...taints: readonly Fields[]) => nodes({ taints });
const cordonedAt = (timeAdded: string) =>
  nodes({
    unschedulable: true,
    taints: [{ key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule', timeAdded }],
  });
const pods = (...owners: readonly (string | undefined)[]): Seen => ({
  things: {
    Node: [node('worker-3')],
    Pod: owners.map((owner, index) => pod(`web-${index}`, owner === undefined ? {} : { owner })),
  },
});
const stateful = (whenScaled: string): Seen => {
  const { metadata, spec, status } = like('Deployment', 'web');
  const policy = { persistentVolumeClaimRetentionPolicy: { whenScaled } };
  return { things: { StatefulSet: [{ metadata, status, spec: { ...(spec as Fields), ...policy } }] } };
};
const flow = (user: string, shares: number): Seen => {
  const metadata = {
    name: 'nightshift-x',
    uid: 'u',
    resourceVersion: '1',
    annotations: { 'nightshift.dev/plan': 'p' },
  };
  const spec = {
    priorityLevelConfiguration: { name: 'nightshift-x' },
    rules: [{ subjects: [{ kind: 'User', user: { name: user } }] }],
  };
  const level = { metadata, spec: { limited: { nominalConcurrencyShares: shares } } };
  return { things: { FlowSchema: [{ metadata, spec }], PriorityLevelConfiguration: [level] } };
};
const others = (shares: number): Seen => {
  const metadata = { name: 'other', uid: 'u', resourceVersion: '1' };
  const level = { metadata, spec: { limited: { nominalConcurrencyShares: shares } } };
  return { things: { FlowSchema: [], PriorityLevelConfiguration: [level] } };
};
const revisions = (changes: Fields = {}): Seen => {
  const [set] = objects.ReplicaSet.filter(({ metadata }) => metadata.name.startsWith('web'));
  const revised = { metadata: { annotations: { 'deployment.kubernetes.io/revision': '2' } } };
  const now = edited(like('Deployment', 'web', revised), { spec: { template: { spec: { priority: 1 } } } });
  return { things: { Deployment: [edited(now, changes)], ReplicaSet: [must(set)] } };
};

const halfDrained: Seen = {
  things: { ...nodes({ unschedulable: true }).things, ...{ Pod: [pod('web-0', { owner: 'ReplicaSet web' })] } },
};

const verbs = {
  uncordon: [
    [
      'somebody has cordoned the node anew',
      { verb: 'uncordon', node: 'worker-3' },
      cordonedAt('2026-11-21T03:00:00Z'),
      cordonedAt('2026-11-21T03:20:00Z'),
    ],
  ],
  cordon: [
    ['the node is cordoned already', { verb: 'cordon', node: 'worker-3' }, nodes({}), nodes({ unschedulable: true })],
  ],
  drain: [
    [
      'the cordon that is there is no longer ours to take away',
      { verb: 'drain', node: 'worker-3' },
      { ...halfDrained, cordoned: ['uid-worker-3'] },
      halfDrained,
    ],
  ],
  taint: [
    [
      'it replaces another taint, which would have to be given back',
      { verb: 'taint', node: 'worker-3', taint: { key: 'x', value: 'new', effect: 'NoSchedule' } },
      tainted({ key: 'x', value: 'old', effect: 'NoSchedule' }),
      tainted({ key: 'x', value: 'other', effect: 'NoSchedule' }),
    ],
    [
      'it ends one pod more',
      { verb: 'taint', node: 'worker-3', taint: { key: 'x', effect: 'NoExecute' } },
      pods('ReplicaSet web'),
      pods('ReplicaSet web', 'ReplicaSet web'),
    ],
  ],
  untaint: [
    [
      'the taint has another value',
      { verb: 'untaint', node: 'worker-3', taint: { key: 'x', effect: 'NoSchedule' } },
      tainted({ key: 'x', value: 'old', effect: 'NoSchedule' }),
      tainted({ key: 'x', value: 'other', effect: 'NoSchedule' }),
    ],
  ],
  evict: [
    [
      'nothing starts the pod again',
      { verb: 'evict', namespace: 'shop', pod: 'web-0' },
      pods('ReplicaSet web', 'ReplicaSet web'),
      pods(undefined, 'ReplicaSet web'),
    ],
  ],
  'delete-pod': [
    [
      'somebody else starts the pod again',
      { verb: 'delete-pod', namespace: 'shop', pod: 'web-0' },
      pods('ReplicaSet web', 'ReplicaSet web'),
      pods('ReplicaSet other', 'ReplicaSet other'),
    ],
  ],
  restart: [
    ['all pods end at once', { verb: 'restart', workload: web }, deployment(), deployment(recreated)],
    ['somebody above may put it back', { verb: 'restart', workload: web }, deployment(), deployment(owned)],
    [
      'another image would be started',
      { verb: 'restart', workload: web },
      deployment(),
      withContainer({ image: 'shop.local/web:2' }),
    ],
    [
      'another command would be started',
      { verb: 'restart', workload: web },
      deployment(),
      withContainer({ command: ['sh', '-c', 'true'] }),
    ],
  ],
  undo: [
    ['all pods end at once', { verb: 'undo', workload: web }, revisions(), revisions(recreated)],
    ['somebody above may put it back', { verb: 'undo', workload: web }, revisions(), revisions(owned)],
  ],
  pause: [['somebody above may put it back', { verb: 'pause', workload: web }, deployment(), deployment(owned)]],
  resume: [
    [
      'a rollout waits',
      { verb: 'resume', workload: web },
      deployment({ spec: { paused: true } }),
      deployment({ spec: { paused: true }, status: { updatedReplicas: 0 } }),
    ],
    [
      'another template waits',
      { verb: 'resume', workload: web },
      deployment({ spec: { paused: true } }),
      withContainer({ image: 'shop.local/web:2' }, { spec: { paused: true } }),
    ],
    [
      'all pods end at once',
      { verb: 'resume', workload: web },
      deployment({ spec: { paused: true }, status: { updatedReplicas: 0 } }),
      deployment({ spec: { paused: true, ...recreated.spec }, status: { updatedReplicas: 0 } }),
    ],
  ],
  scale: [
    [
      'the volumes of the pods that go are deleted',
      { verb: 'scale', workload: { ...web, kind: 'StatefulSet' }, replicas: 1 },
      stateful('Retain'),
      stateful('Delete'),
    ],
    ['somebody above may put it back', { verb: 'scale', workload: web, replicas: 1 }, deployment(), deployment(owned)],
  ],
  'set-resources': [
    [
      'the limit is the request as well',
      { verb: 'set-resources', workload: web, container: 'httpd', limits: { memory: '128Mi' } },
      deployment(),
      withContainer({ resources: { requests: { memory: null } } }),
    ],
    [
      'other amounts have to be given back',
      { verb: 'set-resources', workload: web, container: 'httpd', limits: { memory: '128Mi' } },
      deployment(),
      withContainer({ resources: { limits: { memory: '96Mi' } } }),
    ],
    [
      'another image would be started with them',
      { verb: 'set-resources', workload: web, container: 'httpd', limits: { memory: '128Mi' } },
      deployment(),
      withContainer({ image: 'shop.local/web:2' }),
    ],
  ],
  'isolate-flow': [
    [
      'its share of the whole is another',
      { verb: 'isolate-flow', flow: 'x', subject: { kind: 'User', name: 'noisy' }, shares: 5 },
      others(100),
      others(10),
    ],
  ],
  'restore-flow': [
    ['it is about another client', { verb: 'restore-flow', flow: 'x' }, flow('noisy', 5), flow('other', 5)],
    ['another share would be given back', { verb: 'restore-flow', flow: 'x' }, flow('noisy', 5), flow('noisy', 50)],
  ],
  annotate: [
    [
      'another value would be given back',
      { verb: 'annotate', object: { kind: 'Node', name: 'worker-3' }, key: 'nightshift.dev/x', value: 'new' },
      { things: { Node: [edited(node('worker-3'), { metadata: { annotations: { 'nightshift.dev/x': 'old' } } })] } },
      { things: { Node: [edited(node('worker-3'), { metadata: { annotations: { 'nightshift.dev/x': 'other' } } })] } },
    ],
  ],
} satisfies { readonly [V in Verb]: readonly Case<V>[] };

const all = Object.entries(verbs).flatMap(([verb, cases]) =>
  cases.map(([what, change, shown, approved]): [string, string, Change, Seen, Seen] => [
    verb,
    what,
    change,
    shown,
    approved,
  ]),
);

describe('what was approved is what was shown: it is another plan', () => {
  test.each(all)('of %s when %s', async (_verb, what, change, shown, approved) => {
    const [before, after] = await Promise.all(
      [shown, approved].map(({ things, cordoned }) => {
        const cluster = things.PriorityLevelConfiguration ? fakeCluster(things) : shop(things);
        return blueprintIn(cluster, change, cordoned);
      }),
    );
    const told = ({ inverse, effects, diff }: NonNullable<typeof before>) => ({ inverse, effects, diff });
    expect(before?.blocked).toEqual([]);
    expect(before?.actions).not.toEqual([]);
    const differs = JSON.stringify(told(must(before))) !== JSON.stringify(told(must(after)));
    // A template is not shown as a whole: a digest stands for it, and "a pod template" is what is said.
    expect(differs || /^another (template|image|command)/.test(what), 'nothing that is told differs').toBe(true);
    expect(after?.digest).not.toBe(before?.digest);
  });
});
