import { describe, expect, test } from 'vitest';
import type { Change } from '../../../engine/change.ts';
import { edited, type FakeCluster, type Things } from '../changes/fake-cluster.ts';
import { like, must, node, pod, shop, web } from '../changes/recorded.ts';
import { blueprintIn } from './blueprint-in.ts';

/** What is approved, in one number. */
async function digestIn(cluster: FakeCluster, change: Change): Promise<string> {
  return (await blueprintIn(cluster, change)).digest;
}

describe('a plan is another plan', () => {
  const taint: Change = { verb: 'taint', node: 'worker-3', taint: { key: 'x', effect: 'NoExecute' } };
  const pods = (...names: [string, string][]): Things => ({
    Node: [node('worker-3')],
    Pod: names.map(([name, owner]) => pod(name, { owner })),
  });
  const two = pods(['web-1', 'ReplicaSet web'], ['web-2', 'ReplicaSet web']);

  test.each<[string, Things, 'another' | 'the same']>([
    [
      'ends one pod more',
      pods(['web-1', 'ReplicaSet web'], ['web-2', 'ReplicaSet web'], ['web-3', 'ReplicaSet web']),
      'another',
    ],
    [
      'ends a pod of another workload instead',
      pods(['web-1', 'ReplicaSet web'], ['api-1', 'ReplicaSet api']),
      'another',
    ],
    [
      'ends as many pods of the same workload, which were replaced',
      pods(['web-7', 'ReplicaSet web'], ['web-8', 'ReplicaSet web']),
      'the same',
    ],
    [
      'also ends the pod of a Job that has just begun',
      pods(['web-1', 'ReplicaSet web'], ['web-2', 'ReplicaSet web'], ['job-1', 'Job nightly']),
      'the same',
    ],
  ])('when its NoExecute taint %s: %s', async (_what, things, expected) => {
    const before = await digestIn(shop(two), taint);
    const after = await digestIn(shop(things), taint);
    expect(after === before ? 'the same' : 'another').toBe(expected);
  });

  test('when a restart would end all pods at once, and not step by step', async () => {
    const restart: Change = { verb: 'restart', workload: web };
    const allAtOnce = like('Deployment', 'web', { spec: { strategy: { type: 'Recreate', rollingUpdate: null } } });
    const rolling = shop();
    expect(await digestIn(shop({ Deployment: [allAtOnce] }), restart)).not.toBe(await digestIn(rolling, restart));
    const scaled = edited(must(rolling.find('Deployment', 'web')), { spec: { replicas: 2 } });
    expect(await digestIn(shop({ Deployment: [scaled] }), restart)).toBe(await digestIn(rolling, restart));
  });
});
