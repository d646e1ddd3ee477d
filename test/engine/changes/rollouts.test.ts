import { describe, expect, it } from 'vitest';
import type { Change } from '../../../engine/change.ts';
import { edited, type FakeCluster, type Fields, fakeCluster, type Thing } from './fake-cluster.ts';
import { at, compiled, like, plan, shop, web } from './recorded.ts';

const restart = { verb: 'restart', workload: web } as const;
const deployment = (changes: Fields = {}) => shop({ Deployment: [like('Deployment', 'web', changes)] });

/** A StatefulSet or DaemonSet of the recorded Deployment's shape. */
const other = (kind: 'StatefulSet' | 'DaemonSet', changes: Fields = {}) =>
  fakeCluster({ [kind]: [edited(like('Deployment', 'web', { spec: { strategy: null } }), changes)] });
const restartOf = (kind: 'StatefulSet' | 'DaemonSet') => ({ verb: 'restart', workload: { ...web, kind } }) as const;

describe('restarting a workload', () => {
  it('changes one annotation of the template, as kubectl does, at the time of the plan', async () => {
    const { actions, diff, effects } = await compiled(deployment(), restart);

    expect(actions).toEqual([
      {
        verb: 'patch',
        object: web,
        type: 'merge',
        body: {
          metadata: { uid: 'cc818b04-b6b9-4c0c-89cf-1d18bb70d16f', resourceVersion: '695' },
          spec: { template: { metadata: { annotations: { 'kubectl.kubernetes.io/restartedAt': at } } } },
        },
      },
    ]);
    expect(diff).toEqual([
      {
        object: 'Deployment shop/web',
        path: 'spec.template.metadata.annotations[kubectl.kubernetes.io/restartedAt]',
        before: null,
        after: at,
      },
    ]);
    expect(effects).toEqual(['Deployment shop/web: 2 pods replaced step by step (at most 25% unavailable, 25% more)']);
  });

  it.each([
    [{ spec: { paused: true } }, 'Deployment shop/web is paused: a restart would only begin when it is resumed'],
    [
      { metadata: { generation: 2 } },
      'a rollout of Deployment shop/web is under way: its last change has not been taken up yet',
    ],
    [{ status: { updatedReplicas: 1 } }, 'a rollout of Deployment shop/web is under way: 1 of 2 replicas are updated'],
    [{ status: { replicas: 3 } }, 'a rollout of Deployment shop/web is under way: 1 old replica not gone yet'],
  ])('waits while the Deployment has %o', async (changes, why) => {
    expect((await compiled(deployment(changes), restart)).blocked).toEqual([why]);
  });

  it.each(['StatefulSet', 'DaemonSet'] as const)(
    'refuses a %s that replaces pods only when they are deleted',
    async (kind) => {
      const { blocked } = await compiled(
        other(kind, { spec: { updateStrategy: { type: 'OnDelete' } } }),
        restartOf(kind),
      );

      expect(blocked).toEqual([`${kind} shop/web replaces a pod only when it is deleted (OnDelete)`]);
    },
  );

  it('knows the rollouts of StatefulSets and DaemonSets', async () => {
    const halfway = { currentRevision: 'web-1', updateRevision: 'web-2', updatedReplicas: 1 };
    const behind = { desiredNumberScheduled: 3, updatedNumberScheduled: 2 };
    const updateStrategy = { rollingUpdate: { partition: 1 } };

    expect((await compiled(other('StatefulSet', { status: halfway }), restartOf('StatefulSet'))).blocked).toEqual([
      'a rollout of StatefulSet shop/web is under way: 1 of 2 replicas are updated',
    ]);
    expect((await compiled(other('DaemonSet', { status: behind }), restartOf('DaemonSet'))).blocked).toEqual([
      'a rollout of DaemonSet shop/web is under way: 2 of 3 pods are updated',
    ]);
    const canary = other('StatefulSet', { status: halfway, spec: { updateStrategy } });
    expect((await compiled(canary, restartOf('StatefulSet'))).effects).toEqual([
      'StatefulSet shop/web: 2 pods replaced one after the other, the last first; those below number 1 keep their template',
    ]);
  });

  it('is refused while pods are missing: it would take more of them away', async () => {
    const why = 'has only 1 of 2 pods available: a restart would take more of them away';
    const blockedBy = async (things: FakeCluster, change: Change) => (await compiled(things, change)).blocked;
    expect(await blockedBy(deployment({ status: { availableReplicas: 1 } }), restart)).toEqual([
      `Deployment shop/web ${why}`,
    ]);
    const set = other('StatefulSet', { status: { readyReplicas: 1 } });
    expect(await blockedBy(set, restartOf('StatefulSet'))).toEqual([`StatefulSet shop/web ${why}`]);
    const counts = { desiredNumberScheduled: 2, updatedNumberScheduled: 2, numberAvailable: 1 };
    expect(await blockedBy(other('DaemonSet', { status: counts }), restartOf('DaemonSet'))).toEqual([
      `DaemonSet shop/web ${why}`,
    ]);
  });

  it('is done once, however often it is compiled', async () => {
    const things = deployment();
    for (const action of (await compiled(things, restart)).actions) things.apply(action);

    expect(await compiled(things, restart)).toMatchObject({ actions: [], blocked: [] });
  });

  it('says how many are available, and who else may have a say', async () => {
    const ownerReferences = [{ kind: 'Canary', name: 'web', uid: 'c', controller: true }];

    const { effects } = await compiled(
      deployment({ metadata: { ownerReferences }, status: { availableReplicas: 1 } }),
      { verb: 'set-resources', workload: web, container: 'httpd', requests: { cpu: '10m' } },
    );

    expect(effects.slice(2)).toEqual(['1 of 2 are available now', 'it belongs to Canary web, which may put it back']);
  });
});

describe('rolling a Deployment back', () => {
  const undo = { verb: 'undo', workload: web } as const;
  const REVISION = 'deployment.kubernetes.io/revision';
  const template = (image: string, password: string, more: Fields = {}) => ({
    metadata: { creationTimestamp: null, labels: { app: 'web' }, annotations: { 'vault/token': password } },
    spec: {
      containers: [
        { name: 'httpd', image, env: [{ name: 'PASSWORD', value: password }], args: ['--key', password], ...more },
      ],
    },
  });
  const set = (revision: string, content: Fields, annotations: Fields = {}): Thing =>
    like('ReplicaSet', 'web-86c6b98b46', {
      metadata: { name: `web-${revision}`, annotations: { [REVISION]: revision, ...annotations } },
      spec: { template: edited(content as unknown as Thing, { metadata: { labels: { 'pod-template-hash': 'x' } } }) },
    });
  const now = template('web:3', 'tiger-3');
  const history = [set('1', template('web:1', 'tiger-1')), set('2', template('web:2', 'tiger-2')), set('3', now)];
  const things = (changes: Fields = {}, ReplicaSet = history) => {
    const present = { metadata: { annotations: { [REVISION]: '3' } }, spec: { template: now } };
    return shop({ Deployment: [edited(like('Deployment', 'web', present), changes)], ReplicaSet });
  };

  it('replaces the template by that of the revision before, without what the controller added', async () => {
    const { actions, inverse } = await compiled(things(), undo);

    expect(actions).toMatchObject([
      {
        type: 'strategic',
        body: { spec: { template: { $patch: 'replace', spec: { containers: [{ image: 'web:2' }] } } } },
      },
    ]);
    expect(actions[0]).toHaveProperty('body.spec.template.metadata', {
      labels: { app: 'web' },
      annotations: { 'vault/token': 'tiger-2' },
    });
    expect(inverse).toEqual([{ ...undo, toRevision: 3 }]);
  });

  it('shows images and the names of what changes, never the value of a variable, an argument or an annotation', async () => {
    const { diff, effects, blocked, inverse } = await compiled(things(), undo);

    expect(diff.map(({ path, before, after }) => [path, before, after])).toEqual([
      ['spec.template.metadata.annotations[vault/token]', 'as in revision 3', 'as in revision 2'],
      ['spec.template.spec.containers[httpd].args', 'as in revision 3', 'as in revision 2'],
      ['spec.template.spec.containers[httpd].env[PASSWORD]', 'as in revision 3', 'as in revision 2'],
      ['spec.template.spec.containers[httpd].image', 'web:3', 'web:2'],
    ]);
    expect(JSON.stringify({ diff, effects, blocked, inverse })).not.toContain('tiger');
  });

  it('goes to the revision that is asked for, also under a number it had before', async () => {
    const former = { 'deployment.kubernetes.io/revision-history': '1,4' };
    const renumbered = [set('6', template('web:1', 'tiger-1'), former), ...history.slice(1)];

    expect((await compiled(things(), { ...undo, toRevision: 1 })).actions).toMatchObject([
      { body: { spec: { template: { spec: { containers: [{ image: 'web:1' }] } } } } },
    ]);
    expect((await compiled(things({}, renumbered), { ...undo, toRevision: 4 })).actions).toHaveLength(1);
    expect((await compiled(things(), { ...undo, toRevision: 9 })).blocked).toEqual([
      'Deployment shop/web has no revision 9 (it has 1, 2, 3)',
    ]);
    expect((await compiled(things(), { ...undo, toRevision: 3 })).effects).toEqual([
      'Deployment shop/web already has the template of revision 3',
    ]);
  });

  it('takes "the one before" once: compiled again by the same plan it has nothing left to do', async () => {
    const cluster = things();
    for (const action of (await compiled(cluster, undo)).actions) cluster.apply(action);

    expect(cluster.find('Deployment', 'web')).toHaveProperty('metadata.annotations', {
      [REVISION]: '3',
      'nightshift.dev/rolled-back-by': plan,
    });
    expect(await compiled(cluster, undo)).toMatchObject({
      ...{ actions: [], blocked: [] },
      effects: ['Deployment shop/web has been rolled back by this plan already'],
    });
  });

  it('is impossible without an earlier revision, while paused, and before the controller has seen the last change', async () => {
    const one = [set('3', now)];
    const foreign = edited(set('2', template('web:2', 'x')), {
      metadata: { ownerReferences: [{ kind: 'Deployment', name: 'web', uid: 'another', controller: true }] },
    });

    expect((await compiled(things({}, [...one, foreign]), undo)).blocked).toEqual([
      'Deployment shop/web has no earlier revision to go back to (it has 3)',
    ]);
    expect((await compiled(things({ spec: { paused: true } }), undo)).blocked).toEqual([
      'Deployment shop/web is paused: resume it before it can be rolled back',
    ]);
    expect((await compiled(things({ metadata: { generation: 7 } }), undo)).blocked).toEqual([
      'the last change of Deployment shop/web has not been taken up yet: try again in a moment',
    ]);
  });

  it('gives up when JSON has rounded a number of the old template', async () => {
    const big = set('2', template('web:2', 'x', { securityContext: { runAsUser: 2 ** 60 } }));

    expect((await compiled(things({}, [big]), undo)).blocked).toEqual([
      'revision 2 of Deployment shop/web holds a number too large to be given back exactly: use kubectl',
    ]);
  });
});

describe('pausing and resuming a rollout', () => {
  const pause = { verb: 'pause', workload: web } as const;
  const resume = { verb: 'resume', workload: web } as const;

  it('stops it where it is, and says where that is', async () => {
    const { actions, effects, inverse } = await compiled(deployment({ status: { updatedReplicas: 1 } }), pause);

    expect(actions).toMatchObject([{ type: 'merge', body: { spec: { paused: true } } }]);
    expect(effects[0]).toBe('the rollout of Deployment shop/web stops where it is: 1 of 2 replicas are updated');
    expect(inverse).toEqual([resume]);
  });

  it('lets it go on, and says what that replaces', async () => {
    const paused = deployment({ spec: { paused: true }, status: { updatedReplicas: null } });

    const { actions, effects, inverse } = await compiled(paused, resume);

    expect(actions).toMatchObject([{ body: { spec: { paused: false } } }]);
    expect(effects).toEqual([
      'the rollout of Deployment shop/web goes on: 2 pods replaced step by step (at most 25% unavailable, 25% more)',
    ]);
    expect(inverse).toEqual([pause]);
    expect((await compiled(deployment(), resume)).effects).toEqual(['Deployment shop/web is not paused']);
  });
});
