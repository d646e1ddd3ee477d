import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { audit } from '../../engine/acting/audit.ts';
import { approve } from '../../engine/acting/decide.ts';
import { needs } from '../harness/programs.ts';
import { until } from '../harness/until.ts';
import type { Hands } from './support/acting/hands.ts';
import { type Stage, startStage } from './support/acting/stage.ts';
import { type ActingWorld, BUDGET, CROWD, FULL, GUARDED, path } from './support/acting/world.ts';
import { grantsOf, withhold } from './support/rbac-accounts.ts';

const Spec = z.object({
  metadata: z.object({ uid: z.string(), deletionTimestamp: z.string().optional() }),
  spec: z.looseObject({ unschedulable: z.boolean().default(false), replicas: z.number().optional() }),
});
const ALL = CROWD + GUARDED;
const lead = { user: 'U-LEAD', channel: 'C1' };

describe.skipIf(needs('etcd', 'openssl', 'kube-apiserver', 'kube-controller-manager'))('on a real API server', () => {
  let stage: Stage;
  let world: ActingWorld;
  let hands: Hands;
  beforeAll(async () => {
    stage = await startStage();
    ({ world, hands } = stage);
  });
  afterAll(() => stage?.[Symbol.asyncDispose]());
  beforeEach(() => {
    hands.sent.length = 0;
  });
  afterEach(() => {
    delete hands.faults.beforeApply;
  });

  const read = async (what: string) => Spec.parse(await world.get(what));
  const isCordoned = async (node: string) => (await read(path.node(node))).spec.unschedulable;

  describe('what changed between the plan and its approval', () => {
    test('makes it outdated, in words; the plan that fits now is asked for, and needs an approval of its own', async () => {
      await world.quiet(path.deployment('web'));
      const id = await hands.requested('scale');
      await world.merge(path.deployment('web'), { spec: { replicas: 1 } });
      await world.settled('web');
      await world.quiet(path.deployment('web'));
      const old = await hands.approved(id);
      expect(old).toMatchObject({
        state: 'outdated',
        because: expect.stringContaining('now Deployment shop/web spec.replicas: 1 → 3'),
      });
      expect(hands.sent).toEqual([]);
      expect(await hands.plan(old.supersededBy ?? '')).toMatchObject({ state: 'requested', approvals: [] });
      expect(await hands.approved(old.supersededBy ?? '')).toMatchObject({ state: 'applied' });
      expect((await read(path.deployment('web'))).spec.replicas).toBe(3);
      await world.merge(path.deployment('web'), { spec: { replicas: 2 } });
    });

    test('but not where nothing that the plan rests on is different', async () => {
      const id = await hands.requested('annotate');
      await world.merge(path.node('worker-1'), { metadata: { labels: { 'lab/other': 'yes' } } });
      expect(await hands.approved(id)).toMatchObject({ state: 'applied' });
    });

    test('is the object itself: another one of the same name is left alone until somebody approves that', async () => {
      await world.settled('db', 'statefulsets');
      const id = await hands.requested('evict');
      const other = await replaced('db-0');
      const old = await hands.approved(id);
      expect(old).toMatchObject({ state: 'outdated', because: expect.stringContaining('of the same name') });
      expect(hands.sent).toEqual([]);
      expect((await read(path.pod('db-0'))).metadata).toEqual({ uid: other });
      expect(await hands.approved(old.supersededBy ?? '')).toMatchObject({ state: 'applied' });
      expect(hands.sent).toMatchObject([{ verb: 'evict', uid: other }]);
    });

    test('even in the moment before the request: the API server finds another uid, and nothing is done', async () => {
      await world.settled('db', 'statefulsets');
      const id = await hands.requested('evict');
      let other = '';
      hands.faults.beforeApply = async () => {
        other = await replaced('db-0');
      };
      const plan = await hands.approved(id);
      expect(plan).toMatchObject({ state: 'outdated' });
      expect(hands.sent).toHaveLength(1);
      expect((await read(path.pod('db-0'))).metadata).toEqual({ uid: other });
    });

    test('is whose cordon it is: uncordoned by hand and cordoned anew it is left to them, by the fix and by the undo', async () => {
      const cordon = (node: string, unschedulable: true | null) =>
        world.merge(path.node(node), { spec: { unschedulable } });
      const id = await hands.requested('cordon');
      expect(await hands.approved(id)).toMatchObject({ state: 'applied' });
      const undo = await hands.anew(id, 'undo');
      expect(await hands.plan(undo)).toMatchObject({ state: 'requested', blocked: [] });
      const other = await hands.requested('uncordon');
      for (const node of ['worker-1', 'worker-3']) {
        await cordon(node, null);
        await until('the taint to go', async () => (await read(path.node(node))).spec.taints === undefined);
        await cordon(node, true);
        await until('the taint to come', async () => (await read(path.node(node))).spec.taints !== undefined);
      }
      expect(await hands.approved(other)).toMatchObject({
        state: 'outdated',
        because: expect.stringContaining('now: it has been cordoned since'),
      });
      expect(await hands.approved(undo)).toMatchObject({
        state: 'outdated',
        because: expect.stringContaining('Node worker-1 was uncordoned since, and cordoned anew'),
      });
      expect(await isCordoned('worker-1')).toBe(true);
      await cordon('worker-1', null);
    });

    /** Ended and started again by its StatefulSet; the new uid. */
    async function replaced(pod: string): Promise<string> {
      const { uid } = (await read(path.pod(pod))).metadata;
      await world.kube.must('DELETE', path.pod(pod));
      await until('another one', async () => (await read(path.pod(pod))).metadata.uid !== uid);
      await world.settled('db', 'statefulsets');
      return (await read(path.pod(pod))).metadata.uid;
    }
  });

  describe('an API server that stops', () => {
    test('after the approval: nothing is sent, the plan says why, and is not done when it is back', async () => {
      const id = await hands.requested('cordon');
      await approve(hands.acting, id, lead);
      {
        await using _away = await world.plane.stopApiServer('crashed');
        await hands.settle();
        expect(await hands.plan(id)).toMatchObject({
          state: 'failed',
          because: expect.stringMatching(/could not be seen: Node object.*(refused|closed|unreachable)/i),
        });
      }
      await hands.pass(3_600);
      expect(hands.sent).toEqual([]);
      expect(await isCordoned('worker-1')).toBe(false);
      await againAndUndone(id, 'worker-1');
    });

    test('between the rehearsal and the request: failed or in doubt, in words, and never sent again', async () => {
      const id = await hands.requested('cordon');
      const away = new AsyncDisposableStack();
      hands.faults.beforeApply = async () => {
        away.use(await world.plane.stopApiServer('crashed'));
        delete hands.faults.beforeApply;
      };
      const plan = await hands.approved(id);
      await away.disposeAsync();
      expect(['failed', 'unknown']).toContain(plan.state);
      expect(plan.because).toMatch(/^patch Node worker-1: /);
      await hands.pass(3_600);
      expect(hands.sent).toHaveLength(1);
      expect(await isCordoned('worker-1')).toBe(false);
      if (plan.state === 'unknown') await hands.press(id, 'it-was-not-applied', 'U-LEAD');
      await againAndUndone(id, 'worker-1');
    });

    test('while it has the request: in doubt until a person has looked, and never sent again', async () => {
      const id = await hands.requested('cordon');
      const away = new AsyncDisposableStack();
      hands.faults.beforeApply = async () => {
        away.use(await world.plane.stopApiServer('frozen'));
      };
      const plan = await hands.approved(id);
      await away.disposeAsync();
      expect(plan).toMatchObject({
        state: 'unknown',
        because: expect.stringMatching(/it may have been done all the same.*Could not look in the cluster/s),
      });
      await hands.pass(3_600);
      expect(hands.sent).toHaveLength(1);
      await hands.press(id, 'it-was-not-applied', 'U-ASKER');
      expect(hands.whispers.at(-1)?.text).toContain('You may not decide this');
      const truth = await isCordoned('worker-1');
      await hands.press(id, truth ? 'it-was-applied' : 'it-was-not-applied', 'U-LEAD');
      expect(await hands.plan(id)).toMatchObject({ state: truth ? 'applied' : 'failed' });
      expect(hands.sent).toHaveLength(1);
      await world.merge(path.node('worker-1'), { spec: { unschedulable: null } });
    });

    /** Whoever still wants it asks for a plan of its own. */
    async function againAndUndone(id: string, node: string): Promise<void> {
      await world.quiet(path.node(node));
      const again = await hands.anew(id, 'plan-again');
      expect(await hands.approved(again)).toMatchObject({ state: 'applied' });
      expect(await isCordoned(node)).toBe(true);
      await world.quiet(path.node(node));
      expect(await hands.approved(await hands.anew(again, 'undo'))).toMatchObject({ state: 'applied' });
      expect(await isCordoned(node)).toBe(false);
    }
  });

  describe('in the middle of a drain', () => {
    beforeEach(async () => {
      await world.fill();
      await world.setBudget(BUDGET, 0, 'guarded');
      hands.sent.length = 0;
    });

    test('the API server stops: it says how far it came, and the rest of the pods goes by a new plan, none twice', async () => {
      const id = await hands.requested('drain');
      const away = new AsyncDisposableStack();
      hands.faults.beforeApply = async (nth) => {
        if (nth === 5) away.use(await world.plane.stopApiServer('crashed'));
      };
      const plan = await hands.approved(id);
      expect(['partly-applied', 'unknown']).toContain(plan.state);
      expect(plan.because).toMatch(/^stopped after 4 of 16 steps: evict Pod shop\//);
      expect(hands.sent).toHaveLength(5);
      await away.disposeAsync();
      await hands.pass(3_600);
      expect(hands.sent).toHaveLength(5);
      if (plan.state === 'unknown') await hands.press(id, 'it-was-not-applied', 'U-LEAD');
      await finished(id, ALL - 3);
    });

    test('its budget closes: it stops at that pod, and goes on by a new plan once it is open again', async () => {
      const id = await hands.requested('drain');
      hands.faults.beforeApply = async (nth) => {
        if (nth === 5) await world.setBudget(BUDGET, GUARDED, 'guarded');
      };
      const plan = await hands.approved(id);
      expect(plan).toMatchObject({
        state: 'partly-applied',
        because: expect.stringMatching(/^stopped after 4 of 16 steps: evict Pod shop\/guarded-\S+: .*shop\/guard\b/),
      });
      expect(await world.onFullNode()).toHaveLength(ALL - 3);
      await hands.press(id, 'plan-again', 'U-ASKER');
      expect(hands.whispers.at(-1)?.text).toMatch(/cannot be done as things stand: budget shop\/guard/);
      await world.setBudget(BUDGET, 0, 'guarded');
      await finished(id, ALL - 3);
    });

    async function finished(id: string, left: number): Promise<void> {
      await world.quiet(path.node(FULL));
      const rest = await hands.anew(id, 'plan-again');
      expect((await hands.plan(rest)).diff).toHaveLength(left);
      const begun = hands.sent.length;
      expect(await hands.approved(rest)).toMatchObject({ state: 'applied' });
      expect(hands.sent.slice(begun)).toHaveLength(left);
      expect(await world.onFullNode()).toEqual([]);
      // Only the one that was refused, or was in doubt, was asked to go a second time.
      const evicted = hands.sent.flatMap((action) => (action.verb === 'evict' ? [action.uid] : []));
      expect(evicted).toHaveLength(ALL + 1);
      expect(new Set(evicted).size).toBe(ALL);
    }
  });

  describe('a fixer account without one right', () => {
    test.each([
      ['cordon', 'nodes', 'patch'],
      ['drain', 'pods/eviction', 'create'],
      ['delete-pod', 'pods', 'delete'],
      ['scale', 'deployments/scale', 'patch'],
      ['restart', 'deployments', 'patch'],
      ['isolate', 'flowschemas', 'create'],
    ] as const)(
      'cannot %s: the plan names %s and the rule to add, and nothing of it is done',
      async (fix, what, verb) => {
        await world.fill();
        const grant = grantsOf(stage.fixer).find((one) => one.what === what && one.verb === verb);
        if (!grant) throw new Error(`the fixer has no right to ${verb} ${what}`);
        await world.settled('web');
        await world.settled('db', 'statefulsets');
        await using _without = await withhold(world.plane, grant);
        await withheld(what, verb);
        const id = await hands.requested(fix);
        const plan = await hands.approved(id);
        expect(plan).toMatchObject({ state: 'failed', because: expect.stringMatching(/^rehearsal of /) });
        expect(plan.because).toMatch(new RegExp(`may not ${verb} ${what}(?![\\w/])`));
        expect(plan.because).toMatch(new RegExp(`resources: \\["?${what}"?\\][\\s\\S]*verbs: \\["?${verb}"?\\]`));
        expect(hands.sent).toEqual([]);
        expect(await isCordoned(FULL)).toBe(false);
      },
    );

    /** The API server's authorizer follows its roles a moment later. */
    async function withheld(what: string, verb: string): Promise<void> {
      const [resource = '', subresource] = what.split('/');
      const groups: Readonly<Record<string, string>> = {
        deployments: 'apps',
        flowschemas: 'flowcontrol.apiserver.k8s.io',
      };
      const attributes = { resource, verb, group: groups[resource] ?? '', ...(subresource ? { subresource } : {}) };
      const spec = { user: 'system:serviceaccount:nightshift:nightshift-fixer', resourceAttributes: attributes };
      const Review = z.object({ status: z.object({ allowed: z.boolean() }) });
      await until(`${verb} ${what} to be withheld`, async () => {
        const reviews = '/apis/authorization.k8s.io/v1/subjectaccessreviews';
        return Review.parse(await world.kube.must('POST', reviews, { spec })).status.allowed === false;
      });
    }
  });

  test('the ledger of all this is whole', async () => {
    expect(await audit(hands.store)).toMatchObject({ findings: [] });
  });
});
