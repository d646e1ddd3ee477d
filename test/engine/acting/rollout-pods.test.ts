import { describe, expect, test } from 'vitest';
import { lastReplicas } from '../../../engine/acting/replicas.ts';
import { fakeCluster } from '../changes/fake-cluster.ts';
import { compiled, pod } from '../changes/recorded.ts';

describe('in the middle of a rollout', () => {
  const deployment = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', uid: 'uid-web', controller: true };
  const set = (hash: string, readyReplicas: number) => ({
    metadata: {
      ...{ name: `web-${hash}`, namespace: 'shop', uid: `uid-web-${hash}`, resourceVersion: '1' },
      ownerReferences: [deployment],
    },
    spec: { replicas: 3, selector: { matchLabels: { app: 'web', 'pod-template-hash': hash } } },
    status: { replicas: 3, readyReplicas },
  });
  const of = (hash: string, name: string, like: Parameters<typeof pod>[1] = {}) =>
    pod(name, { owner: `ReplicaSet web-${hash}`, labels: { app: 'web', 'pod-template-hash': hash }, ...like });
  /** One new pod, and these old ones; a pod of another workload that has the same label. */
  const cluster = (...old: readonly ReturnType<typeof of>[]) => {
    const alike = pod('batch-1', { owner: 'ReplicaSet batch-3c', labels: { app: 'web', 'pod-template-hash': '3c' } });
    const Pod = [of('2b', 'web-new'), ...old, alike];
    return fakeCluster({ Pod, ReplicaSet: [set('1a', old.length), set('2b', 1)], PodDisruptionBudget: [] });
  };
  const evict = { verb: 'evict', namespace: 'shop', pod: 'web-new' } as const;

  test.each(['evict', 'delete-pod'] as const)(
    'the old pods of a Deployment stand in for its new one: %s',
    async (verb) => {
      const { kube } = cluster(of('1a', 'web-a'), of('1a', 'web-b'));
      const value = 'Deployment shop/web keeps 2 of 3 ready';
      expect(await lastReplicas(kube, [{ ...evict, verb }])).toMatchObject({ holds: true, value });
    },
  );

  test('also where pods of many other workloads go with it, which keep theirs', async () => {
    const steady = Array.from({ length: 6 }, (_, index) => `api${index}`);
    const labels = (name: string) => ({ app: name, 'pod-template-hash': '5e' });
    const others = steady.flatMap((name) =>
      ['a', 'b'].map((one) => pod(`${name}-${one}`, { owner: `ReplicaSet ${name}-5e`, labels: labels(name) })),
    );
    const setOf = (name: string) => ({
      metadata: { name: `${name}-5e`, namespace: 'shop', uid: `uid-${name}-5e`, resourceVersion: '1' },
      spec: { replicas: 2, selector: { matchLabels: labels(name) } },
      status: { replicas: 2, readyReplicas: 2 },
    });
    const { kube } = fakeCluster({
      Pod: [of('2b', 'web-new'), of('1a', 'web-a'), ...others],
      ReplicaSet: [set('1a', 1), set('2b', 1), ...steady.map(setOf)],
      PodDisruptionBudget: [],
    });
    const all = ['web-new', ...steady.map((name) => `${name}-a`)].map((name) => ({ ...evict, pod: name }));
    expect(await lastReplicas(kube, all)).toMatchObject({ holds: true });
    expect(await lastReplicas(kube, [...all, { ...evict, pod: 'web-a' }])).toMatchObject({ holds: false });
  });

  test('not old ones that are not ready, or on their way out', async () => {
    const { kube } = cluster(of('1a', 'web-a', { ready: false }), of('1a', 'web-b', { deleting: true }));
    const value = 'none would be ready until others have started: ReplicaSet shop/web-2b';
    expect(await lastReplicas(kube, [evict])).toMatchObject({ holds: false, value });
  });

  test('both of them together are all there is', async () => {
    const { kube } = cluster(of('1a', 'web-a'));
    const value = 'none would be ready until others have started: Deployment shop/web';
    expect(await lastReplicas(kube, [evict, { ...evict, pod: 'web-a' }])).toMatchObject({ holds: false, value });
  });

  test('of its own ReplicaSet no more count than the controller has seen ready', async () => {
    const Pod = [of('2b', 'web-new'), of('2b', 'web-newer'), of('1a', 'web-a', { ready: false })];
    const { kube } = fakeCluster({ Pod, ReplicaSet: [set('1a', 0), set('2b', 1)], PodDisruptionBudget: [] });
    expect(await lastReplicas(kube, [evict])).toMatchObject({ holds: false });
  });

  test('nor does deleting it leave none', async () => {
    const change = { ...evict, verb: 'delete-pod' } as const;
    const { blocked, effects } = await compiled(cluster(of('1a', 'web-a')), change);
    expect(blocked).toEqual([]);
    expect(effects.join()).toContain('1 other pod of Deployment web ready');
  });

  test('no pod of others is read, however many there are', async () => {
    const { kube } = cluster(of('1a', 'web-a'));
    const asked: unknown[] = [];
    const list: typeof kube.list = (kind, options) => {
      if (kind === 'Pod') asked.push(options?.labelSelector);
      return kube.list(kind, options);
    };
    await lastReplicas({ ...kube, list }, [evict]);
    expect(asked).toEqual(['app=web']);
  });
});
