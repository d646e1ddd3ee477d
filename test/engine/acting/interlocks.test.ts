import { describe, expect, test } from 'vitest';
import { deed, rule } from './deed.ts';

describe('interlocks', () => {
  test('too few healthy nodes: it cannot even be asked for', async () => {
    await using it = await deed();
    await it.trouble();
    it.cluster.setReady('worker-2', false);
    it.cluster.setReady('worker-3', false);
    const plan = await it.requested();
    expect(await it.state(plan)).toBe('shown');
    expect(it.whispers.at(-1)?.text).toContain('healthy nodes');
  });

  test('one that closes after the approval is noticed when it counts', async () => {
    await using it = await deed();
    it.rules.policy = [{ ...rule, approvals: 2 }];
    await it.trouble();
    const plan = await it.requested();
    await it.press(plan, 'approve', 'U-LEAD');
    it.cluster.setReady('worker-2', false);
    it.cluster.setReady('worker-3', false);
    await it.press(plan, 'approve', 'U-SECOND');
    expect(await it.plan(plan)).toMatchObject({ state: 'failed', because: expect.stringContaining('healthy nodes') });
    expect(it.cluster.applied).toEqual([]);
  });

  test('a freeze holds, unless somebody the policy names breaks the glass, with a reason', async () => {
    await using it = await deed();
    it.rules.policy = [{ ...rule, breakGlass: { users: ['U-SECOND'], userGroups: [] } }];
    it.rules.limits = {
      ...it.rules.limits,
      freeze: [{ name: 'the night', timeZone: 'UTC', from: '00:00', to: '06:00' }],
    };
    await it.trouble();
    const frozen = await it.requested();
    await it.press(frozen, 'approve', 'U-LEAD');
    expect(await it.plan(frozen)).toMatchObject({ state: 'failed', because: expect.stringContaining('the night') });

    await it.press(frozen, 'plan-again', 'U-ASKER');
    const glass = (user: string, reason: string) =>
      it.send({ type: 'break-glass', plan: 'plan-2', reason, by: user, channel: 'C1' });
    await glass('U-LEAD', 'the shop is down and this is why');
    await glass('U-SECOND', 'no');
    expect((await it.plan('plan-2'))?.breakGlass).toBeUndefined();
    await glass('U-SECOND', 'the shop is down and this is why');
    await it.press('plan-2', 'approve', 'U-LEAD');
    expect(await it.state('plan-2')).toBe('applied');
    expect((await it.ledger()).map(({ kind }) => kind)).toContain('broke-glass');
  });
});
