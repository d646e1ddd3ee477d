import { describe, expect, test } from 'vitest';
import { lastReplicas } from '../../../engine/acting/replicas.ts';
import type { Change } from '../../../engine/change.ts';
import { type Fields, fakeCluster, type Thing } from './fake-cluster.ts';
import { compiled, must, node, type PodLike, pod } from './recorded.ts';

const at = { namespace: 'shop', pod: 'db-1' } as const;
const evict = { verb: 'evict', ...at } as const;
const deletePod = { verb: 'delete-pod', ...at } as const;
const drain = (allow?: 'bare-pods'): Change => ({
  verb: 'drain',
  node: 'worker-3',
  ...(allow ? { allow: [allow] } : {}),
});
const taint = (allow?: 'bare-pods'): Change => ({
  verb: 'taint',
  node: 'worker-3',
  taint: { key: 'lab', effect: 'NoExecute' },
  ...(allow ? { allow: [allow] } : {}),
});

type Kind = 'ReplicaSet' | 'StatefulSet' | 'DaemonSet';
const controller = (spec: Fields = {}, more: Fields = {}, status: Fields = {}): Thing => ({
  metadata: { name: 'db', namespace: 'shop', uid: 'uid-db', resourceVersion: '1', ...more },
  spec: { replicas: 3, selector: {}, template: { spec: { containers: [] } }, ...spec },
  status,
});
const world = (kind: Kind, owner?: Thing, like: PodLike = {}) =>
  fakeCluster(
    {
      Node: [node('worker-3')],
      Pod: ['db-0', 'db-1', 'db-2'].map((name) =>
        pod(name, { owner: `${kind} db`, node: name === 'db-1' ? 'worker-3' : 'worker-4', ...like }),
      ),
      ...(owner ? { [kind]: [owner] } : {}),
    },
    { orphans: true },
  );

const ways: readonly [string, Kind, Thing | undefined, string][] = [
  ['whose ReplicaSet is gone', 'ReplicaSet', undefined, 'ReplicaSet db does not exist any more'],
  ['whose StatefulSet is gone', 'StatefulSet', undefined, 'StatefulSet db does not exist any more'],
  [
    'whose controller was made anew under its name',
    'ReplicaSet',
    controller({}, { uid: 'another' }),
    'ReplicaSet db does not exist any more',
  ],
  [
    'whose controller is being deleted',
    'StatefulSet',
    controller({}, { deletionTimestamp: '2026-11-21T07:30:00Z' }),
    'StatefulSet db is being deleted',
  ],
  ['of a ReplicaSet that is scaled to none', 'ReplicaSet', controller({ replicas: 0 }), 'ReplicaSet db is scaled to 0'],
  [
    'of a ReplicaSet that has more than it wants',
    'ReplicaSet',
    controller({ replicas: 2 }, {}, { replicas: 3 }),
    'ReplicaSet db has 3 pods and wants 2',
  ],
  [
    'that a smaller StatefulSet has no place for',
    'StatefulSet',
    controller({ replicas: 1 }),
    'StatefulSet db is scaled to 1',
  ],
];

describe.each(ways)('a pod %s', (_what, kind, owner, why) => {
  test('is not deleted, like one without a controller', async () => {
    expect(await compiled(world(kind, owner), deletePod)).toMatchObject({
      actions: [],
      blocked: [`${why}: nothing would start pod shop/db-1 again`],
    });
  });

  test('ends for good where it is evicted: said once, and nobody can answer for it', async () => {
    const cluster = world(kind, owner);
    const { effects, inverse } = await compiled(cluster, evict);
    expect(effects).toEqual([`pod shop/db-1 ends for good: ${why}, and nothing starts another`]);
    expect(inverse).toEqual({ none: 'a pod that is gone does not come back, and nothing starts another' });
    expect(await lastReplicas(cluster.kube, [evict])).toMatchObject({
      holds: false,
      breakable: false,
      value: expect.stringMatching(`^nothing would bring pod shop/db-1 back: ${why}`),
    });
  });

  test.each([
    ['a drain', drain, 'evict'],
    ['a NoExecute taint', taint, 'end'],
  ] as const)('is refused to %s unless bare pods are allowed', async (_how, change, verb) => {
    const refused = await compiled(world(kind, owner), change());
    expect(refused.actions).toEqual([]);
    expect(refused.blocked).toEqual([
      `refuse shop/db-1: ${why}, so nothing would start it again (only with bare-pods allowed)`,
    ]);
    const cluster = world(kind, owner);
    const allowed = await compiled(cluster, change('bare-pods'));
    expect(allowed.blocked).toEqual([]);
    expect(allowed.effects).toContain(`${verb} shop/db-1; ${why}: nothing starts it again`);
    const last = await lastReplicas(cluster.kube, [change('bare-pods')]);
    expect(last?.value).not.toContain('nothing would bring');
  });
});

test('a drain that may end such a pod is another plan once its controller is gone: that is approved as well', async () => {
  const materialOf = async (owner?: Thing) =>
    (await compiled(world('ReplicaSet', owner), drain('bare-pods'))).material ?? null;
  expect(await materialOf(undefined)).not.toEqual(await materialOf(controller()));
});

test('a DaemonSet that is gone starts no agent in the place of one that ends', async () => {
  expect(await compiled(world('DaemonSet'), deletePod)).toMatchObject({
    blocked: ['DaemonSet db does not exist any more: nothing would start pod shop/db-1 again'],
  });
  expect((await compiled(world('DaemonSet'), evict)).effects).toEqual([
    'pod shop/db-1 ends for good: DaemonSet db does not exist any more, and nothing starts another',
  ]);
});

test('a controller of the same kind in the group of an operator is another object, and is believed', async () => {
  const things = world('StatefulSet');
  const one = must(things.find('Pod', 'db-1'));
  const [reference] = one.metadata.ownerReferences as readonly Fields[];
  const ownerReferences = [{ ...reference, apiVersion: 'apps.kruise.io/v1beta1' }];
  const cluster = fakeCluster(
    { Pod: [{ ...one, metadata: { ...one.metadata, ownerReferences } }], Node: [node('worker-3')] },
    { orphans: true },
  );
  expect((await compiled(cluster, evict)).effects).toEqual(['pod shop/db-1 ends; StatefulSet db starts another']);
});

test('a pod whose controller is well has one that starts another', async () => {
  for (const kind of ['ReplicaSet', 'StatefulSet'] as const) {
    const { effects, blocked } = await compiled(world(kind, controller()), deletePod);
    expect(blocked).toEqual([]);
    expect(effects).toContain(`pod shop/db-1 ends; ${kind} db starts another`);
    expect((await compiled(world(kind, controller()), drain())).blocked).toEqual([]);
  }
});
