import { describe, expect, it } from 'vitest';
import { attributed } from '../../../engine/acting/meanwhile.ts';
import type { ByHand } from '../../../engine/incident.ts';
import type { Plan, Verification } from '../../../engine/plan.ts';

const fixed = { verdict: 'fixed', reason: 'Ready=True' } as const;
const minute = (at: number) => `2026-11-22T03:${String(at).padStart(2, '0')}:00.000Z`;
const plan = (id: string, executed: number, more: Partial<Plan> = {}): Plan =>
  ({
    ...{ id, incident: 'i', remedy: id, title: id, state: 'applied', executedAt: minute(executed) },
    ...{
      changes: [{ verb: 'evict', namespace: 'shop', pod: 'web-1' }],
      before: { confirmed: {}, recovered: 'ruled-out' },
      cause: { id: 'slow-disk', title: '', reason: '' },
    },
    ...more,
  }) as Plan;
const judged = (verdict: Verification['verdict'], at: number, until: number): Pick<Plan, 'verification'> => ({
  verification: { looks: 2, untilAt: minute(until), verdict, reason: 'r', at: minute(at) },
});
const hand = (manual: string, at: number): ByHand => ({ manual, title: manual, by: 'U-ASKER', at: minute(at) });
const causes = { planned: { chosen: true } } as never;
const remedies = { cordon: { heals: false }, move: { heals: 'here' } } as never;
const told = (own: { plan: Plan } | { deed: ByHand }, byHand: readonly ByHand[], plans: readonly Plan[] = []) =>
  attributed(fixed, own, { id: 'i', byHand }, plans, { causes, remedies });
const evict = plan('evict', 15);

describe('what is well after a fix', () => {
  it('is its work where nothing else was done at that time', () => {
    expect(told({ plan: evict }, [])).toEqual(fixed);
    expect(told({ plan: evict }, [hand('start', 4)], [evict, plan('restart', 3)])).toEqual(fixed);
    expect(told({ plan: evict }, [], [evict, plan('other', 17, { incident: 'another' })])).toEqual(fixed);
    expect(told({ plan: evict }, [], [evict, plan('other', 17, { state: 'failed' })])).toEqual(fixed);
    expect(told({ plan: evict }, [], [evict, plan('other', 14, { state: 'failed' })])).toEqual(fixed);
  });

  it('may as well be that of what was done a moment before, when nobody could know yet whether it had helped', () => {
    expect(told({ plan: evict }, [hand('start', 14)])).toEqual({
      verdict: 'cannot-tell',
      reason:
        'it is well (Ready=True), but shortly before "start" was done by hand (03:14 UTC): which of them helped cannot be told',
      isOver: true,
    });
    const restart = plan('restart', 13, judged('cannot-tell', 16, 20));
    expect(told({ plan: evict }, [hand('start', 16)], [evict, restart])).toMatchObject({
      reason: expect.stringContaining(
        'shortly before "restart" was applied (03:13 UTC), and meanwhile "start" was done by hand (03:16 UTC)',
      ),
    });
    expect(told({ deed: hand('start', 16) }, [], [evict])).toMatchObject({ verdict: 'cannot-tell' });
  });

  it('is its work where it took away what somebody chose, which nobody had by then', () => {
    const uncordon = plan('uncordon', 15, { cause: { id: 'planned', title: '', reason: '' } });
    expect(told({ plan: uncordon }, [hand('ask', 14)])).toEqual(fixed);
    expect(told({ plan: uncordon }, [hand('ask', 16)])).toMatchObject({ verdict: 'cannot-tell' });
  });

  it('is not that of what was over by then: it had not helped, or there was trouble all the same, or it was taken back', () => {
    const since = (more: Partial<Plan>) => told({ plan: evict }, [], [evict, plan('restart', 12, more)]);
    expect(since(judged('waiting', 14, 17))).toMatchObject({ verdict: 'cannot-tell' });
    expect(told({ plan: evict }, [], [evict, plan('restart', 8, judged('waiting', 14, 17))])).toEqual(fixed);
    expect(since(judged('not-fixed', 14, 17))).toEqual(fixed);
    expect(since(judged('fixed', 14, 17))).toEqual(fixed);
    expect(since({ takenBack: { plan: 'undo', at: minute(14) } })).toEqual(fixed);
    // An undo is verified by what it gave back: that it did says nothing of the trouble.
    expect(since({ ...judged('fixed', 14, 17), undoes: 'x' })).toMatchObject({ verdict: 'cannot-tell' });
    // It had helped, and was well already when somebody did something else.
    const well = plan('evict', 15, { before: { confirmed: {}, recovered: 'confirmed' } });
    expect(told({ plan: well }, [], [plan('restart', 12, judged('fixed', 14, 17))])).toMatchObject({
      reason: expect.stringContaining('shortly before "restart" was applied'),
    });
  });

  it('may as well be that of a deed by hand or of another fix at that time: which, cannot be told', () => {
    expect(told({ plan: evict }, [hand('start', 16)], [evict, plan('restart', 17)])).toEqual({
      verdict: 'cannot-tell',
      reason:
        'it is well (Ready=True), but meanwhile "start" was done by hand (03:16 UTC), and "restart" was applied (03:17 UTC): which of them helped cannot be told',
      isOver: true,
    });
    expect(told({ plan: evict }, [], [evict, plan('restart', 17, { state: 'unknown' })])).toMatchObject({
      reason: expect.stringContaining('"restart" was perhaps applied'),
    });
    expect(told({ deed: hand('start', 6) }, [], [plan('restart', 7)])).toMatchObject({ verdict: 'cannot-tell' });
  });

  it('is not that of what heals nothing, nor is that counted among what may have helped', () => {
    expect(told({ plan: plan('cordon', 5) }, [])).toMatchObject({
      verdict: 'cannot-tell',
      reason: 'it is well (Ready=True), but this fix only keeps harm from spreading; something else did it',
    });
    expect(told({ plan: evict }, [], [evict, plan('cordon', 14), plan('cordon', 17)])).toEqual(fixed);
    expect(told({ deed: hand('start', 6) }, [], [plan('cordon', 7)])).toEqual(fixed);
  });

  it('is well only here where what was ended begins anew elsewhere', () => {
    expect(told({ plan: plan('move', 5) }, [])).toEqual({
      verdict: 'cannot-tell',
      reason:
        'it is well here (Ready=True), but what was ended here begins anew elsewhere, and may bring its trouble there',
      isOver: true,
    });
    expect(told({ deed: hand('start', 6) }, [], [plan('move', 7)])).toMatchObject({
      reason: expect.stringContaining('which of them helped cannot be told'),
    });
  });

  it('is its work where the rest of it was done by the plan that went on with it, or the same deed was said twice', () => {
    const rest = plan('rest', 19, { continues: 'evict' });
    expect(told({ plan: evict }, [], [evict, rest])).toEqual(fixed);
    expect(told({ plan: rest }, [], [evict, rest])).toEqual(fixed);
    expect(told({ deed: hand('start', 6) }, [hand('start', 6), hand('start', 8)])).toEqual(fixed);
  });

  it('is asked only of what is well', () => {
    const waiting = { verdict: 'not-fixed', reason: 'r' } as const;
    expect(
      attributed(waiting, { plan: evict }, { id: 'i', byHand: [hand('start', 6)] }, [], { causes, remedies }),
    ).toBe(waiting);
  });
});
