import { describe, expect, it } from 'vitest';
import { fakeCluster, type Thing, type Things } from './fake-cluster.ts';
import { budget, compiled, node, type PodLike, pod, shop } from './recorded.ts';

const drain = { verb: 'drain', node: 'worker-3' } as const;
const app = (name: string, count: number, like: PodLike = {}) =>
  Array.from({ length: count }, (_, n) =>
    pod(`${name}-${n}`, { owner: `ReplicaSet ${name}`, labels: { app: name }, ...like }),
  );
const cluster = (pods: readonly Thing[], more: Things = {}) =>
  fakeCluster({ Node: [node('worker-3')], Pod: pods, ...more });
const evicted = (actions: readonly { readonly verb: string; readonly object: { readonly name: string } }[]) =>
  actions.filter(({ verb }) => verb === 'evict').map(({ object }) => object.name);

describe('draining a node', () => {
  it('says of every pod what becomes of it', async () => {
    const pods = [
      ...app('web', 2),
      pod('proxy-x', { namespace: 'kube-system', owner: 'DaemonSet proxy' }),
      pod('etcd-worker-3', { namespace: 'kube-system', annotations: { 'kubernetes.io/config.mirror': 'abc' } }),
      pod('nightly-1', { owner: 'Job nightly', phase: 'Succeeded' }),
      pod('old', { owner: 'ReplicaSet web', deleting: true }),
      pod('elsewhere', { owner: 'ReplicaSet web', node: 'worker-4' }),
    ];

    const { effects, blocked, actions } = await compiled(cluster(pods), drain);

    expect(blocked).toEqual([]);
    expect(evicted(actions)).toEqual(['web-0', 'web-1']);
    expect(effects).toEqual([
      'evicts 2 pods of node worker-3 one by one; 1 DaemonSet pod and 1 static pod stay; uncordoning does not bring them back',
      expect.stringContaining('leave cordoned nodes out'),
      'evict shop/web-0',
      'evict shop/web-1',
      'skip kube-system/etcd-worker-3: a static pod, which only its file on the node can end',
      'skip kube-system/proxy-x: its DaemonSet would start it again here',
      'leave shop/nightly-1: it has finished',
      'leave shop/old: it is being deleted already',
    ]);
  });

  it('says of a single pod that it stays', async () => {
    const proxy = pod('proxy-x', { namespace: 'kube-system', owner: 'DaemonSet proxy' });
    expect((await compiled(cluster([...app('web', 1), proxy]), drain)).effects[0]).toBe(
      'evicts 1 pod of node worker-3 one by one; 1 DaemonSet pod stays; uncordoning does not bring them back',
    );
  });

  it('cordons first, then evicts one pod of every workload before the second of any, each by its uid', async () => {
    const { actions, diff } = await compiled(cluster([...app('web', 3), ...app('api', 2), ...app('db', 1)]), drain);

    expect(actions[0]).toMatchObject({ verb: 'patch', body: { spec: { unschedulable: true } } });
    expect(evicted(actions)).toEqual(['api-0', 'db-0', 'web-0', 'api-1', 'web-1', 'web-2']);
    expect(actions[1]).toEqual({
      verb: 'evict',
      object: { kind: 'Pod', namespace: 'shop', name: 'api-0' },
      uid: 'uid-api-0',
    });
    expect(diff).toHaveLength(7);
    expect(diff[1]).toEqual({ object: 'Pod shop/api-0', path: 'spec.nodeName', before: 'worker-3', after: null });
  });

  it('refuses pods that nothing would start again, unless they are allowed', async () => {
    const things = cluster([pod('tool'), ...app('web', 1)]);

    const refused = await compiled(things, drain);
    const allowed = await compiled(things, { ...drain, allow: ['bare-pods'] });

    expect(refused.blocked).toEqual([
      'refuse shop/tool: it has no controller, so nothing would start it again (only with bare-pods allowed)',
    ]);
    expect(refused.actions).toEqual([]);
    expect(evicted(allowed.actions)).toEqual(['tool', 'web-0']);
  });

  it('refuses pods whose data would be lost, unless they are allowed', async () => {
    const things = cluster(app('cache', 1, { volumes: [{ name: 'data', emptyDir: {} }] }));

    const refused = await compiled(things, drain);
    const allowed = await compiled(things, { ...drain, allow: ['local-storage'] });

    expect(refused.blocked).toEqual([
      'refuse shop/cache-0: its emptyDir volume would be deleted with what is in it (only with local-storage allowed)',
    ]);
    expect(evicted(allowed.actions)).toEqual(['cache-0']);
  });

  it('says which pods have to wait for their budget, counting down over all of them', async () => {
    const PodDisruptionBudget = [
      budget('web', { disruptionsAllowed: 1, currentHealthy: 4, desiredHealthy: 3, expectedPods: 4 }),
    ];

    const { effects, blocked, actions } = await compiled(cluster(app('web', 3), { PodDisruptionBudget }), drain);

    expect(blocked).toEqual([]);
    expect(evicted(actions)).toHaveLength(3);
    expect(effects.slice(2)).toEqual([
      'evict shop/web-0: budget web allows it',
      'evict shop/web-1: stops here unless its budget allows it by then: budget shop/web allows 1 disruption now: 4 of 4 pods are healthy, 3 must be',
      'evict shop/web-2: stops here unless its budget allows it by then: budget shop/web allows 1 disruption now: 4 of 4 pods are healthy, 3 must be',
    ]);
  });

  it('does not begin when a budget allows none and nothing would raise it, as on the recorded cluster', async () => {
    const { blocked, actions } = await compiled(shop(), { verb: 'drain', node: 'rig-node-1' });

    expect(actions).toEqual([]);
    expect(blocked).toEqual([
      'budget shop/web allows no disruption now: 2 of 2 pods are healthy, 2 must be, and nothing in sight would raise it; it holds 2 pods here: web-86c6b98b46-q2wt4, web-86c6b98b46-tk2d6',
    ]);
  });

  it('does not begin when several budgets select one pod: the API server answers that with an error', async () => {
    const wide = { selector: { matchExpressions: [{ key: 'app', operator: 'In', values: ['web', 'api'] }] } };
    const status = { disruptionsAllowed: 5, currentHealthy: 9, desiredHealthy: 4, expectedPods: 9 };
    const PodDisruptionBudget = [budget('web', status), budget('front', status, wide)];

    const { blocked } = await compiled(cluster([...app('web', 1), ...app('api', 1)], { PodDisruptionBudget }), drain);

    expect(blocked).toEqual([
      'evict shop/web-0: selected by several budgets (web, front), which the API server answers with an error',
    ]);
  });

  it('goes on where it stopped', async () => {
    const things = cluster([...app('web', 2), ...app('api', 2)]);
    const whole = await compiled(things, drain);
    for (const action of whole.actions.slice(0, 3)) things.apply(action);

    const rest = await compiled(things, drain);
    for (const action of rest.actions) things.apply(action);
    const nothing = await compiled(things, drain);

    expect(evicted(whole.actions)).toEqual(['api-0', 'web-0', 'api-1', 'web-1']);
    expect(rest.actions.map(({ verb, object }) => `${verb} ${object.name}`)).toEqual(['evict api-1', 'evict web-1']);
    expect(nothing).toMatchObject({ actions: [], blocked: [], inverse: [] });
    expect(nothing.effects).toEqual(['node worker-3 is already cordoned and has no pod left to evict']);
  });

  it('is taken back by uncordoning, but not when somebody had cordoned the node before', async () => {
    const before = fakeCluster({ Node: [node('worker-3', { unschedulable: true })], Pod: app('web', 1) });

    expect((await compiled(cluster(app('web', 1)), drain)).inverse).toEqual([{ verb: 'uncordon', node: 'worker-3' }]);
    expect((await compiled(before, drain)).inverse).toEqual({
      none: 'node worker-3 was cordoned before, and pods that left it do not return by themselves',
    });
  });

  it('says that the pods of a silent node will hang, and that its unready ones raise no budget', async () => {
    const PodDisruptionBudget = [
      budget('web', { disruptionsAllowed: 0, currentHealthy: 0, desiredHealthy: 1, expectedPods: 2 }),
    ];
    const things = fakeCluster({
      Node: [node('worker-3', { ready: false })],
      Pod: app('web', 2, { ready: false }),
      PodDisruptionBudget,
    });

    const { effects, blocked } = await compiled(things, drain);

    expect(effects).toContain(
      'node worker-3 is not ready: its evicted pods stay Terminating until its kubelet is back or the node is gone',
    );
    expect(blocked).toEqual([
      expect.stringContaining('budget shop/web allows no disruption now: 0 of 2 pods are healthy'),
    ]);
  });

  it('does not know a node that does not exist', async () => {
    expect((await compiled(cluster([]), { verb: 'drain', node: 'worker-9' })).blocked).toEqual([
      'node worker-9 does not exist',
    ]);
  });
});
