import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { arrived } from '../../../engine/acting/arrival.ts';
import type { Action } from '../../../engine/action.ts';
import { type Change, digestOf } from '../../../engine/change.ts';
import { changeRules, compile, rightsOf, risksOf } from '../../../engine/changes/catalog.ts';
import { maskedAction } from '../../../engine/changes/masked.ts';
import { ReadFailure } from '../../../engine/errors.ts';
import type { Step } from '../../../engine/plan.ts';
import { type FakeCluster, fakeCluster, type Thing } from './fake-cluster.ts';
import { compiled, like, node, plan, pod, shop, stepsOf, web } from './recorded.ts';

const REVISION = 'deployment.kubernetes.io/revision';

/** A cluster in which every change of the vocabulary has something to do. */
function busy(): FakeCluster {
  const former = like('ReplicaSet', 'web-86c6b98b46', {
    metadata: { name: 'web-old', annotations: { [REVISION]: '1' } },
    spec: { template: { spec: { containers: [{ name: 'httpd', image: 'rig.local/busybox:0' }] } } },
  });
  return shop({
    Node: [
      node('worker-1', { unschedulable: true }),
      node('worker-3', { taints: [{ key: 'b', effect: 'NoSchedule' }] }),
    ],
    Deployment: [
      like('Deployment', 'web', { metadata: { annotations: { [REVISION]: '2' } } }),
      like('Deployment', 'crasher', { spec: { paused: true } }),
    ],
    ReplicaSet: [former],
    Pod: [pod('web-1', { owner: 'ReplicaSet web' }), pod('web-2', { owner: 'ReplicaSet web', node: 'worker-1' })],
    PodDisruptionBudget: [],
    FlowSchema: [],
    PriorityLevelConfiguration: [],
  });
}
const crasher = { ...web, name: 'crasher' };
const noisy = { kind: 'User', name: 'crawler' } as const;
const changes: readonly Change[] = [
  { verb: 'cordon', node: 'worker-3' },
  { verb: 'uncordon', node: 'worker-1' },
  { verb: 'drain', node: 'worker-3' },
  { verb: 'taint', node: 'worker-3', taint: { key: 'a', effect: 'NoSchedule' } },
  { verb: 'untaint', node: 'worker-3', taint: { key: 'b', effect: 'NoSchedule' } },
  { verb: 'evict', namespace: 'shop', pod: 'web-1' },
  { verb: 'delete-pod', namespace: 'shop', pod: 'web-1' },
  { verb: 'restart', workload: web },
  { verb: 'undo', workload: web },
  { verb: 'pause', workload: web },
  { verb: 'resume', workload: crasher },
  { verb: 'scale', workload: web, replicas: 4 },
  { verb: 'set-resources', workload: web, container: 'httpd', limits: { memory: '1Gi' } },
  { verb: 'isolate-flow', flow: 'crawler', subject: noisy, shares: 3 },
  { verb: 'annotate', object: { kind: 'Node', name: 'worker-3' }, key: 'nightshift.dev/note', value: 'x' },
];

async function prepared(change: Change): Promise<FakeCluster> {
  const things = busy();
  if (change.verb === 'restore-flow')
    await doIt(
      things,
      changes.find(({ verb }) => verb === 'isolate-flow'),
    );
  return things;
}

async function doIt(things: FakeCluster, change: Change | undefined): Promise<readonly Action[]> {
  const { actions } = change ? await compiled(things, change) : { actions: [] };
  for (const action of actions) things.apply(action);
  return actions;
}

/** As the API server keeps it: without zero values. */
const stored = (value: unknown) =>
  value === false || (Array.isArray(value) && value.length === 0) ? undefined : value;
const nowOf = (things: FakeCluster, { object }: Pick<Step, 'object'>) =>
  (object && things.find(object.kind, object.name)) ?? null;

describe('every change of the vocabulary', () => {
  const all: readonly Change[] = [...changes, { verb: 'restore-flow', flow: 'crawler' }];

  it('is among these tests', () => {
    expect(all.map(({ verb }) => verb).sort()).toEqual(Object.keys(changeRules).sort());
  });

  describe.each(all.map((change) => [change.verb, change] as const))('%s', (_verb, change) => {
    it('reads what is stored, never the watch cache', async () => {
      const things = await prepared(change);
      await compiled(things, change);

      expect(things.asked.length).toBeGreaterThan(0);
      expect(things.asked.every(({ fresh }) => fresh)).toBe(true);
    });

    it('means one object and no other of the same name', async () => {
      const { actions } = await compiled(await prepared(change), change);

      expect(actions.length).toBeGreaterThan(0);
      for (const action of actions) {
        if (action.verb === 'create') continue;
        if (action.verb === 'patch') {
          expect(action.body.metadata).toMatchObject({
            uid: expect.stringMatching(/./),
            resourceVersion: expect.stringMatching(/./),
          });
        } else expect(action.uid).not.toBe('');
      }
    });

    it('has nothing left to do once it is done, and is seen to have arrived', async () => {
      const things = await prepared(change);
      const first = await compiled(things, change);
      const { actions } = first;
      const seen = () => stepsOf(first).map((step) => arrived(step, plan, nowOf(things, step)));
      expect(seen()).toEqual(actions.map(() => 'no'));

      for (const action of actions) things.apply(action);
      const again = await compiled(things, change);

      expect(seen()).toEqual(actions.map(() => 'yes'));
      expect(again).toMatchObject({ actions: [], diff: [], blocked: [], inverse: [] });
      expect(again.effects).toHaveLength(1);
    });

    it('is the same plan when it is made again from the same cluster', async () => {
      const things = await prepared(change);

      expect(digestOf(await compiled(things, change))).toBe(digestOf(await compiled(things, change)));
    });

    it('needs the right to read and to write what it touches', async () => {
      const things = await prepared(change);
      const { actions } = await compiled(things, change);
      const { reads, writes } = rightsOf([change]);
      const resource = { Node: 'nodes', Pod: 'pods', FlowSchema: 'flowschemas' } as Readonly<Record<string, string>>;

      for (const { verb, object } of actions) {
        const plural = resource[object.kind] ?? `${object.kind.toLowerCase()}s`;
        expect(reads.some((right) => right.resource === plural && right.verb === 'get')).toBe(true);
        expect(writes.map((right) => right.resource.split('/')[0])).toContain(plural);
        expect(writes.map((right) => right.verb)).toContain(verb === 'evict' ? 'create' : verb);
      }
    });

    it('looks for a bounded time', () => {
      const { firstLookSeconds, everySeconds, giveUpSeconds } = changeRules[change.verb].settle;

      expect(firstLookSeconds).toBeLessThan(giveUpSeconds);
      expect(giveUpSeconds / everySeconds).toBeLessThanOrEqual(60);
    });
  });

  it.each([
    ['cordon', ['spec', 'unschedulable']],
    ['uncordon', ['spec', 'unschedulable']],
    ['taint', ['spec', 'taints']],
    ['untaint', ['spec', 'taints']],
    ['pause', ['spec', 'paused']],
    ['resume', ['spec', 'paused']],
    ['scale', ['spec', 'replicas']],
    ['set-resources', ['spec', 'template']],
    ['annotate', ['metadata', 'annotations']],
  ] as const)('%s is undone by its inverse', async (verb, field) => {
    const change = changes.find((one) => one.verb === verb);
    const things = busy();
    const { inverse, actions } = change ? await compiled(things, change) : { inverse: [], actions: [] };
    const [action] = actions;
    const value = () => (action ? field.reduce<unknown>((at, key) => (at as Thing)[key], nowOf(things, action)) : null);
    const before = value();

    for (const one of actions) things.apply(one);
    expect(value()).not.toEqual(before);
    if (!('none' in inverse)) for (const back of inverse) await doIt(things, back);

    expect(stored(value())).toEqual(stored(before));
  });

  it('takes the same pods for the same plan, in whatever order the API lists them', async () => {
    const pods = ['a', 'b', 'c', 'd', 'e'].map((name, n) => pod(name, { owner: `ReplicaSet ${n % 2}` }));
    const digestFor = async (Pod: readonly Thing[]) =>
      digestOf(await compiled(fakeCluster({ Node: [node('worker-3')], Pod }), { verb: 'drain', node: 'worker-3' }));
    const expected = await digestFor(pods);

    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray(pods, { minLength: pods.length }), async (shuffled) => {
        expect(await digestFor(shuffled)).toBe(expected);
      }),
      { numRuns: 30 },
    );
  });

  it.each(
    all.filter((change) => 'node' in change || 'workload' in change).map((change) => [change.verb, change] as const),
  )('%s of what does not exist is blocked, and says so', async (_verb, change) => {
    const { actions, blocked } = await compiled(fakeCluster({}), change);

    expect(actions).toEqual([]);
    expect(blocked).toEqual([expect.stringMatching(/does not exist$/)]);
  });

  it('fails as a read does when an answer is not as expected', async () => {
    const { uid: _none, ...metadata } = node('worker-3').metadata;
    const things = fakeCluster({ Node: [{ ...node('worker-3'), metadata } as Thing] });

    const failure = await compile({ verb: 'cordon', node: 'worker-3' }, { kube: things.kube, at: '', plan: '' }).catch(
      (thrown: unknown) => thrown,
    );

    expect(failure).toBeInstanceOf(ReadFailure);
    expect(failure).toMatchObject({ kind: 'unparsable', message: expect.stringContaining('metadata.uid') });
  });
});

describe('the risk of changes', () => {
  it('is that of the riskiest, and of a taint that ends pods high', () => {
    const taint = { key: 'a', effect: 'NoSchedule' } as const;

    expect(risksOf([])).toBe('none');
    expect(risksOf([{ verb: 'cordon', node: 'a' }])).toBe('low');
    expect(
      risksOf([
        { verb: 'cordon', node: 'a' },
        { verb: 'drain', node: 'a' },
      ]),
    ).toBe('medium');
    expect(risksOf([{ verb: 'taint', node: 'a', taint }])).toBe('low');
    expect(risksOf([{ verb: 'taint', node: 'a', taint: { ...taint, effect: 'NoExecute' } }])).toBe('high');
  });
});

describe('the rights for changes', () => {
  it('of a verb are all it ever needs, of one change only what this one needs, where it needs it', () => {
    expect(rightsOf(['restart']).writes.map(({ resource }) => resource)).toEqual([
      'deployments',
      'statefulsets',
      'daemonsets',
    ]);
    expect(rightsOf([{ verb: 'scale', workload: web, replicas: 1 }])).toEqual({
      reads: [
        { apiGroup: 'apps', resource: 'deployments', verb: 'get', namespace: 'shop' },
        { apiGroup: 'autoscaling', resource: 'horizontalpodautoscalers', verb: 'list', namespace: 'shop' },
      ],
      writes: [{ apiGroup: 'apps', resource: 'deployments/scale', verb: 'patch', namespace: 'shop' }],
    });
    expect(rightsOf([{ verb: 'annotate', object: { kind: 'Node', name: 'a' }, key: 'k', value: null }])).toEqual({
      reads: [{ apiGroup: '', resource: 'nodes', verb: 'get' }],
      writes: [{ apiGroup: '', resource: 'nodes', verb: 'patch' }],
    });
  });

  it('are named once, and a right for the whole cluster stands for that of a namespace', () => {
    const evict = { verb: 'evict', namespace: 'shop', pod: 'a' } as const;

    expect(rightsOf([evict, evict]).writes).toEqual([
      { apiGroup: '', resource: 'pods/eviction', verb: 'create', namespace: 'shop' },
    ]);
    expect(rightsOf([evict, 'drain', 'cordon']).writes).toEqual([
      { apiGroup: '', resource: 'nodes', verb: 'patch' },
      { apiGroup: '', resource: 'pods/eviction', verb: 'create' },
    ]);
  });

  it('never reach for secrets, exec, the proxy of nodes or everything', () => {
    const { reads, writes } = rightsOf(changes.map(({ verb }) => verb));

    for (const { apiGroup, resource } of [...reads, ...writes]) {
      expect(`${apiGroup}/${resource}`).not.toMatch(/secret|exec|proxy|\*/);
    }
  });
});

describe('an action that is written down', () => {
  it('hides the values of environment variables, whatever they look like', () => {
    const container = {
      name: 'a',
      env: [
        { name: 'PIN', value: '4711' },
        { name: 'REF', valueFrom: { x: 'y' } },
      ],
    };
    const template = { $patch: 'replace', spec: { containers: [container] } };

    const masked = maskedAction({ verb: 'patch', object: web, type: 'strategic', body: { spec: { template } } });

    expect(JSON.stringify(masked)).not.toContain('4711');
    expect(masked).toMatchObject({
      body: {
        spec: {
          template: {
            spec: { containers: [{ env: [{ name: 'PIN', value: '[redacted]' }, { valueFrom: { x: 'y' } }] }] },
          },
        },
      },
    });
  });
});
