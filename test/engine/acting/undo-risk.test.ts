import { expect, test } from 'vitest';
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
