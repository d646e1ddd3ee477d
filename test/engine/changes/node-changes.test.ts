import { describe, expect, it } from 'vitest';
import { risksOf } from '../../../engine/changes/catalog.ts';
import { fakeCluster } from './fake-cluster.ts';
import { compiled, node, pod, shop } from './recorded.ts';

const cordon = { verb: 'cordon', node: 'rig-node-1' } as const;

describe('cordoning', () => {
  it('patches one field of exactly this node, and says that it silences alerts', async () => {
    const { actions, diff, effects, inverse } = await compiled(shop(), cordon);

    expect(actions).toEqual([
      {
        verb: 'patch',
        object: { kind: 'Node', name: 'rig-node-1' },
        type: 'merge',
        body: {
          metadata: { uid: '14ed0d8f-94d0-4a8f-955b-aab590506e31', resourceVersion: '42080' },
          spec: { unschedulable: true },
        },
      },
    ]);
    expect(diff).toEqual([{ object: 'Node rig-node-1', path: 'spec.unschedulable', before: 'false', after: 'true' }]);
    expect(effects).toEqual([
      'no new pod lands on node rig-node-1; its 3 pods stay',
      'KubeNodeNotReady, KubeNodePressure and KubeNodeReadinessFlapping leave cordoned nodes out: they may resolve although nothing is mended',
    ]);
    expect(inverse).toEqual([{ verb: 'uncordon', node: 'rig-node-1' }]);
  });

  it('leaves a node alone that is as wanted, and then takes nothing back', async () => {
    const things = fakeCluster({ Node: [node('worker-3', { unschedulable: true })] });

    expect(await compiled(things, { verb: 'cordon', node: 'worker-3' })).toEqual({
      ...{ actions: [], diff: [], blocked: [], inverse: [] },
      effects: ['node worker-3 is already cordoned'],
    });
    expect((await compiled(shop(), { verb: 'uncordon', node: 'rig-node-1' })).effects).toEqual([
      'node rig-node-1 is not cordoned',
    ]);
  });

  it('is taken back as one and the same, whether or not its taint is there yet; somebody else’s is known by it', async () => {
    const taints = [
      { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule', timeAdded: '2026-11-21T06:50:00Z' },
    ];
    const uncordon = { verb: 'uncordon', node: 'worker-3' } as const;
    const materials = (takesBack: boolean) =>
      Promise.all(
        [{}, { taints }].map(async (spec) => {
          const things = fakeCluster({ Node: [node('worker-3', { unschedulable: true, ...spec })] });
          return (await compiled(things, uncordon, { takesBack })).material;
        }),
      );

    expect(await materials(true)).toEqual([null, null]);
    expect(await materials(false)).toEqual([null, '2026-11-21T06:50:00Z']);
  });
});

describe('a taint', () => {
  const own = { key: 'nightshift.dev/hold', value: 'disk', effect: 'NoSchedule' } as const;
  const silent = { key: 'node.kubernetes.io/unreachable', effect: 'NoSchedule', timeAdded: '2026-11-21T06:50:00Z' };
  const worker = (taints: readonly object[] = [], ready = true) => node('worker-3', { taints, ready });
  const change = (verb: 'taint' | 'untaint', taint = own) => ({ verb, node: 'worker-3', taint }) as const;

  it('gives the other taints back field by field, because the list is replaced as a whole', async () => {
    const { actions, diff, inverse } = await compiled(fakeCluster({ Node: [worker([silent])] }), change('taint'));

    expect(actions).toMatchObject([{ type: 'merge', body: { spec: { taints: [silent, own] } } }]);
    expect(actions[0]).toHaveProperty('body.metadata.resourceVersion', '42080');
    expect(diff).toEqual([
      {
        object: 'Node worker-3',
        path: 'spec.taints[nightshift.dev/hold:NoSchedule]',
        before: null,
        after: 'nightshift.dev/hold=disk:NoSchedule',
      },
    ]);
    expect(inverse).toEqual([change('untaint')]);
  });

  it('takes the place of one with the same key and effect, and its inverse brings the former value back', async () => {
    const former = { ...own, value: 'cpu' };
    const { actions, inverse } = await compiled(fakeCluster({ Node: [worker([former, silent])] }), change('taint'));

    expect(actions).toMatchObject([{ body: { spec: { taints: [own, silent] } } }]);
    expect(inverse).toEqual([{ ...change('taint'), taint: former }]);
  });

  it('is taken away with its value remembered; another value is another taint', async () => {
    const things = fakeCluster({ Node: [worker([own, silent])] });
    const { value: _any, ...anyValue } = own;
    const untaint = { verb: 'untaint', node: 'worker-3', taint: anyValue } as const;

    const { actions, inverse } = await compiled(things, untaint);
    expect(actions).toMatchObject([{ body: { spec: { taints: [silent] } } }]);
    expect(inverse).toEqual([change('taint')]);
    expect((await compiled(things, { ...untaint, taint: { ...own, value: 'cpu' } })).blocked).toEqual([
      'taint nightshift.dev/hold:NoSchedule of node worker-3 has another value: disk',
    ]);
  });

  it('of Kubernetes itself is left to Kubernetes', async () => {
    const taint = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' } as const;

    for (const verb of ['taint', 'untaint'] as const) {
      expect((await compiled(fakeCluster({ Node: [worker()] }), { verb, node: 'worker-3', taint })).blocked).toEqual([
        'taint node.kubernetes.io/unschedulable belongs to Kubernetes, which sets it and takes it away',
      ]);
    }
  });

  it('with NoExecute counts the pods that go at once, whatever their budgets say', async () => {
    const tolerations = {
      key: { key: 'nightshift.dev/hold', operator: 'Exists' },
      all: { operator: 'Exists' },
      value: { key: 'nightshift.dev/hold', value: 'cpu', effect: 'NoExecute' },
    };
    const Pod = [
      pod('a', { tolerations: [tolerations.key] }),
      pod('b', { tolerations: [tolerations.all] }),
      pod('c', { tolerations: [tolerations.value], owner: 'ReplicaSet web' }),
      pod('d', { owner: 'ReplicaSet web' }),
      pod('e', { phase: 'Succeeded' }),
    ];

    const { effects } = await compiled(fakeCluster({ Node: [worker()], Pod }), {
      verb: 'taint',
      node: 'worker-3',
      taint: { ...own, effect: 'NoExecute' },
    });

    expect(effects).toEqual([
      'removes 2 of 4 pods at once, those that do not tolerate it; disruption budgets are not asked; removing the taint does not bring them back',
      'end shop/c',
      'end shop/d',
    ]);
  });

  it('with NoExecute counts those that may stay for a while only, and says how long', async () => {
    const tolerations = [
      { key: 'nightshift.dev/hold', operator: 'Exists', tolerationSeconds: 300 },
      { operator: 'Exists', tolerationSeconds: 5 },
    ];
    const forGood = [{ operator: 'Exists' }, ...tolerations];
    const Pod = [
      pod('a', { tolerations, owner: 'ReplicaSet web' }),
      pod('b', { tolerations: forGood }),
      pod('c', { owner: 'ReplicaSet web' }),
    ];

    const { effects, material } = await compiled(fakeCluster({ Node: [worker()], Pod }), {
      verb: 'taint',
      node: 'worker-3',
      taint: { ...own, effect: 'NoExecute' },
    });

    expect(effects).toEqual([
      'removes 2 of 3 pods (1 of them after their tolerationSeconds, 300 s at most), those that do not tolerate it; disruption budgets are not asked; removing the taint does not bring them back',
      'end shop/a after its 300 s',
      'end shop/c',
    ]);
    expect(material).toEqual({ ends: { 'ReplicaSet shop/web': 2 }, loses: [] });
  });

  describe('out-of-service', () => {
    const taint = { key: 'node.kubernetes.io/out-of-service', value: 'nodeshutdown', effect: 'NoExecute' } as const;
    const volumes = [{ name: 'data', emptyDir: {} }];

    it.each(['NoExecute', 'NoSchedule'] as const)(
      'names the pods of a dead node that are on their way out, which %s ends by force, with what is lost',
      async (effect) => {
        const unknown = [{ type: 'Ready', status: 'Unknown' }];
        const dead = { ...node('worker-3'), status: { conditions: unknown } };
        const Pod = [
          pod('db-0', { owner: 'StatefulSet db', deleting: true }),
          pod('reports-0', { owner: 'StatefulSet reports', volumes, deleting: true }),
        ];
        const change = { verb: 'taint', node: 'worker-3', taint: { ...taint, effect } } as const;
        const refused = await compiled(fakeCluster({ Node: [dead], Pod }), change);
        expect(refused.actions).toEqual([]);
        expect(refused.blocked).toEqual([expect.stringMatching(/reports-0.*only with local-storage allowed/)]);

        const allowed = await compiled(fakeCluster({ Node: [dead], Pod }), { ...change, allow: ['local-storage'] });
        expect(allowed.effects).toContain('end shop/db-0 by force, which is on its way out');
        expect(allowed).toMatchObject({
          blocked: [],
          touches: ['Pod shop/db-0', 'Pod shop/reports-0'],
          material: { ends: { 'StatefulSet shop/db': 1, 'StatefulSet shop/reports': 1 }, loses: ['shop/reports-0'] },
        });
      },
    );

    it('binds what a pod of a Job would lose, which no taint leaves out', async () => {
      const change = { verb: 'taint', node: 'worker-3', taint: { key: 'lab', effect: 'NoExecute' } } as const;
      const of = async (...Pod: ReturnType<typeof pod>[]) =>
        (await compiled(fakeCluster({ Node: [node('worker-3')], Pod }), { ...change, allow: ['local-storage'] }))
          .material;
      expect(await of(pod('train-7', { owner: 'Job train', volumes }))).toEqual({ ends: {}, loses: ['shop/train-7'] });
      expect(await of(pod('train-7', { owner: 'Job train' }))).toEqual(await of());
    });

    it('is never put on a node that is ready', async () => {
      const things = fakeCluster({ Node: [worker()] });

      expect((await compiled(things, { verb: 'taint', node: 'worker-3', taint })).blocked).toEqual([
        expect.stringContaining('corrupts the data'),
      ]);
    });

    it.each([
      ['False', 'the kubelet of node worker-3 still answers (Ready is False)'],
      [undefined, 'nobody says whether node worker-3 is ready'],
    ])('nor on one whose kubelet says Ready=%s: only where none is heard', async (status, why) => {
      const conditions = status === undefined ? [] : [{ type: 'Ready', status }];
      const things = fakeCluster({ Node: [{ ...worker(), status: { conditions } }] });

      const { actions, blocked } = await compiled(things, { verb: 'taint', node: 'worker-3', taint });

      expect(blocked).toEqual([expect.stringContaining(why)]);
      expect(actions).toEqual([]);
    });

    it.each(['NoSchedule', 'PreferNoSchedule'] as const)(
      'is as dangerous with effect %s, since what deletes pods by force looks at its key alone',
      async (effect) => {
        const other = { verb: 'taint', node: 'worker-3', taint: { ...taint, effect } } as const;
        const things = fakeCluster({ Node: [worker([], false)], Pod: [pod('a')] });

        expect(risksOf([other])).toBe('high');
        expect((await compiled(things, other)).effects).toEqual([
          expect.stringMatching(/^high risk/),
          'its pods that are on their way out are deleted by force and their volumes detached, whatever the effect of this taint',
          expect.stringContaining('removed by hand'),
          'its other pods stay',
        ]);
      },
    );

    it('asks for proof that the machine is off, and says that it must be removed by hand', async () => {
      const things = fakeCluster({ Node: [worker([], false)], Pod: [pod('a', { owner: 'ReplicaSet web' })] });

      const { effects, inverse } = await compiled(things, { verb: 'taint', node: 'worker-3', taint });

      expect(effects).toEqual([
        'high risk: only with proof from elsewhere (cloud API, BMC) that the machine of worker-3 is off and is not starting; if it lives, data is corrupted',
        'its pods are deleted by force and its volumes are detached, so that both can start elsewhere',
        'this taint has to be removed by hand once the node has recovered',
        'removes 1 of 1 pod at once, those that do not tolerate it; disruption budgets are not asked; removing the taint does not bring them back',
        'end shop/a',
      ]);
      expect(inverse).toEqual([{ verb: 'untaint', node: 'worker-3', taint }]);
    });
  });
});

describe('a note on an object', () => {
  const key = 'nightshift.dev/note';
  const note = (value: string | null) =>
    ({ verb: 'annotate', object: { kind: 'Pod', namespace: 'shop', name: 'a' }, key, value }) as const;

  it('is set, changed and removed, and taken back to what it was', async () => {
    const things = fakeCluster({ Pod: [pod('a', { annotations: { [key]: 'old' } })] });

    const set = await compiled(things, note('new'));
    const removed = await compiled(things, note(null));

    expect(set.actions).toMatchObject([{ body: { metadata: { annotations: { [key]: 'new' }, uid: 'uid-a' } } }]);
    expect(set.inverse).toEqual([note('old')]);
    expect(removed.actions).toMatchObject([{ body: { metadata: { annotations: { [key]: null } } } }]);
    expect((await compiled(things, note('old'))).actions).toEqual([]);
  });

  it.each([
    ['app.kubernetes.io/name', 'only annotations under nightshift.dev/ may be set, not app.kubernetes.io/name'],
    ['nightshift.dev/', 'only annotations under nightshift.dev/ may be set, not nightshift.dev/'],
    ['nightshift.dev/plan', 'nightshift.dev/plan marks what a plan created; it is not set by hand'],
  ])('with key %s is refused', async (bad, why) => {
    const things = fakeCluster({ Pod: [pod('a')] });

    expect((await compiled(things, { ...note('x'), key: bad })).blocked).toEqual([why]);
  });

  it('is only put on what Nightshift may change', async () => {
    const object = { kind: 'Namespace', name: 'shop' } as const;

    expect((await compiled(shop(), { ...note('x'), object })).blocked).toEqual([
      expect.stringContaining('a Namespace cannot be annotated'),
    ]);
  });
});
