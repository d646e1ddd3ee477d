import { describe, expect, test } from 'vitest';
import { closedOf } from '../../../engine/acting/present-interlocks.ts';
import { lastReplicas } from '../../../engine/acting/replicas.ts';
import type { Change } from '../../../engine/change.ts';
import type { Plan } from '../../../engine/plan.ts';
import { type Fields, fakeCluster } from '../changes/fake-cluster.ts';
import { budget, pod } from '../changes/recorded.ts';
import { lab } from './lab.ts';

/** Two workloads of one replica each run there, and no budget watches over them. */
const NODE = 'worker-2';
const drain = { verb: 'drain', node: NODE, allow: ['local-storage'] } as const;
const alone =
  /^none would be ready of 2 workloads until others have started: ReplicaSet monitoring\/\S+, StatefulSet monitoring\/\S+$/;
const ofPlan = ({ interlocks }: Plan) => interlocks.filter(({ id }) => id === 'last-replica');

describe('the last ready replica', () => {
  test('is counted over all changes of a plan: three deletions of three leave none', async () => {
    await using it = await lab(
      [0, 1, 2].map((n): Change => ({ verb: 'delete-pod', namespace: 'shop', pod: `orders-db-${n}` })),
    );
    const plan = await it.opened();
    expect(ofPlan(plan)).toMatchObject([
      { holds: false, value: 'none would be ready until others have started: StatefulSet shop/orders-db' },
    ]);
  });

  test('two deletions of three leave one', async () => {
    await using it = await lab(
      [0, 1].map((n): Change => ({ verb: 'delete-pod', namespace: 'shop', pod: `orders-db-${n}` })),
    );
    expect(ofPlan(await it.opened())).toMatchObject([
      { holds: true, value: 'StatefulSet shop/orders-db keeps 1 of 3 ready' },
    ]);
  });

  test.each<[string, Change]>([
    ['a drain', drain],
    ['a NoExecute taint', { verb: 'taint', node: NODE, taint: { key: 'x', effect: 'NoExecute' } }],
  ])('is told before %s as it is before an eviction, by the name of the workload', async (_what, change) => {
    await using it = await lab([change]);
    expect(ofPlan(await it.opened())).toMatchObject([
      { holds: false, breakable: true, value: expect.stringMatching(alone) },
    ]);
  });

  test('of an eviction alike', async () => {
    await using it = await lab([
      { verb: 'evict', namespace: 'monitoring', pod: 'alertmanager-kube-prometheus-stack-alertmanager-0' },
    ]);
    expect(ofPlan(await it.opened())).toMatchObject([{ holds: false, breakable: true }]);
  });

  test('is not counted where a disruption budget watches over it', async () => {
    await using it = await lab([{ verb: 'drain', node: 'worker-3', allow: ['local-storage'] }]);
    expect(ofPlan(await it.opened())[0]?.value).not.toContain('orders-db');
  });

  test('nobody can answer for a workload that is scaled to nothing', async () => {
    const workload = { kind: 'Deployment', namespace: 'shop', name: 'web' } as const;
    await using it = await lab([{ verb: 'scale', workload, replicas: 0 }]);
    expect(ofPlan(await it.opened())).toMatchObject([
      { holds: false, breakable: false, value: 'Deployment shop/web would have 0 replicas' },
    ]);
  });

  test('goes only by a broken glass', async () => {
    await using it = await lab([drain]);
    const { id } = await it.requested();
    expect(await it.approved(id)).toMatchObject({ state: 'requested' });
    expect(it.sent).toEqual([]);

    expect((await it.breakGlass(id)).breakGlass).toMatchObject({ by: 'U0BOSS', although: [{ id: 'last-replica' }] });
    expect(await it.approved(id)).toMatchObject({ state: 'applied' });
  });

  test('which opens for the workloads that were named then, and for no other', async () => {
    await using it = await lab([drain]);
    const { id } = await it.requested();
    const { breakGlass } = await it.breakGlass(id);
    if (!breakGlass) throw new Error('the glass is whole');
    const { interlocks } = await it.plan(id);
    const [named] = ofPlan(await it.plan(id));
    if (!named) throw new Error('no workload is named');
    const [first, ...others] = named.occasions ?? [];
    expect(others.length).toBeGreaterThan(0);
    expect(closedOf({ breakGlass }, interlocks)).toEqual([]);
    const fewer = { ...breakGlass, although: [{ ...named, occasions: others }] };
    expect(closedOf({ breakGlass: fewer }, interlocks)).toEqual([named]);
    // One that is no longer in the way is none the worse.
    expect(closedOf({ breakGlass }, [{ ...named, occasions: [first ?? ''] }])).toEqual([]);
  });
});

describe('a disruption budget watches over a workload', () => {
  const of = (owner: string, app: string) => (name: string) =>
    pod(name, { owner: `ReplicaSet ${owner}`, labels: { tier: 'web', app, 'pod-template-hash': owner.split('-')[1] } });
  const login = of('login-1a', 'login');
  const shop = of('shop-2b', 'shop');
  const ready = (name: string, readyReplicas: number) => ({
    metadata: { name, namespace: 'shop', uid: `uid-${name}`, resourceVersion: '1' },
    status: { readyReplicas },
  });
  /** One pod of `login` and three of `shop`, or some of its former template; one budget for all of the tier. */
  async function evicting(status: Fields, pods = ['a', 'b', 'c'].map(shop)) {
    const all = [login('login-1'), ...pods];
    const { kube } = fakeCluster({
      Pod: all,
      ReplicaSet: [ready('login-1a', 1), ready('login-3c', 2), ready('shop-2b', 3)],
      PodDisruptionBudget: [
        budget(
          'tier',
          { currentHealthy: all.length, expectedPods: all.length, ...status },
          { selector: { matchLabels: { tier: 'web' } } },
        ),
      ],
    });
    return lastReplicas(kube, [{ verb: 'evict', namespace: 'shop', pod: 'login-1' }]);
  }

  test('not if the pods of others alone would do for it', async () => {
    expect(await evicting({ desiredHealthy: 2, disruptionsAllowed: 2 })).toMatchObject({
      holds: false,
      breakable: true,
      value: 'none would be ready until others have started: ReplicaSet shop/login-1a',
    });
  });

  test('if it needs one of its own beside all of theirs', async () => {
    expect(await evicting({ desiredHealthy: 4, disruptionsAllowed: 0 })).toMatchObject({ holds: true });
  });

  test('if it counts no others', async () => {
    expect(await evicting({ desiredHealthy: 1, disruptionsAllowed: 0 }, [])).toMatchObject({ holds: true });
  });

  test('also while its template changes: both its ReplicaSets are one workload', async () => {
    const next = ['d', 'e'].map(of('login-3c', 'login'));
    expect(await evicting({ desiredHealthy: 2, disruptionsAllowed: 1 }, next)).toMatchObject({ holds: true });
  });

  test('not if it allows all of them to go', async () => {
    expect(await evicting({ desiredHealthy: 0, disruptionsAllowed: 1 }, [])).toMatchObject({ holds: false });
  });
});

describe('a StatefulSet', () => {
  const db = { kind: 'StatefulSet', namespace: 'shop', name: 'db' } as const;
  const set = (spec: Fields = {}) => ({
    metadata: { name: 'db', namespace: 'shop', uid: 'uid-db', resourceVersion: '1' },
    spec: { replicas: 3, selector: {}, template: { spec: { containers: [] } }, ...spec },
    status: { readyReplicas: 2 },
  });
  const member = (ordinal: number, like: Parameters<typeof pod>[1] = {}) =>
    pod(`db-${ordinal}`, { owner: 'StatefulSet db', ...like });

  test('keeps none that is on its way out, whatever its status still counts', async () => {
    const { kube } = fakeCluster({ StatefulSet: [set()], Pod: [member(0, { deleting: true }), member(1)] });
    expect(await lastReplicas(kube, [{ verb: 'evict', namespace: 'shop', pod: 'db-1' }])).toMatchObject({
      holds: false,
      breakable: true,
      value: 'none would be ready until others have started: StatefulSet shop/db',
    });
  });

  const scaled = (spec: Fields, pods = [member(0, { ready: false }), member(1), member(2)]) =>
    lastReplicas(fakeCluster({ StatefulSet: [set(spec)], Pod: pods }).kube, [
      { verb: 'scale', workload: db, replicas: 1 },
    ]);
  const parallel = { podManagementPolicy: 'Parallel' };

  test('in parallel made smaller ends the ready ones and keeps one that is not', async () => {
    expect(await scaled(parallel)).toMatchObject({
      holds: false,
      breakable: true,
      value: 'none would be ready until others have started: StatefulSet shop/db',
    });
  });

  test('in parallel made smaller keeps those with the lowest ordinals, wherever they begin', async () => {
    const value = 'StatefulSet shop/db would have 1 replica; StatefulSet shop/db keeps 1 of 2 ready';
    expect(await scaled(parallel, [member(0), member(1)])).toMatchObject({ holds: true, value });
    const from5 = { ...parallel, ordinals: { start: 5 } };
    expect(await scaled(from5, [member(5), member(6)])).toMatchObject({ holds: true, value });
  });

  test('in order waits by itself', async () => {
    expect(await scaled({ podManagementPolicy: 'OrderedReady' })).toMatchObject({ holds: true });
  });
});

describe('a new template', () => {
  const web = { kind: 'Deployment', namespace: 'shop', name: 'web' } as const;
  const db = { kind: 'StatefulSet', namespace: 'shop', name: 'db' } as const;
  const made = (name: string, spec: Fields, status: Fields = {}) => ({
    metadata: { name, namespace: 'shop', uid: `uid-${name}`, resourceVersion: '1' },
    spec: { selector: {}, template: { spec: { containers: [] } }, ...spec },
    status: { readyReplicas: spec.replicas, updatedReplicas: spec.replicas, ...status },
  });
  const rolling = (replicas: number, rollingUpdate: Fields | null = null) => ({
    replicas,
    strategy: { type: 'RollingUpdate', rollingUpdate },
  });
  const judged = (change: Change, spec: Fields, status?: Fields) => {
    const kind = 'workload' in change ? change.workload.kind : 'Deployment';
    return lastReplicas(fakeCluster({ [kind]: [made(kind === 'Deployment' ? 'web' : 'db', spec, status)] }).kube, [
      change,
    ]);
  };
  const restart = { verb: 'restart', workload: web } as const;
  const none = (name: string) => `none would be ready until others have started: ${name}`;

  test.each<[string, Fields, boolean]>([
    ['one replica, by default: the new one comes first', rolling(1), true],
    ['one replica that may be away', rolling(1, { maxUnavailable: 1, maxSurge: 1 }), false],
    [
      'one replica, neither more nor fewer: one may be away after all',
      rolling(1, { maxUnavailable: 0, maxSurge: 0 }),
      false,
    ],
    ['four of which all may be away', rolling(4, { maxUnavailable: '100%' }), false],
    ['four of which a quarter may be away', rolling(4), true],
    ['three that all end before the first new one starts', { replicas: 3, strategy: { type: 'Recreate' } }, false],
  ])('of a Deployment: %s', async (_what, spec, holds) => {
    const interlock = await judged(restart, spec);
    expect(interlock).toMatchObject({
      holds,
      ...(holds ? {} : { breakable: true, value: none('Deployment shop/web') }),
    });
    if (holds) expect(interlock?.value).toMatch(/^Deployment shop\/web keeps [1-4] of [1-4] ready$/);
  });

  test.each<[string, Fields, Fields | undefined, boolean]>([
    ['one replica', { replicas: 1 }, undefined, false],
    ['two, one after the other', { replicas: 2 }, undefined, true],
    ['two of which only one is ready', { replicas: 2 }, { readyReplicas: 1 }, false],
    ['two at once', { replicas: 2, updateStrategy: { rollingUpdate: { maxUnavailable: 2 } } }, undefined, false],
    ['one below its partition', { replicas: 1, updateStrategy: { rollingUpdate: { partition: 1 } } }, undefined, true],
  ])('of a StatefulSet: %s', async (_what, spec, status, holds) => {
    expect(await judged({ verb: 'restart', workload: db }, spec, status)).toMatchObject({ holds });
  });

  const recreated = { replicas: 2, strategy: { type: 'Recreate' } };
  test.each<[Change]>([
    [{ verb: 'undo', workload: web }],
    [{ verb: 'set-resources', workload: web, container: 'main', limits: { memory: '1Gi' } }],
  ])('comes by a restart, and by %o', async (change) => {
    expect(await judged(change, recreated)).toMatchObject({ holds: false, value: none('Deployment shop/web') });
  });

  test('of what is paused comes when it is resumed, if anything waits', async () => {
    const paused = { ...recreated, paused: true };
    const resources = { verb: 'set-resources', workload: web, container: 'main', limits: { memory: '1Gi' } } as const;
    const resume = { verb: 'resume', workload: web } as const;
    expect(await judged(resources, paused)).toBeUndefined();
    expect(await judged(resume, paused)).toBeUndefined();
    expect(await judged(resume, paused, { updatedReplicas: 0 })).toMatchObject({ holds: false });
  });

  test('takes no ready pod where none is ready, each pod is deleted by hand, or each does the work of its node', async () => {
    expect(await judged(restart, recreated, { readyReplicas: 0 })).toBeUndefined();
    const byHand = { replicas: 1, updateStrategy: { type: 'OnDelete' } };
    expect(await judged({ verb: 'restart', workload: db }, byHand)).toBeUndefined();
    const agent = { verb: 'restart', workload: { kind: 'DaemonSet', namespace: 'shop', name: 'db' } } as const;
    expect(await judged(agent, { replicas: 1 })).toBeUndefined();
  });

  test('of the only replica needs a broken glass, as its eviction does', async () => {
    const name = 'alertmanager-kube-prometheus-stack-alertmanager';
    await using it = await lab([{ verb: 'restart', workload: { kind: 'StatefulSet', namespace: 'monitoring', name } }]);
    const { id } = await it.requested();
    expect(await it.approved(id)).toMatchObject({ state: 'requested' });
    expect(it.sent).toEqual([]);
    await it.breakGlass(id);
    expect(await it.approved(id)).toMatchObject({ state: 'applied' });
  });
});

test('two nodes of one pool go together: neither stands in for the other', async () => {
  await using it = await lab([
    { verb: 'cordon', node: 'worker-1' },
    { verb: 'cordon', node: 'worker-2' },
  ]);
  const { interlocks } = await it.opened();
  expect(interlocks.filter(({ id }) => id === 'healthy-nodes')).toMatchObject([
    {
      holds: false,
      value:
        '1 of 3 would be left ready and schedulable; at least 2 must; no label says which of them are one pool: node.kubernetes.io/pool would',
    },
  ]);
});
