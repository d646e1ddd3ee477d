import { describe, expect, test } from 'vitest';
import { agreedOf } from '../../../engine/acting/agreed.ts';
import { defaultLimits, type FreezeWindow, type Limits } from '../../../engine/acting/limits.ts';
import { closedOf } from '../../../engine/acting/present-interlocks.ts';
import type { InterlockReport } from '../../../engine/interlocks.ts';
import type { Plan } from '../../../engine/plan.ts';
import type { Store } from '../../../engine/ports.ts';
import type { Readers } from '../../../engine/readers.ts';
import { calm, noteStorm, watchOf } from '../../../engine/storm.ts';
import { render } from '../../../infra/slack/render.ts';
import { wordsOfBlocks } from '../../infra/slack/words.ts';
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
      card: { plan: { id: plan, breakGlass: { by: 'U-BOSS', reason, although: [{ id: 'freeze-window' }] } } },
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

describe('what was passed over is what stood in the way then', () => {
  const lunch: FreezeWindow = { name: 'lunch', timeZone: 'UTC', from: '03:00', to: '03:30' };
  const sale: FreezeWindow = { name: 'the sale', timeZone: 'UTC', from: '03:30', to: '06:00' };

  /** Broken at lunch, and it is twenty to four. */
  async function laterWith(...windows: FreezeWindow[]) {
    const { it, plan, glass } = await frozen();
    it.rules.policy = it.rules.policy.map((one) => ({ ...one, expiresAfterMinutes: 600 }));
    it.rules.limits = { ...it.rules.limits, freeze: windows };
    await glass();
    await it.pass(40 * 60);
    return { it, plan, message: () => wordsOfBlocks(render({ kind: 'plan', card: it.message(plan) }).blocks) };
  }

  test('a freeze that has begun since is not open, and the words stay those of then', async () => {
    const { it, plan, message } = await laterWith(lunch, sale);
    await using _ = it;
    expect(message()).toContain('in spite of: No freeze (frozen: lunch (until Sat 2026-11-21 03:30, UTC))\nReason: ');
    expect(message()).toContain('frozen: the sale (until Sat 2026-11-21 06:00, UTC)); those whom the policy names may');
    await it.press(plan, 'approve', 'U-LEAD');
    expect(it.whispers.at(-1)?.text).toContain('not now: No freeze: frozen: the sale');
    expect(await it.state(plan)).toBe('requested');
    expect(it.cluster.applied).toEqual([]);
  });

  test('nor one that has begun beside the one it was broken for', async () => {
    const { it, plan } = await laterWith({ ...lunch, to: '05:00' }, sale);
    await using _ = it;
    await it.press(plan, 'approve', 'U-LEAD');
    expect(it.whispers.at(-1)?.text).toContain('the sale');
    expect(await it.state(plan)).toBe('requested');
  });

  test('when nothing stands in the way any more it still says what did', async () => {
    const { it, plan, message } = await laterWith(lunch);
    await using _ = it;
    expect(message()).toContain('in spite of: No freeze (frozen: lunch (until Sat 2026-11-21 03:30, UTC))');
    expect(message()).toContain('✓ holds: No freeze (none now)');
    const loud = render({ kind: 'break-glass', card: it.message(plan) });
    expect(wordsOfBlocks(loud.blocks)).toContain('• No freeze: frozen: lunch (until Sat 2026-11-21 03:30, UTC)');
    await it.press(plan, 'approve', 'U-LEAD');
    expect(await it.state(plan)).toBe('applied');
  });

  const now = new Date('2026-11-21T03:00:00Z');
  const done = (id: string, minutesAgo: number): Plan =>
    ({
      ...{ id, cluster: 'prod-eu', target: 'node/worker-1', title: `Fix ${id}`, state: 'applied', diff: [] },
      changes: [{ verb: 'cordon', node: 'worker-1' }],
      executedAt: new Date(now.getTime() - minutesAgo * 60_000).toISOString(),
    }) as unknown as Plan;
  interface World {
    readonly plans?: readonly Plan[];
    readonly storms?: readonly string[];
    readonly limits?: Partial<Limits>;
    readonly node?: string;
  }
  async function interlocks({ plans = [], storms = [], limits = {}, node = 'worker-1' }: World) {
    const { id } = watchOf('prod-eu', 'Node', 'sample');
    const watches = storms.map((incident, at) => ({ id: `${id}${at}`, value: noteStorm(calm, incident, now) }));
    const documents: Record<string, unknown> = { plans: plans.map((value) => ({ value })), storms: watches };
    const store = { list: async (collection: string) => documents[collection] ?? [] } as unknown as Store;
    const kube = {} as Readers['kube'];
    const checked = { store, clock: { now: () => now }, kube, limits: { ...defaultLimits, ...limits } };
    const subject = { id: 'new', cluster: 'prod-eu', target: `node/${node}` };
    return agreedOf(checked, subject, [{ verb: 'cordon', node }]);
  }
  /** Broken for all that stood in the way of the first; what of the second stands there all the same. */
  async function leftClosed(then: World, later: World): Promise<InterlockReport['id'][]> {
    const although = closedOf({}, await interlocks(then));
    expect(although).not.toEqual([]);
    const breakGlass = { by: 'U-BOSS', at: '', reason, although };
    expect(closedOf({ breakGlass }, await interlocks(then))).toEqual([]);
    return closedOf({ breakGlass }, await interlocks(later)).map(({ id }) => id);
  }
  const busy = { limits: { actionsPerHour: 1 }, node: 'worker-2' } as const;

  test.each<[string, World, World, InterlockReport['id'][]]>([
    [
      'the execution that had to cool down, and not the next',
      { plans: [done('a', 5)] },
      { plans: [done('a', 6), done('b', 1)] },
      ['cool-down'],
    ],
    [
      'the actions of that hour, and not one more',
      { ...busy, plans: [done('a', 50)] },
      { ...busy, plans: [done('a', 55), done('b', 1)] },
      ['actions-per-hour'],
    ],
    [
      'of which some may be over by now',
      { ...busy, plans: [done('a', 50), done('b', 40)] },
      { ...busy, plans: [done('b', 45)] },
      [],
    ],
    ['the storm of that moment, and not the next', { storms: ['one'] }, { storms: ['two'] }, ['storm']],
    ['that storm, however many alerts it has', { storms: ['one'] }, { storms: ['one'] }, []],
  ])('it is open for %s', async (_what, then, later, closed) => {
    expect(await leftClosed(then, later)).toEqual(closed);
  });
});

test('breaking the glass is spoken of only where the policy names somebody who may', async () => {
  const { it, plan } = await frozen();
  await using _ = it;
  const message = () => wordsOfBlocks(render({ kind: 'plan', card: it.message(plan) }).blocks);
  await it.pass(31);
  expect(message()).toContain(`To break the glass: /nightshift break-glass ${plan}`);
  for (const breakGlass of [undefined, { users: [], userGroups: [] }]) {
    it.rules.policy = [breakGlass ? { ...rule, breakGlass } : rule];
    await it.pass(31);
    expect(message()).toContain('the policy names nobody who may break the glass');
    expect(message()).not.toContain('/nightshift break-glass');
    expect(message()).not.toContain('those whom the policy names');
  }
});
