import { describe, expect, test } from 'vitest';
import type { Change } from '../../../engine/change.ts';
import { fakeCluster, type Thing } from './fake-cluster.ts';
import { compiled, node, pod } from './recorded.ts';

const held = (thing: Thing, ...finalizers: readonly string[]): Thing => ({
  ...thing,
  metadata: { ...thing.metadata, finalizers },
});
const db = pod('db-0', { owner: 'StatefulSet db' });
const web = pod('web-1', { owner: 'ReplicaSet web-1a', labels: { 'pod-template-hash': '1a' } });
const job = pod('mail-1', { owner: 'Job mail' });
const HOLD = 'example.com/hold';
const evict = (name: string): Change => ({ verb: 'evict', namespace: 'shop', pod: name });
const plan = (thing: Thing, change: Change) =>
  compiled(fakeCluster({ Pod: [thing], Node: [node('worker-3')], PodDisruptionBudget: [] }), change);

describe('a pod that somebody holds by a finalizer', () => {
  test('is not said to be replaced before it is let go, where its name or place has to be free', async () => {
    const { effects, material } = await plan(held(db, HOLD), evict('db-0'));
    expect(effects).toContain('pod shop/db-0 ends; StatefulSet db starts another once it is gone');
    expect(effects).toContain(
      'it stays Terminating until whoever set example.com/hold (finalizer) takes that away, and StatefulSet db starts no other before',
    );
    expect(material).not.toEqual((await plan(db, evict('db-0'))).material);
  });

  test('is replaced at once by a ReplicaSet, and stays all the same', async () => {
    const { effects } = await plan(held(web, HOLD), { verb: 'delete-pod', namespace: 'shop', pod: 'web-1' });
    expect(effects.slice(0, 2)).toEqual([
      'pod shop/web-1 ends; ReplicaSet web-1a starts another',
      'it stays Terminating until whoever set example.com/hold (finalizer) takes that away',
    ]);
  });

  test.each<Change>([
    { verb: 'drain', node: 'worker-3' },
    { verb: 'taint', node: 'worker-3', taint: { key: 'lab', effect: 'NoExecute' } },
  ])('is told in its line of a change of its whole node: %j', async (change) => {
    const { effects } = await plan(held(db, HOLD), change);
    expect(effects.filter((line) => line.includes('shop/db-0'))).toEqual([
      expect.stringContaining('; it stays Terminating until whoever set example.com/hold (finalizer) takes that away'),
    ]);
  });

  test('is none where only its Job keeps count of it by one', async () => {
    const { effects } = await plan(held(job, 'batch.kubernetes.io/job-tracking'), evict('mail-1'));
    expect(effects.join()).not.toContain('finalizer');
  });
});
