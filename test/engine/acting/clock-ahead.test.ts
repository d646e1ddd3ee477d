import { expect, test } from 'vitest';
import { approve } from '../../../engine/acting/decide.ts';
import { execute } from '../../../engine/acting/execute.ts';
import { reminderFor } from '../../../engine/acting/overdue.ts';
import { lab } from './lab.ts';

test('what died while the clock was ahead is taken up again half a minute after it is right', async () => {
  await using it = await lab([{ verb: 'cordon', node: 'worker-3' }]);
  it.rules.policy = [{ ...it.rule, expiresAfterMinutes: 1440 }];
  const { id } = await it.requested();
  await approve(it.acting, id, { user: 'U0LEAD', channel: 'C0CRASH' });
  const at = (minutes: number) => ({ now: () => new Date(Date.now() + minutes * 60_000) });
  it.faults.before = () => {
    throw new Error('killed');
  };
  await expect(execute({ ...it.acting, clock: at(300) }, id)).rejects.toThrow('killed');
  delete it.faults.before;
  expect(reminderFor(await it.plan(id), at(0).now())).toHaveLength(1);

  const soon = await execute({ ...it.acting, clock: at(0) }, id).catch((failure: unknown) => failure);
  expect(soon).toMatchObject({ code: 'TRY_LATER' });
  expect((soon as { retryAfterMs: number }).retryAfterMs).toBeLessThanOrEqual(30_000);
  await execute({ ...it.acting, clock: at(0.6) }, id);
  expect(await it.plan(id)).toMatchObject({ state: 'unknown' });
  expect(it.sent).toHaveLength(1);
});
