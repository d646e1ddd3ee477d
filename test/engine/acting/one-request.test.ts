import { describe, expect, test } from 'vitest';
import { approve, request } from '../../../engine/acting/decide.ts';
import { execute } from '../../../engine/acting/execute.ts';
import { openPlan } from '../../../engine/acting/open.ts';
import { askAnew } from '../../../engine/acting/replace.ts';
import type { Plan } from '../../../engine/plan.ts';
import type { Write } from '../../../engine/ports.ts';
import { type deed as Deed, deed } from './deed.ts';

type It = Awaited<ReturnType<typeof Deed>>;
const from = (user: string) => ({ user, channel: 'C1' });
const plansOf = async (it: It) => (await it.acting.store.list<Plan>('plans')).map(({ value }) => value);
const open = async (it: It) => (await plansOf(it)).filter(({ state }) => state === 'requested');

describe('of one fix', () => {
  test('only one request is open at a time', async () => {
    await using it = await deed();
    const { id: incident } = await it.trouble();
    const first = await openPlan(it.acting, { incident, remedy: 'cordon', by: 'U-ASKER' });
    const second = await openPlan(it.acting, { incident, remedy: 'cordon', by: 'U-LEAD' });
    const ids = [first, second].map((shown) => ('plan' in shown ? shown.plan.id : ''));
    expect(await request(it.acting, ids[0] ?? '', from('U-ASKER'))).toBeUndefined();
    expect(await request(it.acting, ids[1] ?? '', from('U-LEAD'))).toContain('this fix was asked for already');
    expect(await open(it)).toHaveLength(1);
  });

  test('also when seven people ask at the same moment', async () => {
    await using it = await deed();
    const { id: incident } = await it.trouble();
    const shown = await Promise.all(
      Array.from({ length: 7 }, (_, n) => openPlan(it.acting, { incident, remedy: 'cordon', by: `U-${n}` })),
    );
    // Each with a store of its own, as processes have: nothing but conditional writes stands between them.
    await Promise.all(
      shown.map((one, n) =>
        'plan' in one
          ? request({ ...it.acting, store: { ...it.acting.store } }, one.plan.id, from(`U-${n}`))
          : undefined,
      ),
    );
    expect(await open(it)).toHaveLength(1);
  });

  test('whoever opens it meanwhile sees that request, and no plan is made', async () => {
    await using it = await deed();
    const { id: incident } = await it.trouble();
    const plan = await it.requested();
    const seen = await openPlan(it.acting, { incident, remedy: 'cordon', by: 'U-LEAD' });
    expect(seen).toMatchObject({ plan: { id: plan, state: 'requested' } });
    expect(await plansOf(it)).toHaveLength(1);
  });

  test('it can be asked for again once it is over', async () => {
    await using it = await deed();
    await it.trouble();
    const plan = await it.requested();
    await it.press(plan, 'refuse', 'U-LEAD');
    const next = await it.requested();
    expect(next).not.toBe(plan);
    expect(await it.state(next)).toBe('requested');
  });
});

describe('when the problem is gone', () => {
  test('every request of the incident retires, however many fixes were asked for since', async () => {
    await using it = await deed();
    const incident = await it.trouble();
    const plan = await it.requested();
    const [first] = await plansOf(it);
    const later = Array.from({ length: 9 }, (_, n) => `later-${n}`);
    for (const id of later) {
      await it.acting.store.put({
        collection: 'plans',
        id,
        value: { ...first, id, remedy: id, state: 'expired' },
        expect: 'absent',
      });
    }
    const slot = incident.id.slice(0, 12);
    const stored = await it.acting.store.get<{ plans?: string[] }>('incidents', slot);
    await it.acting.store.put({
      collection: 'incidents',
      id: slot,
      value: { ...stored?.value, plans: [plan, ...later] },
      expect: stored?.version ?? 'absent',
    });
    it.cluster.setReady('worker-1', true);
    const body = { type: 'look', incident: incident.id, wanted: 99 };
    await it.queue.send([{ queue: 'investigate', group: 'x', body }]);
    await it.settle();
    expect(await it.state(plan)).toBe('moot');
  });
});

describe('a request that is put aside for another one', () => {
  /** Approved, and the node was replaced by another of the same name; the process dies before its nth write. */
  async function diesAt(it: It, nth: number): Promise<void> {
    let writes = 0;
    const store = {
      ...it.acting.store,
      put: async (write: Write) => {
        writes += 1;
        if (writes >= nth) throw new Error('killed');
        return it.acting.store.put(write);
      },
    };
    const plan = await it.requested();
    await approve(it.acting, plan, from('U-LEAD'));
    it.cluster.remove('Node', 'worker-1');
    it.cluster.put('Node', { metadata: { name: 'worker-1', uid: 'another' }, ready: false, spec: {}, status: {} });
    await execute({ ...it.acting, store }, plan).catch(() => undefined);
    // Of the message that asks anew as well.
    await askAnew({ ...it.acting, store }, plan).catch(() => undefined);
  }

  test.each(Array.from({ length: 8 }, (_, n) => n + 1))(
    'dying before write %i of it leaves never two, and one in the end',
    async (nth) => {
      await using it = await deed();
      await it.trouble();
      await diesAt(it, nth);
      expect((await open(it)).length).toBeLessThanOrEqual(1);
      await it.settle();
      const [left, ...more] = await open(it);
      expect(more).toEqual([]);
      expect(left).toMatchObject({ approvals: [], request: { by: 'U-ASKER' } });
      expect(await it.plan('plan-1')).toMatchObject({ state: 'outdated', supersededBy: left?.id });
      expect((await it.incident()).plans).toContain(left?.id);
      expect(it.cluster.applied).toEqual([]);
    },
  );

  test('promises no other one when none fits any more, and says why', async () => {
    await using it = await deed();
    await it.trouble();
    const plan = await it.requested();
    await approve(it.acting, plan, from('U-LEAD'));
    it.cluster.remove('Node', 'worker-1');
    it.cluster.put('Node', { metadata: { name: 'worker-1', uid: 'another' }, ready: false, spec: {}, status: {} });
    await execute(it.acting, plan);
    it.rules.policy = [];
    await it.settle();
    expect(await it.plan(plan)).toMatchObject({
      state: 'outdated',
      because: expect.stringContaining('no other plan takes its place: no rule of the policy'),
    });
    expect((await it.plan(plan))?.supersededBy).toBeUndefined();
    expect(it.message(plan).buttons).toEqual(['plan-again']);
    expect((await it.ledger()).map(({ kind }) => kind)).toContain('outdated');
  });
});

describe('two people at the same moment, in two processes', () => {
  test('one approval counts, and the ledger says of the other entry that it came to nothing', async () => {
    await using it = await deed();
    await it.trouble();
    const plan = await it.requested();
    const elsewhere = { ...it.acting, store: { ...it.acting.store } };
    await Promise.all([approve(it.acting, plan, from('U-LEAD')), approve(elsewhere, plan, from('U-SECOND'))]);
    await it.settle();
    const told = await it.ledger();
    const count = (kind: string) => told.filter((one) => one.kind === kind).length;
    expect((await it.plan(plan))?.approvals).toHaveLength(1);
    expect(count('approved') - count('void')).toBe(1);
    expect(it.cluster.applied).toHaveLength(1);
  });
});
