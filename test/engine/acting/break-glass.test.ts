import { describe, expect, test } from 'vitest';
import { deed, rule } from './deed.ts';

const night = { name: 'the night', timeZone: 'UTC', from: '00:00', to: '06:00' };
const reason = 'the shop is down and this is why';

/** A request under a freeze, and somebody who may break the glass. */
async function frozen() {
  const it = await deed();
  it.rules.policy = [{ ...rule, breakGlass: { users: ['U-BOSS'], userGroups: [] } }];
  await it.trouble();
  const plan = await it.requested();
  it.rules.limits = { ...it.rules.limits, freeze: [night] };
  const glass = (why = reason) => it.send({ type: 'break-glass', plan, reason: why, by: 'U-BOSS', channel: 'C1' });
  return { it, plan, glass };
}

describe('whoever breaks the glass', () => {
  test('is heard in the channel, by a message of its own', async () => {
    const { it, plan, glass } = await frozen();
    await using _ = it;
    const inChannel = () => it.channel.posts.filter(({ thread }) => !thread);
    const before = inChannel().length;
    await glass();
    expect(inChannel()).toHaveLength(before + 1);
    const { message } = inChannel().at(-1) ?? {};
    expect(message).toMatchObject({
      kind: 'break-glass',
      card: { plan: { id: plan, breakGlass: { by: 'U-BOSS', reason, interlocks: ['freeze-window'] } } },
    });
  });

  test('stands on the card of the incident, with the reason', async () => {
    const { it, glass } = await frozen();
    await using _ = it;
    await glass();
    const { steps = [] } = it.channel.cards().at(-1)?.plans.at(-1) ?? {};
    expect(steps).toContainEqual({ word: 'broke-glass', by: 'U-BOSS', at: expect.any(String), note: reason });
  });

  test('is written down with what was passed over', async () => {
    const { it, glass } = await frozen();
    await using _ = it;
    await glass();
    expect((await it.ledger()).at(-1)).toMatchObject({
      kind: 'broke-glass',
      by: 'U-BOSS',
      details: { reason, interlocks: ['freeze-window'], although: expect.stringContaining('the night') },
    });
  });

  test('cannot do it in advance, while nothing stands in the way', async () => {
    const { it, plan, glass } = await frozen();
    await using _ = it;
    it.rules.limits = { ...it.rules.limits, freeze: [] };
    await glass();
    expect(it.whispers.at(-1)?.text).toContain('nothing stands in the way');
    expect((await it.plan(plan))?.breakGlass).toBeUndefined();
  });

  test('answers for what stood in the way then, and for nothing that comes later', async () => {
    const { it, plan, glass } = await frozen();
    await using _ = it;
    await glass();
    it.rules.limits = { ...it.rules.limits, actionsPerHour: 0 };
    await it.press(plan, 'approve', 'U-LEAD');
    expect(it.whispers.at(-1)?.text).toContain('Not too many actions');
    expect(await it.state(plan)).toBe('requested');
    await glass('and no more actions either, for the same reason');
    await it.press(plan, 'approve', 'U-LEAD');
    expect(await it.state(plan)).toBe('applied');
    expect(it.channel.posts.filter(({ message }) => message.kind === 'break-glass')).toHaveLength(2);
  });

  test('is told once, however often the message comes', async () => {
    const { it, plan, glass } = await frozen();
    await using _ = it;
    await glass();
    const body = { incident: (await it.plan(plan))?.incident ?? '', what: 'break-glass' as const, plan };
    await it.queue.send([{ queue: 'announce', group: 'again', body }]);
    await it.settle();
    expect(it.channel.posts.filter(({ message }) => message.kind === 'break-glass')).toHaveLength(1);
  });
});
