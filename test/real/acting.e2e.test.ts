import { readFile } from 'node:fs/promises';
import { Client, Pool } from 'undici';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { audit } from '../../engine/acting/audit.ts';
import { planCardOf } from '../../engine/acting/plan-card.ts';
import { startWebhook } from '../harness/admission-webhook.ts';
import { needs } from '../harness/programs.ts';
import type { ServiceAccount } from '../harness/service-account.ts';
import { until } from '../harness/until.ts';
import type { Hands } from './support/acting/hands.ts';
import { type Stage, startStage } from './support/acting/stage.ts';
import { type ActingWorld, BUDGET, CROWD, type Fix, FULL, GUARDED, path } from './support/acting/world.ts';

const Spec = z.object({
  metadata: z.object({ uid: z.string() }),
  spec: z.looseObject({ taints: z.array(z.looseObject({})).optional() }),
});
const ALL = CROWD + GUARDED;

describe.skipIf(needs('etcd', 'openssl', 'kube-apiserver', 'kube-controller-manager'))('on a real API server', () => {
  let stage: Stage;
  let world: ActingWorld;
  let hands: Hands;
  let noisy: ServiceAccount;
  beforeAll(async () => {
    stage = await startStage();
    ({ world, hands } = stage);
    const rules = [{ apiGroups: [''], resources: ['nodes', 'pods'], verbs: ['get', 'list'] }];
    noisy = await world.plane.serviceAccount('noisy', rules);
  });
  afterAll(() => stage?.[Symbol.asyncDispose]());

  const specOf = async (what: string) => {
    const { taints, ...spec } = Spec.parse(await world.get(what)).spec;
    // The controller manager taints cordoned nodes, with the time it did.
    return { ...spec, taints: taints?.map(({ timeAdded: _time, ...taint }) => taint) };
  };
  const uidOf = async (what: string) => Spec.parse(await world.get(what)).metadata.uid;

  /** Opened, asked for and approved: applied, each request once, and every step of it in the ledger. */
  async function applied(fix: Fix): Promise<string> {
    const id = await hands.requested(fix);
    await appliedAs(id);
    return id;
  }
  async function appliedAs(id: string): Promise<void> {
    const before = hands.sent.length;
    const plan = await hands.approved(id);
    expect(plan).toMatchObject({ state: 'applied' });
    expect(hands.sent).toHaveLength(before + plan.steps.length);
    const kinds = (await hands.ledger(id)).map(({ kind }) => kind);
    expect(kinds.slice(-3 - plan.steps.length)).toEqual([
      ...['approved', 'rehearsed', 'executing'],
      ...plan.steps.map(() => 'applied'),
    ]);
  }

  /** By a plan of its own, asked for and approved like any other; verified by what it changed. */
  async function takenBack(id: string, still?: () => Promise<void>): Promise<void> {
    const undo = await hands.anew(id, 'undo');
    expect(await hands.plan(undo)).toMatchObject({ state: 'requested', undoes: id, approvals: [] });
    await appliedAs(undo);
    expect(await hands.plan(id)).toMatchObject({ takenBack: { plan: undo } });
    // A rollout that the undo began has to be over before it counts.
    await still?.();
    await hands.pass(60);
    expect((await hands.plan(undo)).verification).toMatchObject({
      verdict: 'fixed',
      reason: 'it is as it was before',
    });
  }

  const requests = { cpu: '25m' };
  test.each<[Fix, string, object]>([
    ['cordon', path.node('worker-1'), { unschedulable: true }],
    ['uncordon', path.node('worker-3'), { unschedulable: undefined }],
    ['taint', path.node('worker-1'), { taints: [{ key: 'lab', value: 'yes', effect: 'NoSchedule' }] }],
    ['untaint', path.node('worker-4'), { taints: undefined }],
    ['pause', path.deployment('web'), { paused: true }],
    ['resume', path.deployment('frozen'), { paused: undefined }],
    ['scale', path.deployment('web'), { replicas: 3 }],
    [
      'set-resources',
      path.deployment('web'),
      { template: { spec: { containers: [{ resources: { requests, limits: { cpu: '1' } } }] } } },
    ],
    [
      'undo',
      path.deployment('rolled'),
      { template: { spec: { containers: [{ image: 'registry.example/rolled:v1' }] } } },
    ],
  ])('%s is applied, and taken back: as it was before', async (fix, what, after) => {
    const name = what.split('/').at(-1) ?? '';
    const still = async () => {
      if (what.includes('/deployments/') && !['pause', 'resume'].includes(fix)) await world.settled(name);
      await world.quiet(what);
    };
    await still();
    const before = await specOf(what);
    const id = await applied(fix);
    const changed = await specOf(what);
    expect({ ...changed, ...missing(after, changed) }).toMatchObject(after);
    expect(changed).not.toEqual(before);
    await still();
    await takenBack(id, still);
    await until('it to be as before', async () => expect(await specOf(what)).toEqual(before) ?? true);
  });

  test('annotate is applied, and taken back: as it was before', async () => {
    const noteOf = async () =>
      z
        .object({ metadata: z.object({ annotations: z.record(z.string(), z.string()).default({}) }) })
        .parse(await world.get(path.node('worker-1'))).metadata.annotations['nightshift.dev/note'];
    const id = await applied('annotate');
    expect(await noteOf()).toBe('seen');
    await takenBack(id);
    expect(await noteOf()).toBeUndefined();
  });

  test('restart replaces every pod, and says beforehand that nothing takes it back', async () => {
    const before = (await world.podsOf('labelSelector=app%3Dweb')).map(({ uid }) => uid);
    const id = await applied('restart');
    await world.settled('web');
    await until('the old pods to be gone', async () =>
      (await world.podsOf('labelSelector=app%3Dweb')).every(({ uid }) => !before.includes(uid)),
    );
    await expectNoUndo(id);
  });

  test.each<[Fix, string]>([
    ['evict', 'db-0'],
    ['delete-pod', 'db-1'],
  ])('%s ends this very pod, and its controller starts another of the same name', async (fix, name) => {
    await world.settled('db', 'statefulsets');
    const uid = await uidOf(path.pod(name));
    const id = await applied(fix);
    await until('another one', async () => (await uidOf(path.pod(name))) !== uid);
    await expectNoUndo(id);
  });

  async function expectNoUndo(id: string): Promise<void> {
    const plan = await hands.plan(id);
    expect(plan.inverse).toEqual({ none: expect.any(String) });
    expect((await planCardOf(hands.acting, plan)).buttons).toEqual([]);
    await hands.press(id, 'undo', 'U-ASKER');
    expect(hands.whispers.at(-1)?.text).toContain('cannot be undone');
  }

  describe(`a drain of a node with ${ALL} pods`, () => {
    test('under a budget that allows nothing cannot be asked for, and says which budget and which pods', async () => {
      await world.setBudget(BUDGET, GUARDED, 'guarded');
      const plan = await hands.open('drain');
      expect(plan.blocked).toEqual([
        expect.stringMatching(/^budget shop\/guard allows no disruption now: 3 of 3 .* it holds 3 pods here: guarded-/),
      ]);
      await hands.request(plan.id);
      expect(await hands.plan(plan.id)).toMatchObject({ state: 'shown' });
      expect(hands.whispers.at(-1)?.text).toContain('budget shop/guard');
    });

    test('stops at the first pod that its budget holds, and says which; once that is raised the rest goes', async () => {
      await world.fill();
      const id = await hands.requested('drain');
      const shown = await hands.plan(id);
      expect(shown.diff).toHaveLength(1 + ALL);
      expect(
        shown.effects.filter((line) => line.includes('unless its budget allows it by then: budget shop/guard')),
      ).toHaveLength(GUARDED - 1);
      expect(shown.effects.filter((line) => line.startsWith('skip shop/agent-'))).toHaveLength(1);

      // Cordon, crowd, guarded, crowd: the second guarded one finds its budget used up.
      const stopped = await hands.approved(id);
      expect(stopped).toMatchObject({
        state: 'partly-applied',
        because: expect.stringMatching(/^stopped after 4 of 16 steps: evict Pod shop\/guarded-\S+: .*shop\/guard\b/),
      });
      expect(stopped.steps.map(({ state }) => state)).toEqual([
        ...['done', 'done', 'done', 'done', 'failed'],
        ...Array.from({ length: ALL - 4 }, () => 'waiting'),
      ]);
      expect(await specOf(path.node(FULL))).toMatchObject({ unschedulable: true });
      expect(await world.onFullNode()).toHaveLength(ALL - 3);
      await hands.pass(3_600);
      expect(await world.onFullNode()).toHaveLength(ALL - 3);

      await world.setBudget(BUDGET, 0, 'guarded');
      const rest = await hands.anew(id, 'plan-again');
      expect((await hands.plan(rest)).diff).toHaveLength(ALL - 3);
      await appliedAs(rest);
      expect(await world.onFullNode()).toEqual([]);
      const evicted = hands.sent.flatMap((action) => (action.verb === 'evict' ? [action.uid] : []));
      // The one that was refused was asked for twice; it was evicted once.
      expect(evicted.filter((uid, index) => evicted.indexOf(uid) !== index)).toHaveLength(1);
    });

    test('of one go is taken back by an uncordon, and says that it brings no pod back', async () => {
      await world.fill();
      await world.setBudget(BUDGET, 0, 'guarded');
      const before = await specOf(path.node(FULL));
      const id = await applied('drain');
      expect((await hands.plan(id)).effects.join('\n')).toContain('uncordoning does not bring them back');
      expect(await world.onFullNode()).toEqual([]);
      await takenBack(id);
      await until('it to be as before', async () => expect(await specOf(path.node(FULL))).toEqual(before) ?? true);
    });
  });

  test('what a webhook stores instead of it is applied otherwise than shown, and taken back from there', async () => {
    const [object, label] = [path.deployment('web'), { whim: 'yes' }];
    const cpuOf = async () => JSON.stringify(await specOf(object)).match(/"limits":\{"cpu":"(\w+)"/)?.[1];
    const still = () => world.settled('web').then(() => world.quiet(object));
    await world.merge(object, { metadata: { labels: label } });
    await still();
    const limit = { op: 'replace', path: '/spec/template/spec/containers/0/resources/limits/cpu', value: '500m' };
    const whim = { apiGroup: 'apps', resource: 'deployments', object, label, patch: [limit] };
    const webhook = await startWebhook(world.plane, whim);
    const id = await hands.requested('set-resources');
    const plan = await hands.approved(id);
    await webhook.disposeAsync();
    const because = expect.stringMatching(
      /^applied, but otherwise than shown: .*"1" was meant, the API server has "500m"$/,
    );
    expect(plan).toMatchObject({ state: 'applied', because });
    expect(await cpuOf()).toBe('500m');
    await still();
    await takenBack(id, still);
    expect(await cpuOf()).toBeUndefined();
  });

  describe('the isolation of a noisy flow', () => {
    test('gives its requests a level of their own, where too many are refused; taken back they share again', async () => {
      const objects = ['flowschemas', 'prioritylevelconfigurations'].map(
        (plural) => `/apis/flowcontrol.apiserver.k8s.io/v1beta1/${plural}/nightshift-noisy`,
      );
      const before = await schemaOf(noisy.token);
      expect(await refusedOf(noisy.token, 240)).toBe(0);

      const id = await applied('isolate');
      const own = await uidOf(objects[0] ?? '');
      await until('its own schema to hold', async () => (await schemaOf(noisy.token)) === own);
      const other = await world.plane.serviceAccount('quiet', []);
      expect(await schemaOf(other.token)).toBe(before);
      expect(await refusedOf(noisy.token, 240)).toBeGreaterThan(0);

      await takenBack(id);
      await until('the former schema to hold', async () => (await schemaOf(noisy.token)) === before);
      for (const what of objects) expect((await world.kube.call('GET', what)).status).toBe(404);
    });

    /** Which FlowSchema took the request: the API server says so in a header. */
    async function schemaOf(token: string): Promise<unknown> {
      const client = new Client(world.plane.url, { connect: { ca: await readFile(world.plane.caFile) } });
      const headers = { authorization: `Bearer ${token}` };
      const answer = await client.request({ method: 'GET', path: '/api/v1/nodes?limit=1', headers });
      await answer.body.dump();
      await client.close();
      return answer.headers['x-kubernetes-pf-flowschema-uid'];
    }

    /** How many of so many requests at once are answered 429. */
    async function refusedOf(token: string, count: number): Promise<number> {
      const ca = await readFile(world.plane.caFile);
      const pool = new Pool(world.plane.url, { connections: count, connect: { ca } });
      const ask = async () => {
        const headers = { authorization: `Bearer ${token}` };
        const answer = await pool.request({ method: 'GET', path: '/api/v1/pods', headers });
        await answer.body.dump();
        return answer.statusCode;
      };
      const all = () => Promise.all(Array.from({ length: count }, ask));
      const statuses = [...(await all()), ...(await all())]; // the first time connections are still being made
      await pool.close();
      return statuses.filter((status) => status === 429).length;
    }
  });

  test('what was done is verified by the evidence: fixed once the trouble is gone, not before', async () => {
    // Nothing that was done before may have helped any more.
    await hands.pass(1_200);
    const id = await applied('annotate');
    await hands.pass(10);
    expect((await hands.plan(id)).verification).toMatchObject({ verdict: 'waiting', reason: 'its label says so' });
    await world.setTrouble(null);
    await hands.pass(10);
    expect((await hands.plan(id)).verification).toMatchObject({ verdict: 'fixed', reason: 'no such label' });
    await world.setTrouble('yes');
  });

  test('the ledger of all this is whole', async () => {
    expect(await audit(hands.store)).toMatchObject({ findings: [] });
  });
});

/** Fields that are expected to be absent, so that an object without them matches. */
function missing(expected: object, found: object): object {
  const absent = Object.entries(expected).filter(([key, value]) => value === undefined && !(key in found));
  return Object.fromEntries(absent);
}
