import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Plan } from '../../engine/plan.ts';
import { openDatabase } from '../../infra/local/store/open.ts';
import { modalValue } from '../../infra/slack/values.ts';
import { openAttackRoom } from './attack-room.ts';
import { until } from './process.ts';

type Room = Awaited<ReturnType<typeof openAttackRoom>>;

describe('a request that waits for approval, attacked through the door Slack knocks at', () => {
  let room: Room;
  let plan: string;
  /** The same in another cluster, where only U0BOSS may approve. */
  let elsewhere: string;
  beforeAll(async () => {
    room = await openAttackRoom();
    plan = await room.requested('eu');
    elsewhere = await room.requested('us');
  }, 40_000);
  afterAll(() => room[Symbol.asyncDispose]());

  async function nothingHappened(): Promise<void> {
    expect(await room.plan(plan)).toMatchObject({ state: 'requested', approvals: [] });
    expect(await room.plan(elsewhere)).toMatchObject({ state: 'requested', approvals: [] });
    expect([...room.eu.writes, ...room.us.writes]).toEqual([]);
  }
  const deniedTo = async (user: string) =>
    (await room.ledger()).filter(({ kind, by }) => kind === 'denied' && by === user).length;

  it.each([
    ['signed by somebody else', { by: 'another secret' }],
    ['ten minutes old', { at: Date.now() / 1000 - 600 }],
    ['ten minutes ahead', { at: Date.now() / 1000 + 600 }],
  ])('%s: not let in', async (_what, signing) => {
    expect(await room.press('U0LEAD', 'approve', plan, signing)).toBe(401);
    await nothingHappened();
  });

  it('a genuine signature over another body: not let in', async () => {
    const at = String(Math.floor(Date.now() / 1000));
    const genuine = new URLSearchParams({ payload: JSON.stringify(room.click('U0ASKER', 'approve', plan)) }).toString();
    expect(await room.answer('U0ASKER', () => room.deliver(genuine, at))).toContain('You may not approve');
    expect(await room.deliverWith(genuine.replace('U0ASKER', 'U0LEAD'), at, room.signed(genuine, at))).toBe(401);
    await nothingHappened();
  });

  it.each([
    ['U0ASKER', 'you asked for it yourself'],
    ['U0GUEST', 'guests of the workspace may not'],
    ['U0GONE', 'this account is deactivated'],
    ['U0ROBOT', 'bots may not'],
    ['U0AWAY', 'people of other workspaces may not'],
    ['U0BOSS', 'not among the approvers'],
  ])('a click of %s: told why, alone, and written down', async (user, why) => {
    const before = await deniedTo(user);
    expect(await room.answer(user, () => room.press(user, 'approve', plan))).toContain(why);
    expect(await deniedTo(user)).toBe(before + 1);
    expect(room.slack.messages.some(({ text }) => text.includes(why))).toBe(false);
    await nothingHappened();
  });

  it('of another workspace altogether: told so, and written down, each thing once an hour', async () => {
    const denied = async () =>
      (await room.ledger()).filter(({ kind, details }) => kind === 'denied' && details?.team === 'T0OTHER');
    for (let n = 0; n < 20; n += 1) expect(await room.send(room.click('U0LEAD', 'approve', plan, 'T0OTHER'))).toBe(200);
    const answers = () => room.told.filter((words) => words.includes('Only members of the workspace'));
    await until(() => answers().length === 20 || undefined, 'the answers');
    await until(async () => (await denied()).length > 0 || undefined, 'an entry');
    // What comes later in the same line was worked on after all of them.
    await room.send(room.click('U0LEAD', 'refuse', plan, 'T0OTHER'));
    await room.send(room.click('U0LEAD', 'approve', elsewhere, 'T0OTHER'));
    await until(async () => (await denied()).some((entry) => entry.plan === elsewhere) || undefined, 'the last entry');
    expect(await denied()).toMatchObject([
      { by: 'U0LEAD', plan, details: { what: 'approve', why: 'people of other workspaces may not' } },
      { by: 'U0LEAD', plan, details: { what: 'refuse' } },
      { by: 'U0LEAD', plan: elsewhere },
    ]);
    await nothingHappened();
  });

  it('the button holds the plan of another incident: that plan has its own approvers', async () => {
    const answer = await room.answer('U0LEAD', () => room.press('U0LEAD', 'approve', elsewhere));
    expect(answer).toContain('not among the approvers');
    expect((await room.ledger()).at(-1)).toMatchObject({ kind: 'denied', by: 'U0LEAD', plan: elsewhere });
    await nothingHappened();
  });

  it.each(['no-such-plan', 'an incident'])('the button holds %s: nothing of that name is known', async (what) => {
    const value = what === 'an incident' ? ((await room.incidents())[0]?.id ?? '') : what;
    const answer = await room.answer('U0LEAD', () => room.press('U0LEAD', 'approve', value));
    expect(answer).toContain('no longer known');
    await nothingHappened();
  });

  it.each([
    ['a change', '{"verb":"drain","node":"worker-3"}'],
    ['a path', '../../plans/1'],
    ['ten kilobytes', 'x'.repeat(10_000)],
    ['nothing', ''],
  ])('the button holds %s: nothing is done with it', async (_what, value) => {
    const answers = room.told.length;
    expect(await room.press('U0LEAD', 'approve', value)).toBe(200);
    await until(() => room.told[answers], 'an answer');
    expect(room.told[answers]).toContain('does not hold what Nightshift put there');
    await nothingHappened();
  });

  it('a window that names another plan, or a channel of the attacker, asks for nothing new', async () => {
    const submission = room.submission('U0GUEST', modalValue(plan, 'C0ELSEWHERE'));
    expect(await room.answer('U0GUEST', () => room.send(submission))).toContain('You may not request');
    expect(await room.send(room.submission('U0ASKER', '{"plan":"a b"}'))).toBe(200);
    await nothingHappened();
  });

  it('the policy is taken away while it waits: from that moment nobody may', async () => {
    room.configure('revoked');
    const answer = await room.answer('U0LEAD', () => room.press('U0LEAD', 'approve', plan));
    expect(answer).toContain('no rule of the policy');
    await nothingHappened();
    room.configure('usual');
  });

  it('and the policy cannot be read: nobody may, and they are told', async () => {
    rmSync(room.file);
    const answer = await room.answer('U0LEAD', () => room.press('U0LEAD', 'approve', plan));
    expect(answer).toContain('the policy cannot be read');
    await nothingHappened();
    room.configure('usual');
  });

  it('a genuine click that comes fifty times at once applies it once; again, later, it does nothing and is not answered', async () => {
    const at = String(Math.floor(Date.now() / 1000));
    const body = new URLSearchParams({ payload: JSON.stringify(room.click('U0LEAD', 'approve', plan)) }).toString();
    const heard = room.whispersTo('U0LEAD').length;
    const answers = await Promise.all(Array.from({ length: 50 }, () => room.deliver(body, at)));
    expect(new Set(answers)).toEqual(new Set([200]));
    await room.reaches(plan, 'applied');

    for (let again = 0; again < 5; again += 1) await room.deliver(body, at);
    // Further presses of their own stand behind all of these, and each is answered.
    for (let more = 0; more < 5; more += 1) await room.press('U0LEAD', 'approve', plan);
    await until(() => (room.whispersTo('U0LEAD').length >= heard + 5 ? true : undefined), 'five answers');
    expect(room.whispersTo('U0LEAD')).toHaveLength(heard + 5);
    expect(await room.plan(plan)).toMatchObject({ state: 'applied', approvals: [{ by: 'U0LEAD' }] });
    expect(room.eu.writes).toHaveLength(1);
    expect(room.us.writes).toEqual([]);
    expect((await room.ledger()).filter(({ kind }) => kind === 'approved')).toHaveLength(1);
  });

  it('ten clicks on "Undo" ask for one plan', async () => {
    await Promise.all(Array.from({ length: 10 }, () => room.press('U0ASKER', 'undo', plan)));
    await until(
      () =>
        room.whispersTo('U0ASKER').filter((words) => words.includes('asked for already')).length === 9
          ? true
          : undefined,
      'nine answers',
    );
    expect((await room.plans()).filter(({ undoes }) => undoes === plan)).toHaveLength(1);
  });
});

describe('what changed while it waited', () => {
  it('the yes of somebody who has left the group since does not count any more', async () => {
    await using room = await openAttackRoom('two');
    const plan = await room.requested();
    await room.press('U0LEFT', 'approve', plan);
    await until(async () => ((await room.plan(plan))?.approvals.length === 1 ? true : undefined), 'the first yes');
    room.slack.userGroups.set(room.group, []);

    await room.press('U0LEAD', 'approve', plan);

    await until(async () => ((await room.plan(plan))?.approvals.length === 2 ? true : undefined), 'the second yes');
    const said = 'does not count any more: not among the approvers of this fix';
    await until(
      () => (JSON.stringify(room.slack.messages).includes(said) ? true : undefined),
      'the message to say why it still waits',
    );
    expect(await room.plan(plan)).toMatchObject({ state: 'requested' });
    expect(room.eu.writes).toEqual([]);
  }, 40_000);

  it('a request whose time is over is not approved by anybody', async () => {
    await using room = await openAttackRoom();
    const plan = await room.requested();
    await room.restart(() =>
      amended(room, plan, (it) => ({
        ...it,
        ...(it.request && {
          request: { ...it.request, at: new Date(Date.parse(it.request.at) - 3_600_000).toISOString() },
        }),
      })),
    );
    const answer = await room.answer('U0LEAD', () => room.press('U0LEAD', 'approve', plan));
    expect(answer).toContain('the request has expired');
    expect(room.eu.writes).toEqual([]);
  }, 40_000);

  it('a plan that was made for another cluster of the same name is put aside, and asked for nowhere else', async () => {
    await using room = await openAttackRoom();
    const plan = await room.requested();
    room.eu.becomeAnother();

    await room.press('U0LEAD', 'approve', plan);

    const { supersededBy, because } = await room.reaches(plan, 'outdated');
    expect(supersededBy).toBeUndefined();
    expect(because).toContain('is another cluster now than the one it was made for');
    expect(room.eu.writes).toEqual([]);
  }, 40_000);

  it('a plan with the digest of another plan is put aside too', async () => {
    await using room = await openAttackRoom();
    const plan = await room.requested();
    await room.restart(() => amended(room, plan, (it) => ({ ...it, digest: '0'.repeat(64) })));
    await room.press('U0LEAD', 'approve', plan);
    await room.reaches(plan, 'outdated');
    expect(room.eu.writes).toEqual([]);
  }, 40_000);
});

/** Writes into the data directory of a server that does not run. */
async function amended(room: Room, id: string, change: (plan: Plan) => Plan): Promise<void> {
  const { store, close } = await openDatabase({ directory: room.data, clock: { now: () => new Date() } });
  const found = await store.get<Plan>('plans', id);
  if (found) await store.put({ collection: 'plans', id, value: change(found.value), expect: found.version });
  await close();
}
