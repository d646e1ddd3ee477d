import { expect, it } from 'vitest';
import { accounts } from '../../../engine/accounts.ts';
import { deed } from './deed.ts';

it('an incident’s account tells what was asked for, and how far each of it came', async () => {
  await using worker = await deed();
  await worker.trouble();
  const plan = await worker.requested();
  const told = async () => (await accounts(worker.acting.store)).incidents[0]?.plans;
  const at = '2026-11-21T03:00:00.000Z';

  expect(await told()).toMatchObject([{ id: plan, remedy: 'cordon', state: 'requested', at, requestedAt: at }]);
  expect((await told())?.[0]).not.toHaveProperty('executedAt');

  await worker.pass(60);
  await worker.press(plan, 'approve', 'U-LEAD');

  expect(await told()).toMatchObject([
    { state: 'applied', approvedAt: '2026-11-21T03:01:00.000Z', executedAt: '2026-11-21T03:01:00.000Z' },
  ]);
});
