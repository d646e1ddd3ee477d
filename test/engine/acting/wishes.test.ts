import { describe, expect, test } from 'vitest';
import { type Made, remediateMessage } from '../../../engine/acting/messages.ts';
import { deed, rule } from './deed.ts';

type Deed = Awaited<ReturnType<typeof deed>>;

const made = (it: Deed, secondsAgo = 0): Made => ({
  wish: 'trigger-1',
  at: new Date(it.acting.clock.now().getTime() - secondsAgo * 1_000).toISOString(),
});
const by = (user: string) => ({ by: user, channel: 'C1' });

/** It is three o'clock. A request under a freeze that ends in a minute, when the next one begins. */
async function frozen() {
  const it = await deed();
  it.rules.policy = [{ ...rule, breakGlass: { users: ['U-BOSS'], userGroups: [] } }];
  await it.trouble();
  const plan = await it.requested();
  const freeze = [
    { name: 'A-release', timeZone: 'UTC', from: '02:00', to: '03:01' },
    { name: 'B-payroll', timeZone: 'UTC', from: '03:01', to: '04:30' },
  ];
  it.rules.limits = { ...it.rules.limits, freeze };
  const reason = 'release A is cancelled, agreed with Eve';
  const glass = (said: Made | undefined) =>
    ({ type: 'break-glass', plan, reason, ...by('U-BOSS'), made: said }) as const;
  const opened = async () => (await it.plan(plan))?.breakGlass?.although.map(({ value }) => value).join() ?? '';
  return { it, plan, glass, opened };
}

describe('the word of whoever breaks the glass', () => {
  test('that comes again changes nothing: it opens no freeze that has begun since, and nobody is told twice', async () => {
    const { it, plan, glass, opened } = await frozen();
    await using _ = it;
    const said = glass(made(it));
    await it.send(said);
    expect(await opened()).toContain('A-release');
    await it.pass(306);
    const before = [(await it.ledger()).length, it.whispers.length];
    await it.send(said);
    expect(await opened()).toContain('A-release');
    expect([(await it.ledger()).length, it.whispers.length]).toEqual(before);
    await it.press(plan, 'approve', 'U-LEAD');
    expect(await it.state(plan)).toBe('requested');
  });

  test('is good for a minute: one that waited longer is refused in words, and written down once', async () => {
    const { it, glass, opened } = await frozen();
    await using _ = it;
    const late = glass(made(it, 61));
    await it.send(late);
    expect(await opened()).toBe('');
    expect(it.whispers.at(-1)).toMatchObject({ user: 'U-BOSS', text: expect.stringContaining('say it again') });
    const ledger = await it.ledger();
    expect(ledger.at(-1)).toMatchObject({ kind: 'denied', by: 'U-BOSS', details: { what: 'break the glass' } });
    await it.send(late);
    expect(await it.ledger()).toHaveLength(ledger.length);
  });

  test('of which nobody knows when it was said is refused: an earlier version left it in the queue', async () => {
    const { it, glass, opened } = await frozen();
    await using _ = it;
    await it.queue.send([remediateMessage(glass(undefined))]);
    await it.settle();
    expect(await opened()).toBe('');
    expect(it.whispers.at(-1)?.text).toContain('nobody knows when it was said');
  });

  test('is for what stood in the way then, not for what has begun in the seconds since', async () => {
    const { it, glass, opened } = await frozen();
    await using _ = it;
    await it.pass(65);
    await it.send(glass(made(it, 10)));
    expect(await opened()).toBe('');
    expect(it.whispers.at(-1)?.text).toContain('did not when you said it');
    await it.send(glass({ ...made(it), wish: 'trigger-2' }));
    expect(await opened()).toContain('B-payroll');
  });
});

const states = async (it: Deed) =>
  (await it.acting.store.list<{ state: string }>('plans')).map(({ value }) => value.state);

/** The wish for another plan in the place of one that was refused. */
async function planAgain(it: Deed) {
  await it.trouble();
  const plan = await it.requested();
  await it.press(plan, 'refuse', 'U-LEAD');
  return { type: 'decide', plan, button: 'plan-again', ...by('U-ASKER'), made: made(it) } as const;
}

describe('"Plan Again" and "Undo"', () => {
  test('that come again ask for nothing, also when what they asked for was refused', async () => {
    await using it = await deed();
    const again = await planAgain(it);
    await it.send(again);
    expect(await states(it)).toEqual(['refused', 'requested']);
    await it.press('plan-2', 'refuse', 'U-LEAD');
    const before = [(await it.ledger()).length, it.whispers.length];
    await it.pass(306);
    await it.send(again);
    expect(await states(it)).toEqual(['refused', 'refused']);
    expect([(await it.ledger()).length, it.whispers.length]).toEqual(before);
  });

  test('of an applied plan, too', async () => {
    await using it = await deed();
    await it.trouble();
    const applied = await it.requested();
    await it.press(applied, 'approve', 'U-LEAD');
    expect(await it.state(applied)).toBe('applied');
    it.rules.policy = [{ ...rule, remedies: ['cordon', 'uncordon'] }];
    const undo = { type: 'decide', plan: applied, button: 'undo', ...by('U-ASKER'), made: made(it) } as const;
    await it.send(undo);
    const [, asked] = (await it.acting.store.list<{ id: string; undoes?: string }>('plans')).map(({ value }) => value);
    expect(asked).toMatchObject({ undoes: applied });
    await it.press(asked?.id ?? '', 'refuse', 'U-LEAD');
    await it.pass(306);
    await it.send(undo);
    expect(await states(it)).toEqual(['applied', 'refused']);
  });

  test('that led to nothing lead to nothing when they come again', async () => {
    await using it = await deed();
    await it.trouble();
    const plan = await it.requested();
    const undo = { type: 'decide', plan, button: 'undo', ...by('U-ASKER'), made: made(it) } as const;
    await it.send(undo);
    expect(it.whispers.at(-1)?.text).toBe('Only what was applied can be undone.');
    await it.press(plan, 'approve', 'U-LEAD');
    await it.send(undo);
    expect(await states(it)).toEqual(['applied']);
  });

  test('go on with what was begun when the process ended between making the plan and asking for it', async () => {
    await using it = await deed();
    const again = await planAgain(it);
    const { store } = it.acting;
    const put = store.put.bind(store);
    let dead = false;
    store.put = async (write) => {
      const { collection, value } = write;
      if (collection === 'plans' && (value as { state?: string }).state === 'requested') dead = true;
      if (dead) throw new Error('the process has ended');
      return put(write);
    };
    await it.send(again).catch(() => undefined);
    expect(await states(it)).toEqual(['refused', 'shown']);
    store.put = put;
    // Its lease runs out.
    await it.pass(61);
    expect(await states(it)).toEqual(['refused', 'requested']);
  });
});

describe('"Undo", hours later', () => {
  test('is not asked for by the message that comes again then, whose process ended before it was', async () => {
    await using it = await deed();
    const again = await planAgain(it);
    const { store } = it.acting;
    const put = store.put.bind(store);
    store.put = async (write) => {
      if (write.collection === 'agenda') throw new Error('the process has ended');
      return put(write);
    };
    await it.work(again).catch(() => undefined);
    store.put = put;
    await it.pass(11 * 60);
    await it.send(again);
    expect(await states(it)).toEqual(['refused', 'shown']);
    expect(it.whispers.at(-1)?.text).toContain('too old');
  });
});

describe('"Approve"', () => {
  const yes = (plan: string, said: Made | undefined, user = 'U-LEAD') =>
    ({ type: 'decide', plan, button: 'approve', ...by(user), made: said }) as const;

  test('that was answered "not now" decides nothing when it comes again, and is told once', async () => {
    const { it, plan } = await frozen();
    await using _ = it;
    it.rules.limits = { ...it.rules.limits, freeze: it.rules.limits.freeze.slice(0, 1) };
    const said = yes(plan, made(it));
    await it.send(said);
    expect(it.whispers.at(-1)?.text).toContain('not now: No freeze');
    const before = [(await it.ledger()).length, it.whispers.length];
    await it.pass(306);
    await it.send(said);
    expect(await it.state(plan)).toBe('requested');
    expect([(await it.ledger()).length, it.whispers.length]).toEqual(before);
    expect(it.cluster.applied).toEqual([]);
    await it.send(yes(plan, { ...made(it), wish: 'trigger-2' }));
    expect(await it.state(plan)).toBe('applied');
  });

  test('is good for ten minutes: one that waited longer changes nothing, and its sender is told to press again', async () => {
    await using it = await deed();
    await it.trouble();
    const plan = await it.requested();
    await it.send(yes(plan, made(it, 601)));
    expect(await it.state(plan)).toBe('requested');
    expect(it.whispers.at(-1)).toMatchObject({ user: 'U-LEAD', text: expect.stringContaining('press again') });
    await it.send(yes(plan, { ...made(it, 599), wish: 'trigger-2' }));
    expect(await it.state(plan)).toBe('applied');
  });

  test('of which nobody knows when it was said changes nothing', async () => {
    await using it = await deed();
    await it.trouble();
    const plan = await it.requested();
    await it.queue.send([remediateMessage(yes(plan, undefined))]);
    await it.settle();
    expect(await it.state(plan)).toBe('requested');
    expect(it.whispers.at(-1)?.text).toContain('nobody knows when this was said');
  });

  test('of somebody who may not is written down once, and stays a no when they may', async () => {
    await using it = await deed();
    await it.trouble();
    const plan = await it.requested();
    const said = yes(plan, made(it), 'U-OTHER');
    for (let n = 0; n < 3; n += 1) await it.send(said);
    it.rules.policy = [{ ...rule, approvers: { users: ['U-OTHER'], userGroups: [] } }];
    await it.send(said);
    expect(await it.state(plan)).toBe('requested');
    expect((await it.ledger()).filter(({ kind }) => kind === 'denied')).toHaveLength(1);
    expect(it.whispers).toHaveLength(1);
  });
});

test('a "Request" that was answered "asked for already" asks for nothing when it comes again', async () => {
  await using it = await deed();
  const { id } = await it.trouble();
  const open = (user: string) => it.send({ type: 'open', incident: id, remedy: 'cordon', view: 'V1', ...by(user) });
  await open('U-ASKER');
  await open('U-OTHER');
  await it.send({ type: 'request', plan: 'plan-1', ...by('U-ASKER') });
  const second = { type: 'request', plan: 'plan-2', ...by('U-OTHER'), made: made(it) } as const;
  await it.send(second);
  expect(it.whispers.at(-1)?.text).toContain('asked for already');
  await it.press('plan-1', 'refuse', 'U-LEAD');
  await it.pass(306);
  await it.send(second);
  expect(await it.state('plan-2')).toBe('shown');
  await it.send({ ...second, made: { ...made(it, 601), wish: 'trigger-2' } });
  expect(await it.state('plan-2')).toBe('shown');
  expect(it.whispers.at(-1)?.text).toContain('too old');
});
