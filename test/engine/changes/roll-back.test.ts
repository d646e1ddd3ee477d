import { describe, expect, it } from 'vitest';
import { edited, type Fields, type Thing } from './fake-cluster.ts';
import { compiled, like, plan, shop, web } from './recorded.ts';

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

  const madeOn = (day: number, thing: Thing, pods: number) =>
    edited(thing, {
      metadata: { creationTimestamp: `2026-11-${day}T03:10:20Z` },
      status: { replicas: pods },
    });
  const [first, second, third] = history as [Thing, Thing, Thing];
  const halfway = { status: { updatedReplicas: 1, replicas: 2 } };

  it('says from which revision to which, and how old each is; another age is another plan', async () => {
    const dated = things({}, [madeOn(14, first, 0), madeOn(19, second, 0), madeOn(21, third, 2)]);
    const { effects, material } = await compiled(dated, undo);

    expect(effects[0]).toBe(
      'back from revision 3 (made 2026-11-21 03:10 UTC) to the template of revision 2 (made 2026-11-19 03:10 UTC), which becomes the newest revision; annotated with nightshift.dev/rolled-back-by',
    );
    const remade = things({}, [madeOn(14, first, 0), madeOn(20, second, 0), madeOn(21, third, 2)]);
    expect((await compiled(remade, undo)).material).not.toEqual(material);
    const forward = { ...undo, toRevision: 3 };
    const back = edited(set('4', template('web:2', 'tiger-2')), {
      metadata: { annotations: { 'deployment.kubernetes.io/revision-history': '2' } },
    });
    const rolledBack = things({ metadata: { annotations: { [REVISION]: '4' } } }, [
      madeOn(19, back, 2),
      madeOn(21, set('3', template('web:3', 'x')), 0),
    ]);
    expect((await compiled(rolledBack, forward)).effects[0]).toMatch(/^forward from revision 4 .* of revision 3 /);
  });

  /** Revision 3 was rolled back to the template of revision 2, which has the number 4 since. */
  const rolledBack = (changes: Fields, pods: number, older: readonly Thing[] = []) => {
    const again = set('4', template('web:2', 'tiger-2'), { 'deployment.kubernetes.io/revision-history': '2' });
    const present = {
      metadata: { annotations: { [REVISION]: '4' } },
      spec: { template: template('web:2', 'tiger-2') },
    };
    const sets = [...older, madeOn(19, again, 1), madeOn(21, third, pods)];
    return things({ ...changes, ...edited(present as unknown as Thing, changes) } as Fields, sets);
  };

  it('never goes forward to what was rolled back: to the template before the present one, or to none', async () => {
    expect((await compiled(rolledBack({}, 0), undo)).blocked).toEqual([
      'Deployment shop/web has no revision that was made before its present one, revision 4 (made 2026-11-19 03:10 UTC) (it has 3, 4): to go back to another one, name it with kubectl',
    ]);
    const { actions } = await compiled(rolledBack({}, 0, [madeOn(14, first, 0)]), undo);
    expect(actions).toMatchObject([{ body: { spec: { template: { spec: { containers: [{ image: 'web:1' }] } } } } }]);
  });

  it('tells by the numbers that a template has had, where two were made in the same second', async () => {
    const again = set('4', template('web:2', 'tiger-2'), { 'deployment.kubernetes.io/revision-history': '2' });
    const present = {
      metadata: { annotations: { [REVISION]: '4' } },
      spec: { template: template('web:2', 'tiger-2') },
    };

    expect((await compiled(things(present, [madeOn(21, again, 2), madeOn(21, third, 0)]), undo)).blocked).toEqual([
      expect.stringContaining('has no revision that was made before its present one'),
    ]);
  });

  it.each([undefined, 3, 4])(
    'is not done twice while a roll back is going on (it blames revision %s)',
    async (from) => {
      const change = { ...undo, ...(from === undefined ? {} : { from }) };
      const { actions, blocked } = await compiled(rolledBack(halfway, 1, [madeOn(14, first, 0)]), change);

      expect(actions).toEqual([]);
      expect(blocked).toEqual([
        from === 3
          ? 'revision 3 of Deployment shop/web is being replaced already, by revision 4 (made 2026-11-19 03:10 UTC): 1 of 2 replicas are updated'
          : 'a roll back of Deployment shop/web is on its way: revision 3 (made 2026-11-21 03:10 UTC) is being replaced by revision 4 (made 2026-11-19 03:10 UTC): 1 of 2 replicas are updated',
      ]);
    },
  );

  it('gives a rollout up only if it is that of the revision to blame: another one may be the cure', async () => {
    const sets = [madeOn(14, first, 0), madeOn(19, second, 1), madeOn(21, third, 1)];

    expect((await compiled(things(halfway, sets), { ...undo, from: 2 })).blocked).toEqual([
      'revision 2 of Deployment shop/web is being replaced already, by revision 3 (made 2026-11-21 03:10 UTC): 1 of 2 replicas are updated',
    ]);
    expect((await compiled(things(halfway, sets), undo)).blocked).toEqual([
      'a rollout of Deployment shop/web to revision 3 (made 2026-11-21 03:10 UTC) is under way: 1 of 2 replicas are updated; whether that revision is to blame is not said',
    ]);
    const { actions, effects } = await compiled(things(halfway, sets), { ...undo, from: 3 });
    expect(actions).toHaveLength(1);
    expect(effects).toContain('the rollout under way is given up: 1 of 2 replicas are updated');
    expect((await compiled(things({}, sets), { ...undo, from: 2 })).blocked).toEqual([
      'revision 2 of Deployment shop/web is not its present one: that is revision 3 (made 2026-11-21 03:10 UTC)',
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
