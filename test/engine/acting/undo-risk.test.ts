import { expect, test } from 'vitest';
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

  expect(await it.latest()).toMatchObject({ id });
  expect((await it.ledger(id)).at(-1)).toMatchObject({ kind: 'denied' });
  expect((await it.told()).at(-1)).toContain('You may not request "Undo: ');

  it.rules.policy = [it.rule];
  await it.press(id, 'undo', 'U0ASKER');
  const undo = await it.latest();
  expect(undo).toMatchObject({ undoes: id, risk: 'high', state: 'requested' });
  it.rules.policy = [{ ...it.rule, risks: ['low'] }];
  expect(await it.approved(undo.id)).toMatchObject({ state: 'requested', approvals: [] });
  expect((await it.ledger(undo.id)).at(-1)).toMatchObject({ kind: 'denied' });
  expect(await it.card(undo.id)).toMatchObject({ mayRequest: false, approvers: { users: [] } });
});

test('who may ask for an undo is said by the rule for what it does, not by the rule for what it takes back', async () => {
  await using it = await lab([{ verb: 'taint', node: 'worker-3', taint }]);
  it.rules.limits = { ...it.rules.limits, readyNodesPercent: 1 };
  const { id, risk } = await it.requested();
  expect(risk).toBe('high');
  expect(await it.approved(id)).toMatchObject({ state: 'applied' });

  // It has done harm, and is not to be done again: that keeps nobody from taking it back.
  const others = { users: ['U0OTHER'], userGroups: [] };
  it.rules.policy = [
    { ...it.rule, risks: ['high'], requesters: others },
    { ...it.rule, risks: ['low'] },
  ];
  await it.press(id, 'undo', 'U0ASKER');
  expect(await it.latest()).toMatchObject({ undoes: id, risk: 'low', state: 'requested' });
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

test('an undo has none: to make the change once more is to ask for the fix, with its risk and what it rests on', async () => {
  const uncordon = { verb: 'uncordon', node: 'worker-3' } as const;
  await using it = await lab([uncordon], { risk: 'medium' });
  await it.behindOurBack({ verb: 'cordon', node: 'worker-3' });
  it.rules.limits = { ...it.rules.limits, coolDownMinutes: 0 };
  const { id } = await it.requested();
  expect(await it.approved(id)).toMatchObject({ risk: 'medium', state: 'applied' });
  await it.press(id, 'undo', 'U0ASKER');
  const shown = await it.card((await it.latest()).id);
  expect(JSON.stringify(renderPlan(shown, 12_000))).toContain('ask for the fix itself');
  const undo = await it.approved(shown.plan.id);
  expect(undo).toMatchObject({ undoes: id, risk: 'low', state: 'applied', inverse: { none: expect.anything() } });
  expect((await it.card(undo.id)).buttons).toEqual([]);
  await it.told();

  await it.press(undo.id, 'undo', 'U0ASKER');

  expect(await it.latest()).toMatchObject({ id: undo.id });
  expect((await it.told()).at(-1)).toContain('ask for the fix itself');
  expect(await it.requested()).toMatchObject({ risk: 'medium', state: 'requested' });
});

test('an undo that an earlier version made with one has none either', async () => {
  await using it = await lab([{ verb: 'uncordon', node: 'worker-3' }]);
  await it.behindOurBack({ verb: 'cordon', node: 'worker-3' });
  const { id } = await it.requested();
  await it.approved(id);
  await it.press(id, 'undo', 'U0ASKER');
  const undo = await it.approved((await it.latest()).id);
  const stored = await it.store.get('plans', undo.id);
  const value = { ...undo, inverse: [{ verb: 'uncordon', node: 'worker-3' }] };
  await it.store.put({ collection: 'plans', id: undo.id, value, expect: stored?.version ?? 'absent' });

  expect((await it.card(undo.id)).buttons).toEqual([]);
  await it.told();
  await it.press(undo.id, 'undo', 'U0ASKER');
  expect(await it.latest()).toMatchObject({ id: undo.id });
  expect((await it.told()).at(-1)).toContain('ask for the fix itself');
});
