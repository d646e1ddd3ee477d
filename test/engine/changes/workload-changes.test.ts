import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { quantity, sameQuantity } from '../../../engine/changes/quantity.ts';
import { edited, type Fields, fakeCluster, type Thing } from './fake-cluster.ts';
import { compiled, like, node, pod, shop, web } from './recorded.ts';

describe('scaling a workload', () => {
  const scale = (replicas: number) => ({ verb: 'scale', workload: web, replicas }) as const;
  const autoscaler = (target: Fields, labels: Fields = {}): Thing => ({
    metadata: { name: 'web-hpa', namespace: 'shop', uid: 'uid-hpa', resourceVersion: '9', labels },
    spec: { scaleTargetRef: target },
  });

  it('patches the subresource, and is taken back by the former number', async () => {
    const { actions, diff, effects, inverse } = await compiled(shop(), scale(5));

    expect(actions).toEqual([
      {
        verb: 'patch',
        object: web,
        type: 'merge',
        subresource: 'scale',
        body: {
          metadata: { uid: 'cc818b04-b6b9-4c0c-89cf-1d18bb70d16f', resourceVersion: '695' },
          spec: { replicas: 5 },
        },
      },
    ]);
    expect(diff).toEqual([{ object: 'Deployment shop/web', path: 'spec.replicas', before: '2', after: '5' }]);
    expect(effects).toEqual(['replicas 2 → 5: 3 pods more, if there is room for them']);
    expect(inverse).toEqual([scale(2)]);
  });

  it('says what fewer pods mean, and that none is none', async () => {
    expect((await compiled(shop(), scale(0))).effects).toEqual([
      'replicas 2 → 0: 2 pods ended; disruption budgets are not asked',
      'no pod is left: it serves nobody',
    ]);
    expect((await compiled(shop(), scale(2))).effects).toEqual(['Deployment shop/web already has 2 replicas']);
  });

  it('is left to the autoscaler that targets it, and to KEDA behind it', async () => {
    const target = { kind: 'Deployment', name: 'web', apiVersion: 'apps/v1' };
    const keda = { 'scaledobject.keda.sh/name': 'web-queue' };
    const others = [autoscaler({ ...target, name: 'api' }), autoscaler({ ...target, kind: 'StatefulSet' })];
    const blockedBy = async (...list: Thing[]) =>
      (await compiled(shop({ HorizontalPodAutoscaler: list }), scale(5))).blocked;

    expect(await blockedBy(...others)).toEqual([]);
    expect(await blockedBy(...others, autoscaler(target))).toEqual([
      'HorizontalPodAutoscaler shop/web-hpa sets the replicas of Deployment shop/web: change it there',
    ]);
    expect(await blockedBy(autoscaler(target, keda))).toEqual([
      'KEDA ScaledObject shop/web-queue (by HorizontalPodAutoscaler web-hpa) sets the replicas of Deployment shop/web: change it there',
    ]);
  });

  it('has no way back when a StatefulSet deletes the volumes of the pods that go', async () => {
    const spec = { persistentVolumeClaimRetentionPolicy: { whenScaled: 'Delete' } };
    const things = fakeCluster({ StatefulSet: [like('Deployment', 'web', { spec })] });
    const workload = { ...web, kind: 'StatefulSet' } as const;

    const { effects, inverse } = await compiled(things, { verb: 'scale', workload, replicas: 1 });

    expect(effects).toEqual([
      'replicas 2 → 1: 1 pod ended, the last first; disruption budgets are not asked',
      'the volume claims of the pods that go are deleted with their data (whenScaled: Delete)',
    ]);
    expect(inverse).toEqual({ none: expect.stringContaining('deleted with their data') });
  });

  it.each([-1, 1.5, Number.NaN])('takes no %s replicas', async (replicas) => {
    expect((await compiled(shop(), scale(replicas))).blocked).toEqual([
      `Deployment shop/web cannot have ${replicas} replicas`,
    ]);
  });
});

describe('setting requests and limits', () => {
  const set = (
    requests: Readonly<Record<string, string | null>>,
    limits: Readonly<Record<string, string | null>> = {},
  ) => ({ verb: 'set-resources', workload: web, container: 'httpd', requests, limits }) as const;

  it('patches the container by its name, and only what differs', async () => {
    const { actions, diff, inverse, effects } = await compiled(
      shop(),
      set({ cpu: '0.02', memory: '32Mi' }, { cpu: null }),
    );

    expect(actions).toMatchObject([
      {
        type: 'strategic',
        body: {
          spec: {
            template: {
              spec: {
                containers: [{ name: 'httpd', resources: { requests: { memory: '32Mi' }, limits: { cpu: null } } }],
              },
            },
          },
        },
      },
    ]);
    expect(JSON.stringify(actions)).not.toContain('0.02'); // the recorded 20m
    expect(diff.map(({ path, before, after }) => [path, before, after])).toEqual([
      ['spec.template.spec.containers[httpd].resources.requests.memory', '16Mi', '32Mi'],
      ['spec.template.spec.containers[httpd].resources.limits.cpu', '200m', null],
    ]);
    expect(inverse).toEqual([
      {
        verb: 'set-resources',
        workload: web,
        container: 'httpd',
        requests: { memory: '16Mi' },
        limits: { cpu: '200m' },
      },
    ]);
    expect(effects.slice(0, 2)).toEqual([
      'a new template: a rollout',
      'Deployment shop/web: 2 pods replaced step by step (at most 25% unavailable, 25% more)',
    ]);
  });

  it('says that a limit without a request is also the request', async () => {
    expect((await compiled(shop(), set({ memory: null }))).effects).toContain(
      'without a request of memory its limit of 64Mi is also the request',
    );
  });

  it.each([
    [set({ cpu: '300m' }), 'container httpd: a request of cpu 300m is above the limit of 200m'],
    [set({}, { memory: '8Mi' }), 'container httpd: a request of memory 16Mi is above the limit of 8Mi'],
    [set({ cpu: 'much' }), 'container httpd: cpu "much" is no amount'],
    [set({ cpu: '-1' }), 'container httpd: cpu "-1" is no amount'],
    [{ ...set({}), container: 'nginx' }, 'Deployment shop/web has no container nginx; it has httpd'],
  ])('refuses %o', async (change, why) => {
    const { actions, blocked } = await compiled(shop(), change);

    expect(actions).toEqual([]);
    expect(blocked).toEqual([why]);
  });

  it('is refused where the limit is not the one that is to blame any more', async () => {
    const twice = { ...set({}, { cpu: '400m' }), from: { cpu: '0.2' } };
    expect((await compiled(shop(), twice)).blocked).toEqual([]);
    expect((await compiled(shop(), { ...twice, from: { cpu: '150m' } })).blocked).toEqual([
      'container httpd has a limit of cpu of 200m by now, and not the 150m that is to blame: somebody has changed it',
    ]);
    expect((await compiled(shop(), { ...twice, from: { 'ephemeral-storage': '1Gi' } })).blocked).toEqual([
      'container httpd has no limit of ephemeral-storage by now, and not the 1Gi that is to blame: somebody has changed it',
    ]);
  });

  describe('is refused when no node of its pods could give it', () => {
    const small = { status: { conditions: [], allocatable: { cpu: '2', memory: '4Gi' } } };
    const labels = { app: 'web' };
    const things = (...nodes: string[]) =>
      shop({
        Pod: nodes.map((name, n) => pod(`web-${n}`, { owner: 'ReplicaSet web', node: name, labels })),
        Node: [
          edited(node('worker-1'), small),
          edited(node('worker-2'), { status: { allocatable: { memory: '16Gi' } } }),
        ],
      });
    const blockedBy = async (nodes: string[], change: ReturnType<typeof set>) =>
      (await compiled(things(...nodes), change)).blocked;

    it('with the node that comes closest', async () => {
      expect(await blockedBy(['worker-1'], set({}, { memory: '8Gi' }))).toEqual([
        'container httpd: memory 8Gi is more than a node of its pods has: 4Gi on worker-1',
      ]);
      expect(await blockedBy(['worker-1', 'worker-2'], set({}, { memory: '32Gi' }))).toEqual([
        'container httpd: memory 32Gi is more than a node of its pods has: 16Gi on worker-2',
      ]);
    });

    it('but not when one of them could, or none is known', async () => {
      expect(await blockedBy(['worker-1', 'worker-2'], set({}, { memory: '8Gi' }))).toEqual([]);
      expect(await blockedBy([], set({}, { memory: '32Gi' }))).toEqual([]);
    });
  });

  it('has nothing to do when the amounts are the same in other words', async () => {
    expect((await compiled(shop(), set({ cpu: '0.020', memory: '16384Ki' }, { cpu: '200m' }))).actions).toEqual([]);
  });

  it('says when no rollout follows by itself', async () => {
    const paused = shop({ Deployment: [like('Deployment', 'web', { spec: { paused: true } })] });
    const byHand = fakeCluster({
      DaemonSet: [edited(like('Deployment', 'web'), { spec: { updateStrategy: { type: 'OnDelete' } } })],
    });
    const workload = { ...web, kind: 'DaemonSet' } as const;

    expect((await compiled(paused, set({ cpu: '10m' }))).effects).toContain(
      'Deployment shop/web is paused: its pods are replaced when it is resumed',
    );
    expect((await compiled(byHand, { ...set({ cpu: '10m' }), workload })).effects).toContain(
      'DaemonSet shop/web gives its pods the new template only when each is deleted (OnDelete)',
    );
  });
});

describe('a quantity', () => {
  it.each([
    ['1000m', '1'],
    ['1Gi', '1024Mi'],
    ['1.5Gi', '1536Mi'],
    ['0.1', '100m'],
    ['2e3', '2k'],
    ['1E', '1e18'],
    ['.5', '500m'],
    ['100000u', '0.1'],
  ])('%s is the same amount as %s', (a, b) => {
    expect(sameQuantity(a, b)).toBe(true);
  });

  it.each(['', '.', 'm', '1 Gi', '1gi', '1Gib', 'Infinity', '0x10', '--1', '1e'])('%o is none', (text) => {
    expect(quantity(text)).toBeUndefined();
  });

  it('is exact beyond 2^53, and orders as numbers do', () => {
    expect(quantity('9007199254740993')).toBe(9_007_199_254_740_993n * 10n ** 9n);
    fc.assert(
      fc.property(fc.nat(), fc.nat(), (a, b) => {
        expect((quantity(`${a}m`) ?? 0n) < (quantity(`${b}m`) ?? 0n)).toBe(a < b);
        expect(quantity(`${a}Mi`)).toBe(quantity(`${a * 1024}Ki`));
      }),
    );
  });
});
