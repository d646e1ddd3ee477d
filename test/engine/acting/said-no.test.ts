import { describe, expect, test } from 'vitest';
import { TryLater } from '../../../engine/errors.ts';
import { deed, rule } from './deed.ts';

const why = 'you are not among the approvers of this fix';
type Deed = Awaited<ReturnType<typeof deed>>;

/** A request, a user group of approvers, and how often Slack was asked who is in it. */
async function asked() {
  const it = await deed();
  it.rules.policy = [{ ...rule, approvers: { users: [], userGroups: ['S-LEADS'] } }];
  it.people.groups['S-LEADS'] = ['U-LEAD'];
  await it.trouble();
  const plan = await it.requested();
  let questions = 0;
  const { groupMembers } = it.acting.people;
  it.acting.people.groupMembers = async (group) => {
    questions += 1;
    return groupMembers(group);
  };
  const denied = async () => (await it.ledger()).filter(({ kind }) => kind === 'denied');
  return { it, plan, denied, questions: () => questions };
}

const toldTo = (it: Deed, who: string) => it.whispers.filter(({ user }) => user === who).map(({ text }) => text);

describe('somebody presses again and again what they may not', () => {
  test('three noes a minute are looked up and written down; the others are told the same, and counted', async () => {
    const { it, plan, denied, questions } = await asked();
    await using _ = it;
    const before = questions();
    for (let n = 0; n < 50; n += 1) await it.press(plan, 'approve', 'U-ASKER');
    expect(questions() - before).toBe(3);
    expect(await denied()).toHaveLength(3);
    const told = toldTo(it, 'U-ASKER');
    expect(told).toHaveLength(50);
    expect(told.every((words) => words.includes(why))).toBe(true);
    expect(told.at(-1)).toContain('told so 3 times within a minute: it is looked at again in 60 s');
    await it.pass(60);
    await it.press(plan, 'approve', 'U-ASKER');
    expect((await denied()).slice(3)).toEqual([
      { kind: 'denied', by: 'U-ASKER', details: { what: 'approve', why, times: 48 } },
    ]);
  });

  test('it is nobody else’s no, no other plan’s, and no other button’s', async () => {
    const { it, plan } = await asked();
    await using _ = it;
    for (let n = 0; n < 10; n += 1) await it.press(plan, 'approve', 'U-ASKER');
    await it.press(plan, 'refuse', 'U-ASKER');
    expect(await it.state(plan)).toBe('refused');
    const another = await it.requested('U-OTHER');
    it.people.groups['S-LEADS'] = ['U-LEAD', 'U-ASKER'];
    await it.press(another, 'approve', 'U-ASKER');
    expect(await it.state(another)).toBe('applied');
  });

  test('and an approver is kept out by nobody', async () => {
    const { it, plan } = await asked();
    await using _ = it;
    for (let n = 0; n < 50; n += 1) await it.press(plan, 'approve', 'U-ASKER');
    await it.press(plan, 'approve', 'U-LEAD');
    expect(await it.state(plan)).toBe('applied');
  });

  test('whoever is let into the group meanwhile may when the minute is over', async () => {
    const { it, plan } = await asked();
    await using _ = it;
    for (let n = 0; n < 5; n += 1) await it.press(plan, 'approve', 'U-NEW');
    it.people.groups['S-LEADS'] = ['U-LEAD', 'U-NEW'];
    await it.press(plan, 'approve', 'U-NEW');
    expect(await it.state(plan)).toBe('requested');
    await it.pass(60);
    await it.press(plan, 'approve', 'U-NEW');
    expect(await it.state(plan)).toBe('applied');
  });

  test('a change of the policy counts at once', async () => {
    const { it, plan } = await asked();
    await using _ = it;
    for (let n = 0; n < 5; n += 1) await it.press(plan, 'approve', 'U-NEW');
    it.rules.policy = [rule, ...it.rules.policy].map((one) => ({
      ...one,
      approvers: { ...rule.approvers, users: ['U-NEW'] },
    }));
    await it.press(plan, 'approve', 'U-NEW');
    expect(await it.state(plan)).toBe('applied');
  });

  test('while Slack says nothing each press asks anew, and no more of them are written down', async () => {
    const { it, plan, denied } = await asked();
    await using _ = it;
    const { groupMembers } = it.acting.people;
    it.acting.people.groupMembers = async () => {
      throw new TryLater('Slack does not answer', 1_000);
    };
    for (let n = 0; n < 20; n += 1) await it.press(plan, 'approve', 'U-LEAD');
    expect(await denied()).toHaveLength(3);
    expect(toldTo(it, 'U-LEAD').at(-1)).toContain('could not be looked up (Slack does not answer): try again');
    it.acting.people.groupMembers = groupMembers;
    await it.press(plan, 'approve', 'U-LEAD');
    expect(await it.state(plan)).toBe('applied');
  });
});
