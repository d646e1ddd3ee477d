import { describe, expect, test } from 'vitest';
import { defaultLimits } from '../../../engine/acting/limits.ts';
import { poolsOf, withoutThem } from '../../../engine/acting/pools.ts';
import type { Change } from '../../../engine/change.ts';
import { edited, type Thing } from '../changes/fake-cluster.ts';
import { pod } from '../changes/recorded.ts';
import { type NodeLike, nodesIn } from './nodes-in.ts';

const storage = { key: 'dedicated', value: 'storage', effect: 'NoSchedule' };
const NAMED = { key: 'dedicated', operator: 'Exists' };

/** Nodes of this name from 1 on. */
function nodes(name: string, count: number, more: Partial<NodeLike> = {}): NodeLike[] {
  return Array.from({ length: count }, (_, index) => ({ ...more, name: `${name}-${index + 1}` }));
}

function podOn(node: string, tolerations: readonly object[] = [], owner = 'StatefulSet store'): Thing {
  // The recorded one is bound to its node.
  return edited(pod(`on-${node}`, { node, owner }), {
    spec: { nodeSelector: { 'kubernetes.io/hostname': null }, tolerations },
  });
}

const judged = async (all: readonly NodeLike[], change: Change, pods: readonly Thing[] = []) =>
  withoutThem(await poolsOf(nodesIn(all, pods), [change]), defaultLimits);
const cordon = (node: string): Change => ({ verb: 'cordon', node });
const drain = (node: string): Change => ({ verb: 'drain', node });
const guess = '; no label says which of them are one pool';

describe('where nothing names the pool, nodes that a taint dedicates', () => {
  const mixed = [...nodes('general', 3), ...nodes('storage', 3, { taints: [storage] })];
  const store = podOn('storage-1', [NAMED]);

  test('are counted apart from those without it', async () => {
    for (const change of [cordon('general-1'), drain('general-1')]) {
      expect(await judged(mixed, change, [podOn('general-1'), store])).toMatchObject([
        {
          holds: true,
          title: 'Enough healthy nodes among the worker nodes',
          value: `2 of 3 would be left ready and schedulable; at least 2 must; apart from nodes that are dedicated by a taint: dedicated=storage:NoSchedule${guess}`,
        },
      ]);
    }
  });

  test('are a pool of their own, also the one of them on which nothing runs yet', async () => {
    for (const node of ['storage-1', 'storage-2']) {
      expect(await judged(mixed, cordon(node), [store])).toMatchObject([
        {
          holds: true,
          title: 'Enough healthy nodes among the worker nodes with dedicated=storage:NoSchedule',
          value: `2 of 3 would be left ready and schedulable; at least 2 must${guess}`,
        },
      ]);
    }
  });

  test('keep the only one of them: it takes the pods that tolerate its taint', async () => {
    const all = [...nodes('general', 5), ...nodes('storage', 1, { taints: [storage] })];
    expect(await judged(all, cordon('storage-1'), [store])).toMatchObject([
      {
        holds: false,
        breakable: true,
        value: 'storage-1 is the only one: none would be left ready and schedulable',
      },
    ]);
  });

  test('keep the last of them that is ready, and the message names the label that makes a pool', async () => {
    const all = [
      ...nodes('general', 5),
      ...nodes('storage', 1, { taints: [storage] }),
      { name: 'storage-2', taints: [storage], status: 'NotReady' },
    ];
    expect(await judged(all, drain('storage-1'), [store])).toMatchObject([
      {
        holds: false,
        value: `0 of 2 would be left ready and schedulable; at least 1 must${guess}: node.kubernetes.io/pool would`,
      },
    ]);
  });

  test('are no place for pods that ask for a label which those nodes have as well', async () => {
    const labels = { disk: 'fast' };
    const all = [
      ...nodes('general', 2, { labels }),
      ...nodes('storage', 3, { taints: [storage], labels }),
      ...nodes('slow', 2),
    ];
    const asking = edited(podOn('general-1'), { spec: { nodeSelector: { disk: 'fast' } } });
    expect((await judged(all, drain('general-1'), [asking, store])).at(-1)).toMatchObject({
      title: 'Enough healthy nodes among the worker nodes with disk=fast',
      value: `1 of 2 would be left ready and schedulable; at least 1 must`,
    });
  });
});

describe('a taint dedicates no node', () => {
  const maintenance = { key: 'maintenance', value: 'disk', effect: 'NoSchedule' };
  const mixed = [...nodes('general', 2), ...nodes('away', 4, { taints: [maintenance] })];

  test.each<[string, readonly Thing[]]>([
    ['that no pod there tolerates: somebody took these out', [podOn('away-1')]],
    ['for which pods tolerate everything', [podOn('away-1', [{ operator: 'Exists' }])]],
    ['which only agents name', [podOn('away-1', [{ key: 'maintenance', operator: 'Exists' }], 'DaemonSet logs')]],
  ])('%s', async (_what, pods) => {
    expect(await judged(mixed, cordon('general-1'), pods)).toMatchObject([
      { holds: false, value: expect.stringContaining('1 of 6 would be left ready and schedulable; at least 4 must') },
    ]);
    expect(await judged(mixed, cordon('away-1'), pods)).toMatchObject([
      { holds: true, value: expect.stringMatching(/^away-1 is kept free already: 2 of 6 are ready/) },
    ]);
  });

  test('that goes with the node, whoever tolerates it', async () => {
    const leaving = { key: 'aws-node-termination-handler/spot-itn', value: '', effect: 'NoSchedule' };
    const all = [...nodes('general', 2), ...nodes('away', 4, { taints: [leaving] })];
    const named = podOn('away-1', [{ key: leaving.key, operator: 'Exists' }]);
    expect(await judged(all, cordon('general-1'), [named])).toMatchObject([{ holds: false }]);
  });
});

test('in a pool with a label a node whose pods tolerate its taint does not count as free', async () => {
  const labels = { 'cloud.google.com/gke-nodepool': 'all' };
  const all = [
    { name: 'storage-1', labels, taints: [storage] },
    { name: 'general-1', labels, status: 'NotReady' },
  ];
  const store = podOn('storage-1', [NAMED]);
  expect(await judged(all, cordon('storage-1'), [store])).toMatchObject([
    { holds: false, value: expect.stringContaining('0 of 2 would be left') },
  ]);
  const down = all.map((node) => ({ ...node, status: 'NotReady' }));
  expect(await judged(down, cordon('storage-1'), [store])).toMatchObject([
    { holds: true, value: expect.stringContaining('storage-1 takes no new pods anyway') },
  ]);
});
