import { describe, expect, it } from 'vitest';
import { type Fields, fakeCluster, type Thing } from './fake-cluster.ts';
import { budget, compiled, node, type PodLike, pod, shop } from './recorded.ts';

const evict = { verb: 'evict', namespace: 'shop', pod: 'web-1' } as const;
const deletePod = { verb: 'delete-pod', namespace: 'shop', pod: 'web-1' } as const;
const web = (name: string, like: PodLike = {}) =>
  pod(name, { owner: 'ReplicaSet web', labels: { app: 'web', 'pod-template-hash': 'abc' }, ...like });
const things = (like: PodLike = {}, status?: Fields) =>
  fakeCluster({
    Pod: [web('web-1', like), web('web-2')],
    PodDisruptionBudget: status ? [budget('web', status)] : [],
  });
const open = { disruptionsAllowed: 1, currentHealthy: 3, desiredHealthy: 2, expectedPods: 3 };

describe('evicting a pod', () => {
  it('names exactly this pod, and the budget that lets it go', async () => {
    const { actions, diff, effects, inverse } = await compiled(things({}, open), evict);

    expect(actions).toEqual([
      { verb: 'evict', object: { kind: 'Pod', namespace: 'shop', name: 'web-1' }, uid: 'uid-web-1' },
    ]);
    expect(diff).toEqual([{ object: 'Pod shop/web-1', path: 'spec.nodeName', before: 'worker-3', after: null }]);
    expect(effects).toEqual([
      'pod shop/web-1 ends; ReplicaSet web starts another',
      'budget shop/web allows 1 disruption now: 3 of 3 pods are healthy, 2 must be',
    ]);
    expect(inverse).toEqual({
      none: 'a pod that is gone does not come back; its controller starts another',
      replaced: true,
    });
  });

  it.each([
    [
      'StatefulSet db',
      'node worker-3 is not ready: the pod stays Terminating until its kubelet is back or the node is gone, and StatefulSet db starts no other before',
    ],
    [
      'ReplicaSet db',
      'node worker-3 is not ready: the pod stays Terminating until its kubelet is back or the node is gone',
    ],
  ])('from a node that is not ready does not end it yet: one of %s', async (owner, words) => {
    const Pod = [pod('web-1', { owner, ready: false }), pod('web-2', { owner })];
    const dead = fakeCluster({ Pod, Node: [node('worker-3', { ready: false })] });
    const well = fakeCluster({ Pod, Node: [node('worker-3')] });

    for (const change of [evict, deletePod]) {
      expect((await compiled(dead, change)).effects).toContain(words);
      expect((await compiled(well, change)).effects.join()).not.toContain('Terminating');
    }
  });

  it('is blocked by a budget that allows none, as the recorded one does', async () => {
    const { actions, blocked } = await compiled(shop(), { ...evict, pod: 'web-86c6b98b46-q2wt4' });

    expect(actions).toEqual([]);
    expect(blocked).toEqual(['budget shop/web allows no disruption now: 2 of 2 pods are healthy, 2 must be']);
  });

  it('is blocked when several budgets select the pod', async () => {
    const PodDisruptionBudget = [
      budget('web', open),
      budget('front', open, { selector: { matchLabels: { app: 'web' } } }),
    ];

    expect((await compiled(fakeCluster({ Pod: [web('web-1')], PodDisruptionBudget }), evict)).blocked).toEqual([
      'several disruption budgets select pod shop/web-1: the API server evicts none such',
    ]);
  });

  it('says what is lost: data in emptyDir, a pod without controller', async () => {
    const { effects, inverse } = await compiled(
      fakeCluster({ Pod: [pod('web-1', { volumes: [{ name: 'tmp', emptyDir: {} }] })] }),
      evict,
    );

    expect(effects).toEqual([
      'pod shop/web-1 ends for good: it has no controller that would start another',
      'what is in its emptyDir volumes is lost',
    ]);
    expect(inverse).toEqual({ none: 'a pod that is gone does not come back, and nothing starts another' });
  });
});

describe('deleting a pod', () => {
  it('says that no budget is asked, and how many others are ready', async () => {
    const { actions, effects, blocked } = await compiled(things(), deletePod);

    expect(blocked).toEqual([]);
    expect(actions).toEqual([
      { verb: 'delete', object: { kind: 'Pod', namespace: 'shop', name: 'web-1' }, uid: 'uid-web-1' },
    ]);
    expect(effects).toEqual([
      'pod shop/web-1 ends; ReplicaSet web starts another',
      '1 other pod of ReplicaSet web ready',
      'disruption budgets are not asked',
    ]);
  });

  it('never takes the last ready one', async () => {
    const others = [
      web('web-2', { ready: false }),
      web('web-3', { deleting: true }),
      pod('api-1', { owner: 'ReplicaSet api' }),
    ];

    const { actions, blocked } = await compiled(fakeCluster({ Pod: [web('web-1'), ...others] }), deletePod);

    expect(actions).toEqual([]);
    expect(blocked).toEqual(['no other pod of ReplicaSet web is ready: deleting this one would leave none']);
  });

  it('takes one that is not ready, though no other is, and an agent that stands in for no other', async () => {
    const down = [web('web-1', { ready: false }), web('web-2', { ready: false })];
    expect(await compiled(fakeCluster({ Pod: down }), deletePod)).toMatchObject({ blocked: [], actions: [{}] });
    const agents = [
      pod('web-1', { owner: 'DaemonSet agent' }),
      pod('web-2', { owner: 'DaemonSet agent', ready: false }),
    ];
    expect(await compiled(fakeCluster({ Pod: agents }), deletePod)).toMatchObject({ blocked: [], actions: [{}] });
  });

  it('needs a controller that starts another', async () => {
    const { blocked } = await compiled(fakeCluster({ Pod: [pod('web-1'), web('web-2')] }), deletePod);

    expect(blocked).toEqual(['pod shop/web-1 has no controller: nothing would start it again']);
  });
});

describe.each([evict, deletePod])('$verb', (change) => {
  it('has nothing to do with a pod that is gone or on its way out', async () => {
    const gone = await compiled(fakeCluster({}), change);
    const going = await compiled(things({ deleting: true }), change);

    expect(gone).toMatchObject({ actions: [], blocked: [], effects: ['pod shop/web-1 is already gone'] });
    expect(going).toMatchObject({ actions: [], blocked: [], effects: ['pod shop/web-1 is already being deleted'] });
  });

  it('refuses a static pod', async () => {
    const mirror = { annotations: { 'kubernetes.io/config.mirror': 'abc' } };

    expect((await compiled(things(mirror), change)).blocked).toEqual([
      'pod shop/web-1 is a static pod: only its file on the node can end it',
    ]);
  });
});

describe('what takes the place of a pod that ends', () => {
  const owned = (kind: 'DaemonSet' | 'StatefulSet', hash: string, name = 'agent-2') =>
    pod(name, { owner: `${kind} agent`, labels: { 'controller-revision-hash': hash } });
  const owner = (spec: Fields, status: Fields = {}, image = 'registry.example/agent:2') => ({
    metadata: { name: 'agent', namespace: 'shop', uid: 'uid-agent', resourceVersion: '7', generation: 2 },
    spec: { replicas: 9, selector: {}, template: { spec: { containers: [{ name: 'web', image }] } }, ...spec },
    status: { observedGeneration: 2, ...status },
  });
  const onDelete = { updateStrategy: { type: 'OnDelete' } };
  const image = 'registry.example/agent:1';
  const running = (thing: ReturnType<typeof pod>) => {
    const spec = { ...(thing.spec as Fields), containers: [{ name: 'web', image }] };
    return { ...thing, spec };
  };

  const next = async (kind: 'DaemonSet' | 'StatefulSet', thing: ReturnType<typeof pod>, above: Thing) => {
    const cluster = fakeCluster({ Pod: [running(thing)], [kind]: [above] });
    const change = { namespace: 'shop', pod: thing.metadata.name };
    const [evicted, deleted] = [
      await compiled(cluster, { verb: 'evict', ...change }),
      await compiled(cluster, { verb: 'delete-pod', ...change }),
    ];
    expect(evicted.material).toEqual(deleted.material);
    const [, words = ''] = evicted.effects;
    expect(deleted.effects[1]).toBe(evicted.effects.length > 1 ? words : deleted.effects[1]);
    return { words, material: evicted.material };
  };
  const agents = { desiredNumberScheduled: 3, updatedNumberScheduled: 3 };

  it('is another one where a DaemonSet waits for deletions: its image is named, and its template is approved as well', async () => {
    const before = await next('DaemonSet', owned('DaemonSet', 'a'), owner(onDelete, agents, image));
    const staged = { ...agents, updatedNumberScheduled: 0 };
    const after = await next('DaemonSet', owned('DaemonSet', 'a'), owner(onDelete, staged));

    expect(before.words).toBe('');
    expect(after.words).toBe(
      'it starts from another template of DaemonSet agent than it has; 1 image: web: registry.example/agent:1 → registry.example/agent:2 (0 of 3 pods are updated)',
    );
    expect(after.material).not.toEqual(before.material);
    const limits = {
      template: { spec: { containers: [{ name: 'web', image, resources: { limits: { cpu: '1' } } }] } },
    };
    const same = await next('DaemonSet', owned('DaemonSet', 'a'), owner({ ...onDelete, ...limits }, staged));
    expect(same.words).toBe(
      'it may start from another template of DaemonSet agent than it has (0 of 3 pods are updated)',
    );
    expect(same.material).not.toEqual(before.material);
  });

  it('is of the revision that a StatefulSet gives it: with OnDelete the new one, behind the partition the old', async () => {
    const revisions = { currentRevision: 'agent-a', updateRevision: 'agent-b' };
    const other =
      'it starts from revision agent-b of StatefulSet agent, not from its own agent-a; 1 image: web: registry.example/agent:1 → registry.example/agent:2';
    const things = { Pod: [running(owned('StatefulSet', 'agent-a'))], Node: [node('worker-3')] };
    const drained = fakeCluster({ ...things, StatefulSet: [owner(onDelete, revisions)] });
    const { effects, material } = await compiled(drained, { verb: 'drain', node: 'worker-3' });
    expect(effects).toContain(`evicted shop/agent-2: ${other}`);
    const staged = fakeCluster({ ...things, StatefulSet: [owner(onDelete, revisions, 'registry.example/agent:3')] });
    expect((await compiled(staged, { verb: 'drain', node: 'worker-3' })).material).not.toEqual(material);
    const of = async (spec: Fields, hash: string) =>
      (await next('StatefulSet', owned('StatefulSet', hash), owner(spec, revisions))).words;

    expect(await of(onDelete, 'agent-a')).toBe(other);
    expect(await of(onDelete, 'agent-b')).toBe('');
    expect(await of({ updateStrategy: { rollingUpdate: { partition: 2 } } }, 'agent-a')).toBe(other);
    expect(await of({ updateStrategy: { rollingUpdate: { partition: 3 } } }, 'agent-a')).toBe('');
    expect(await of({ updateStrategy: { rollingUpdate: { partition: 5 } }, ordinals: { start: 1 } }, 'agent-a')).toBe(
      '',
    );
  });

  it('is known by its workload, and with a DaemonSet by its node', async () => {
    const moves = async (thing: ReturnType<typeof pod>) =>
      (await compiled(fakeCluster({ Pod: [thing] }), { ...evict, pod: thing.metadata.name })).moves;
    expect(await moves(web('web-1'))).toEqual(['a pod of ReplicaSet shop/web']);
    expect(await moves(pod('web-1', { owner: 'ReplicaSet web-abc', labels: { 'pod-template-hash': 'abc' } }))).toEqual([
      'a pod of ReplicaSet shop/web',
    ]);
    expect(await moves(owned('DaemonSet', 'a'))).toEqual(['a pod of DaemonSet shop/agent on worker-3']);
    expect(await moves(pod('bare'))).toEqual([]);
  });
});
