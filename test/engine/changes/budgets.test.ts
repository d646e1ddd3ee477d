import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { budgetsOf, passages } from '../../../engine/changes/budgets.ts';
import { matches, selectorText } from '../../../engine/changes/labels.ts';
import { Budget, LabelSelector, Pod } from '../../../engine/changes/objects.ts';
import { type Fields, fakeCluster, type Thing } from './fake-cluster.ts';
import { budget, type PodLike, pod } from './recorded.ts';

const kindsOf = (pods: readonly Thing[], budgets: readonly Thing[], nodeIsDead = false) =>
  [
    ...passages(
      pods.map((one) => Pod.parse(one)),
      budgets.map((one) => Budget.parse(one)),
      nodeIsDead,
    ).values(),
  ].map(({ kind }) => kind);
const web = (name: string, like: PodLike = {}) =>
  pod(name, { labels: { app: 'web' }, owner: 'ReplicaSet web', ...like });
const tight = { disruptionsAllowed: 0, currentHealthy: 2, desiredHealthy: 2, expectedPods: 2 };

describe('the simulated budget', () => {
  it('never lets more pods go than it allows, in whatever order and however many there are', () => {
    const apps = fc.constantFrom('a', 'b', 'c');
    const pods = fc.array(fc.record({ app: apps, ready: fc.boolean(), phase: fc.constantFrom('Running', 'Pending') }));
    const count = fc.nat({ max: 6 });
    const status = fc.record({
      disruptionsAllowed: count,
      currentHealthy: count,
      desiredHealthy: count,
      expectedPods: count,
    });
    fc.assert(
      fc.property(pods, fc.dictionary(apps, status), fc.boolean(), (list, statuses, dead) => {
        const budgets = Object.entries(statuses).map(([app, one]) => Budget.parse(budget(app, one)));
        const all = list.map(({ app, ready, phase }, n) => Pod.parse(pod(`p-${n}`, { labels: { app }, ready, phase })));

        const way = [...passages(all, budgets, dead)];

        expect(way).toHaveLength(all.length);
        for (const one of budgets) {
          const taken = way.filter(([, passage]) => passage.kind === 'allowed' && passage.budget === one).length;
          const held = way.filter(([, passage]) => 'budget' in passage && passage.budget === one).length;
          expect(taken).toBe(Math.min(held, one.status.disruptionsAllowed));
        }
      }),
    );
  });

  it('does not ask for pods that do not run, nor for unready ones while enough others are healthy', () => {
    const healthy = { ...tight, currentHealthy: 2, expectedPods: 3 };

    expect(kindsOf([web('a', { phase: 'Pending' }), web('b', { deleting: true })], [budget('web', tight)])).toEqual([
      'free',
      'free',
    ]);
    expect(kindsOf([web('a', { ready: false })], [budget('web', healthy)])).toEqual(['free']);
    expect(kindsOf([web('a', { ready: false })], [budget('web', { ...healthy, currentHealthy: 1 })])).toEqual([
      'waits',
    ]);
    const always = { unhealthyPodEvictionPolicy: 'AlwaysAllow' };
    expect(kindsOf([web('a', { ready: false })], [budget('web', { ...healthy, currentHealthy: 1 }, always)])).toEqual([
      'free',
    ]);
  });

  it('knows when waiting helps: other pods may become healthy, or the budget is still being worked out', () => {
    const recovering = { ...tight, expectedPods: 3 };
    const behind = { ...budget('web', tight), metadata: { ...budget('web', tight).metadata, generation: 2 } };

    expect(kindsOf([web('a')], [budget('web', tight)])).toEqual(['never']);
    expect(kindsOf([web('a')], [budget('web', recovering)])).toEqual(['waits']);
    expect(kindsOf([web('a')], [behind])).toEqual(['waits']);
  });

  it('counts on no pod of a dead node', () => {
    const down = { disruptionsAllowed: 0, currentHealthy: 1, desiredHealthy: 2, expectedPods: 3 };
    const two = [web('a', { ready: false }), web('b', { ready: false })];

    expect(kindsOf(two, [budget('web', down)], false)).toEqual(['waits', 'waits']);
    expect(kindsOf(two, [budget('web', down)], true)).toEqual(['never', 'never']);
  });

  it('reads an empty selector as all pods in policy/v1, as none in policy/v1beta1', async () => {
    const things = { PodDisruptionBudget: [budget('web', tight, { selector: {} })] };
    const found = async (budgetVersion: string) =>
      (await budgetsOf(fakeCluster(things, { budgetVersion }).kube, new Set(['shop']))).length;

    expect(await found('policy/v1')).toBe(1);
    expect(await found('policy/v1beta1')).toBe(0);
  });

  it('reads namespace by namespace, and all at once when there are many', async () => {
    const few = fakeCluster({});
    const many = fakeCluster({});

    await budgetsOf(few.kube, new Set(['a', 'b']));
    await budgetsOf(many.kube, new Set('abcdefghijkl'));

    expect(few.asked).toHaveLength(2);
    expect(many.asked).toHaveLength(1);
  });
});

describe('a label selector', () => {
  const selector = (matchExpressions: Fields[]) =>
    LabelSelector.parse({ matchLabels: { app: 'web' }, matchExpressions });

  it.each([
    [{ key: 'tier', operator: 'In', values: ['front'] }, true, false, 'tier in (front)'],
    [{ key: 'tier', operator: 'NotIn', values: ['front'] }, false, true, 'tier notin (front)'],
    [{ key: 'tier', operator: 'Exists' }, true, false, 'tier'],
    [{ key: 'tier', operator: 'DoesNotExist' }, false, true, '!tier'],
  ])('takes the expression %o', (expression, withTier, without, text) => {
    expect(matches(selector([expression]), { app: 'web', tier: 'front' })).toBe(withTier);
    expect(matches(selector([expression]), { app: 'web' })).toBe(without);
    expect(matches(selector([expression]), { app: 'api', tier: 'front' })).toBe(false);
    expect(selectorText(selector([expression]))).toBe(`app=web,${text}`);
  });
});
