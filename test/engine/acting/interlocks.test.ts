import { describe, expect, test } from 'vitest';
import { approve } from '../../../engine/acting/decide.ts';
import { defaultLimits } from '../../../engine/acting/limits.ts';
import { deed, rule } from './deed.ts';

/** Then none can be taken out, whether it works or not. */
function allHaveToStay(it: Awaited<ReturnType<typeof deed>>) {
  it.rules.limits = { ...it.rules.limits, readyNodesPercent: 100 };
}

describe('interlocks', () => {
  test('all nodes of a pool have to stay ready where the team says so: none can be taken out', async () => {
    await using it = await deed();
    allHaveToStay(it);
    await it.trouble();
    const plan = await it.requested();
    expect(it.whispers.at(-1)?.text).toContain('3 of 4 would be left ready and schedulable; at least 4 must');
    expect(await it.state(plan)).toBe('shown');
  });

  test('one that closes while it waits: whoever approves is told, and the request stays open', async () => {
    await using it = await deed();
    it.rules.policy = [{ ...rule, approvals: 2 }];
    await it.trouble();
    const plan = await it.requested();
    await it.press(plan, 'approve', 'U-LEAD');
    allHaveToStay(it);
    await it.press(plan, 'approve', 'U-SECOND');
    expect(it.whispers.at(-1)).toMatchObject({
      user: 'U-SECOND',
      text: expect.stringMatching(/not now: Enough healthy nodes.*The request stays open/),
    });
    expect(it.message(plan).waitsFor).toEqual([
      { why: expect.stringContaining('it cannot be approved now: Enough healthy nodes') },
    ]);
    expect(await it.plan(plan)).toMatchObject({ state: 'requested', approvals: [{ by: 'U-LEAD' }] });
    it.rules.limits = defaultLimits;
    await it.press(plan, 'approve', 'U-SECOND');
    expect(await it.state(plan)).toBe('applied');
  });

  test('one that closes after the approval is noticed when it counts', async () => {
    await using it = await deed();
    await it.trouble();
    const plan = await it.requested();
    await approve(it.acting, plan, { user: 'U-LEAD', channel: 'C1' });
    allHaveToStay(it);
    await it.settle();
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
    expect(await it.state(frozen)).toBe('requested');
    expect(it.whispers.at(-1)?.text).toContain('the night (until Sat 2026-11-21 06:00, UTC)');

    const glass = (user: string, reason: string) =>
      it.send({ type: 'break-glass', plan: frozen, reason, by: user, channel: 'C1' });
    await glass('U-LEAD', 'the shop is down and this is why');
    await glass('U-SECOND', 'no');
    expect((await it.plan(frozen))?.breakGlass).toBeUndefined();
    await glass('U-SECOND', 'the shop is down and this is why');
    await it.press(frozen, 'approve', 'U-LEAD');
    expect(await it.state(frozen)).toBe('applied');
    expect((await it.ledger()).map(({ kind }) => kind)).toContain('broke-glass');
  });
});
