import { describe, expect, test } from 'vitest';
import { renderPlan } from '../../../infra/slack/render-plan.ts';
import { lab } from './lab.ts';

const taint = { key: 'example.com/x', effect: 'NoExecute' } as const;

test('the undo of a harmless change that ends pods has the risk of what it does, and needs a rule for that', async () => {
  await using it = await lab([{ verb: 'untaint', node: 'worker-3', taint }]);
  await it.behindOurBack({ verb: 'taint', node: 'worker-3', taint });
  it.rules.policy = [{ ...it.rule, risks: ['low'] }];
  const { id, risk } = await it.requested();
  expect(risk).toBe('low');
  expect(await it.approved(id)).toMatchObject({ state: 'applied' });

  await it.press(id, 'undo', 'U0ASKER');

  const undo = await it.latest();
  expect(undo).toMatchObject({ undoes: id, risk: 'high', state: 'shown' });
  expect(await it.approved(undo.id)).toMatchObject({ state: 'shown', approvals: [] });
  expect((await it.ledger(undo.id)).at(-1)).toMatchObject({ kind: 'denied' });
  expect(await it.card(undo.id)).toMatchObject({ mayRequest: false, approvers: { users: [] } });
});

test('what nobody may take back is not offered to be taken back: no button, and before it is applied it says so', async () => {
  await using it = await lab([{ verb: 'untaint', node: 'worker-3', taint }]);
  await it.behindOurBack({ verb: 'taint', node: 'worker-3', taint });
  it.rules.policy = [{ ...it.rule, risks: ['low'] }];
  const { id } = await it.requested();
  const why =
    /^no rule of the policy in nightshift.yaml allows \S+ at risk high in cluster \S+, so nobody may approve it$/;
  const before = await it.card(id);
  expect(before.undoNobodyBecause).toMatch(why);
  const shown = JSON.stringify(renderPlan(before, 12_000));
  expect(shown).toContain('Cannot be undone from here: ');
  expect(shown).toContain('at risk high');
  expect(await it.approved(id)).toMatchObject({ state: 'applied' });
  expect((await it.card(id)).buttons).toEqual([]);

  await it.press(id, 'undo', 'U0ASKER');
  expect((await it.told()).at(-1)).toContain('at risk high');

  it.rules.policy = [it.rule];
  expect(await it.card(id)).toMatchObject({ buttons: ['undo'] });
});

describe('the undo of an undo, which makes the change once more', () => {
  const uncordon = { verb: 'uncordon', node: 'worker-3' } as const;

  /** A fix that its runbook puts at medium risk, which two approve; taken back, which one does. */
  async function takenBack(unavailable = (): string | undefined => undefined) {
    const it = await lab([uncordon], { risk: 'medium', unavailable });
    await it.behindOurBack({ verb: 'cordon', node: 'worker-3' });
    it.rules.limits = { ...it.rules.limits, coolDownMinutes: 0 };
    const two = { users: ['U0LEAD', 'U0TWO'], userGroups: [] };
    it.rules.policy = [
      { ...it.rule, risks: ['none', 'low'] },
      { ...it.rule, risks: ['medium', 'high'], approvals: 2, approvers: two },
    ];
    const { id } = await it.requested();
    await it.approved(id);
    expect(await it.press(id, 'approve', 'U0TWO')).toMatchObject({ risk: 'medium', state: 'applied' });
    await it.press(id, 'undo', 'U0ASKER');
    const undo = await it.approved((await it.latest()).id);
    expect(undo).toMatchObject({ undoes: id, risk: 'low', state: 'applied' });
    return { it, undo };
  }

  test('has the risk that the fix had, and needs as many', async () => {
    const { it, undo } = await takenBack();
    await using _ = it;
    await it.press(undo.id, 'undo', 'U0ASKER');
    const { id } = await it.latest();
    expect(await it.approved(id)).toMatchObject({ undoes: undo.id, risk: 'medium', state: 'requested' });
    expect(await it.press(id, 'approve', 'U0TWO')).toMatchObject({ state: 'applied' });
  });

  test('rests on what the fix rests on: not when it does not fit any more', async () => {
    let because: string | undefined;
    const { it, undo } = await takenBack(() => because);
    await using _ = it;
    await it.told();
    because = 'the node is not Ready';
    await it.press(undo.id, 'undo', 'U0ASKER');
    expect(await it.latest()).toMatchObject({ id: undo.id });
    expect((await it.told()).at(-1)).toContain('the node is not Ready');
  });
});
