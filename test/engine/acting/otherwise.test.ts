import { describe, expect, test } from 'vitest';
import { execute } from '../../../engine/acting/execute.ts';
import { planLineOf } from '../../../engine/acting/plan-line.ts';
import type { Action } from '../../../engine/action.ts';
import type { Plan } from '../../../engine/plan.ts';
import { lab } from './lab.ts';

const web = { kind: 'Deployment', namespace: 'shop', name: 'web' } as const;
const raise = { verb: 'set-resources', workload: web, container: 'web', limits: { memory: '512Mi' } } as const;
const drain = { verb: 'drain', node: 'worker-3', allow: ['local-storage', 'bare-pods'] } as const;
const FIELD = 'spec.template.spec.containers[web].resources.limits.memory';
const DIFFERENCE = `${FIELD}: "512Mi" was meant, the API server has "384Mi"`;

/** A webhook that was not asked in the rehearsal, and writes something else. */
const instead =
  (from: string, to: string) =>
  (action: Action): Action =>
    JSON.parse(JSON.stringify(action).replaceAll(from, to));
const capped = instead('"512Mi"', '"384Mi"');

type Lab = Awaited<ReturnType<typeof lab>>;
const limitNow = async ({ cluster }: Lab) => {
  const { body } = await cluster.source.read(
    { verb: 'get', ...web, fresh: true },
    { deadlineMs: 5_000, maxBytes: 1_000_000 },
  );
  return JSON.stringify(body).match(/"limits":\{[^}]*"memory":"(\w+)"/)?.[1];
};

async function raised(it: Lab): Promise<Plan> {
  it.faults.admitted = capped;
  const { id } = await it.requested();
  const plan = await it.approved(id);
  delete it.faults.admitted;
  return plan;
}

describe('a request that the API server takes and stores otherwise than was rehearsed', () => {
  test('is applied, but otherwise than shown: its message, the card and the ledger say what differs', async () => {
    await using it = await lab([raise]);
    const plan = await raised(it);
    const words = `applied, but otherwise than shown: patch Deployment shop/web: ${DIFFERENCE}`;
    expect(plan).toMatchObject({
      state: 'applied',
      because: words,
      steps: [{ state: 'done', otherwise: [DIFFERENCE] }],
    });
    expect(await limitNow(it)).toBe('384Mi');
    expect(await it.card(plan.id)).toMatchObject({
      headline: 'Fix it: applied, but otherwise than shown; not verified yet',
      buttons: ['undo'],
    });
    expect(planLineOf(plan).steps.at(-1)).toMatchObject({
      word: 'applied',
      note: `but otherwise than shown: patch Deployment shop/web: ${DIFFERENCE}`,
    });
    expect((await it.ledger(plan.id)).filter(({ kind }) => kind === 'applied')).toMatchObject([
      { details: { step: '1 of 1', because: `applied, but otherwise than shown: ${DIFFERENCE}` } },
    ]);
  });

  test('is not sent again, however long it is looked at', async () => {
    await using it = await lab([raise]);
    const { id } = await raised(it);
    await it.pass(3_600);
    await it.send({ type: 'execute', plan: id });
    expect(it.sent).toHaveLength(1);
  });

  test('is taken back like any other: from what was stored to what was there before', async () => {
    await using it = await lab([raise]);
    const before = await limitNow(it);
    const { id } = await raised(it);
    await it.press(id, 'undo', 'U0ASKER');
    const undo = await it.latest();
    expect(undo).toMatchObject({ state: 'requested', blocked: [], diff: [{ before: '384Mi', after: before }] });
    expect(await it.approved(undo.id)).toMatchObject({ state: 'applied' });
    expect(await limitNow(it)).toBe(before);
    expect(await it.plan(id)).toMatchObject({ takenBack: { plan: undo.id } });
  });

  test('is left to whoever has changed what was stored since', async () => {
    await using it = await lab([raise]);
    const { id } = await raised(it);
    await it.behindOurBack({ ...raise, limits: { memory: '448Mi' } });
    await it.press(id, 'undo', 'U0ASKER');
    expect((await it.latest()).blocked).toEqual([`Deployment shop/web ${FIELD} is 448Mi now, and was left as 384Mi`]);
  });

  test('is the last of its plan: nothing that was to follow is sent', async () => {
    await using it = await lab([drain]);
    it.faults.admitted = instead('"unschedulable":true', '"unschedulable":false');
    const { id } = await it.requested();
    const plan = await it.approved(id);
    expect(plan).toMatchObject({
      state: 'partly-applied',
      because:
        'stopped after 1 of 4 steps: applied, but otherwise than shown: spec.unschedulable: true was meant, the API server has nothing',
    });
    await it.pass(3_600);
    expect(it.sent).toHaveLength(1);
  });

  test('is the last also where the process ends right after it', async () => {
    await using it = await lab([drain]);
    it.faults.admitted = instead('"unschedulable":true', '"unschedulable":false');
    const { id } = await it.requested();
    const { because: _unsaid, endedAt: _open, ...plan } = await it.approved(id);
    await it.store.put({ collection: 'plans', id, value: { ...plan, state: 'executing' }, expect: 'any' });
    await it.pass(60);
    await execute(it.acting, id);
    expect(await it.plan(id)).toMatchObject({
      state: 'partly-applied',
      because: expect.stringMatching(
        /^stopped after 1 of 4 steps: applied, but otherwise than shown: patch Node worker-3:/,
      ),
    });
    expect(it.sent).toHaveLength(1);
  });

  test('of an undo has taken nothing back, and is not said to be as it was before', async () => {
    await using it = await lab([raise]);
    const before = await limitNow(it);
    const { id } = await it.requested();
    await it.approved(id);
    await it.press(id, 'undo', 'U0ASKER');
    const undo = await it.latest();
    it.faults.admitted = instead(`"${before}"`, '"384Mi"');
    expect(await it.approved(undo.id)).toMatchObject({
      state: 'applied',
      because: expect.stringContaining('otherwise than shown'),
    });
    for (let look = 0; look < 60; look += 1) await it.passEverywhere(30);
    expect(await it.plan(undo.id)).toMatchObject({
      verification: { verdict: 'not-fixed', reason: expect.stringContaining('"384Mi"') },
    });
    const first = await it.plan(id);
    expect(first.takenBack).toBeUndefined();
    expect(first.verification).toMatchObject({ verdict: 'not-fixed' });

    delete it.faults.admitted;
    await it.press(id, 'undo', 'U0ASKER');
    const again = await it.latest();
    expect(again).toMatchObject({ blocked: [], diff: [{ before: '384Mi', after: before }] });
    await it.approved(again.id);
    expect(await it.plan(id)).toMatchObject({ takenBack: { plan: again.id } });
  });
});
