import { describe, expect, test } from 'vitest';
import { enter, isWhole, plansSince, plansUnderWay, tidy, WHOLE } from '../../../engine/acting/agenda.ts';
import { append } from '../../../engine/acting/ledger.ts';
import type { Plan } from '../../../engine/plan.ts';
import type { Collection } from '../../../engine/ports.ts';
import { deed, rule } from './deed.ts';

type Deed = Awaited<ReturnType<typeof deed>>;
const HOUR = 3_600;

const ids = (plans: readonly Plan[]) => plans.map(({ id }) => id);
const now = (it: Deed) => it.acting.clock.now();
const onAgenda = async (it: Deed) =>
  (await it.acting.store.list('agenda')).map(({ id }) => id).filter((id) => id !== WHOLE);

/** The tick has come by for more than an hour: nothing is missing on the agenda. */
async function whole(): Promise<Deed> {
  const it = await deed();
  await it.pass(1);
  await it.pass(HOUR);
  expect(await isWhole(it.acting.store)).toBe(true);
  return it;
}

/** What is listed from now on. */
function listed(it: Deed): Collection[] {
  const { store } = it.acting;
  const list = store.list.bind(store);
  const seen: Collection[] = [];
  store.list = async (collection, options) => {
    seen.push(collection);
    return list(collection, options);
  };
  return seen;
}

describe('the agenda', () => {
  test('is all that opening, asking, approving, doing and verifying read of other plans', async () => {
    await using it = await whole();
    const incident = await it.trouble();
    // Only the first entry of all asks for the plans: whether it is the first.
    await append(it.acting.store, it.acting.clock, { kind: 'shown', plan: 'earlier' });
    const seen = listed(it);
    await it.send({
      type: 'open',
      incident: incident.id,
      remedy: 'cordonNode',
      view: 'V',
      by: 'U-ASKER',
      channel: 'C1',
    });
    const id = await it.requested();
    await it.press(id, 'approve', 'U-LEAD');
    expect(await it.state(id)).toBe('applied');
    expect(seen).toContain('agenda');
    expect(seen).not.toContain('plans');
  });

  test('has a plan before it is asked for, whoever dies in between', async () => {
    await using it = await whole();
    await it.trouble();
    const { store } = it.acting;
    const put = store.put.bind(store);
    store.put = async (write) => {
      if (write.collection === 'plans' && (write.value as Plan).state === 'requested')
        expect(await onAgenda(it)).toEqual([write.id]);
      return put(write);
    };
    const id = await it.requested();
    expect(await it.state(id)).toBe('requested');
    expect(ids(await plansUnderWay(store))).toEqual([id]);
  });

  test('keeps what is over for a day, as over, and then forgets it; what nobody knows the end of stays', async () => {
    await using it = await whole();
    await it.trouble();
    const id = await it.requested();
    await it.press(id, 'refuse', 'U-LEAD');
    await it.pass(60);
    const { store } = it.acting;
    expect(ids(await plansUnderWay(store))).toEqual([]);
    expect(ids(await plansSince(store, new Date(now(it).getTime() - HOUR * 1_000), { now: now(it) }))).toEqual([id]);
    const unknown = { ...(await it.plan(id)), id: 'in-doubt', state: 'unknown' };
    await store.put({ collection: 'plans', id: 'in-doubt', value: unknown, expect: 'absent' });
    await enter(it.acting, { id: 'in-doubt' });
    await it.pass(26 * HOUR);
    expect(await onAgenda(it)).toEqual(['in-doubt']);
    await it.pass(40 * 24 * HOUR);
    expect(ids(await plansUnderWay(store))).toEqual(['in-doubt']);
  });

  test('has a verified drain as under way while its pods are still ending, so that a look that is lost comes again', async () => {
    await using it = await whole();
    await it.trouble();
    const { store } = it.acting;
    const drained = async (id: string, endedAt: string) => {
      const plan = { ...(await it.plan(await it.requested())), id, state: 'applied', endedAt, ending: '3 pods' };
      const verification = { verdict: 'not-fixed', looks: 2, reason: 'it is not well', at: endedAt };
      await store.put({ collection: 'plans', id, value: { ...plan, verification }, expect: 'absent' });
      await enter(it.acting, { id });
    };
    await drained('just-now', now(it).toISOString());
    await drained('long-ago', new Date(now(it).getTime() - 2 * HOUR * 1_000).toISOString());
    await tidy(it.acting);
    expect(ids(await tidy(it.acting))).toContain('just-now');
    expect(ids(await tidy(it.acting))).not.toContain('long-ago');
  });

  test('forgets within a day what was never asked for after all', async () => {
    await using it = await whole();
    await enter(it.acting, { id: 'never' });
    await it.pass(HOUR);
    expect(await onAgenda(it)).toEqual(['never']);
    await it.pass(25 * HOUR);
    expect(await onAgenda(it)).toEqual([]);
  });
});

describe('where plans are stored that were made before there was an agenda', () => {
  test('all plans are read, until the tick has entered what is under way, and has found nothing more for an hour', async () => {
    await using it = await deed();
    await it.trouble();
    const id = await it.requested();
    const { store } = it.acting;
    for (const entry of await store.list('agenda')) await store.delete('agenda', entry.id);
    expect(ids(await plansUnderWay(store))).toEqual([id]);
    await tidy(it.acting);
    expect([await onAgenda(it), await isWhole(store)]).toEqual([[id], false]);

    // A copy of the version before, which still runs, has one asked for and enters nothing.
    const late = { ...(await it.plan(id)), id: 'late' };
    await store.put({ collection: 'plans', id: 'late', value: late, expect: 'absent' });
    expect(ids(await plansUnderWay(store))).toEqual(['late', id]);
    await it.pass(HOUR);
    expect(await isWhole(store)).toBe(true);
    // The request has expired meanwhile; of the other nobody knows when it does.
    expect([ids(await plansUnderWay(store)), await onAgenda(it)]).toEqual([['late'], ['late', id]]);
  });

  test('what is asked for a time longer ago than the agenda goes back is looked for among all', async () => {
    await using it = await whole();
    it.rules.policy = [rule];
    const seen = listed(it);
    await plansSince(it.acting.store, new Date(now(it).getTime() - 30 * HOUR * 1_000), { now: now(it) });
    expect(seen).toEqual(['plans']);
  });
});
