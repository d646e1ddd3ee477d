import { describe, expect, it } from 'vitest';
import { attributed } from '../../../engine/acting/meanwhile.ts';
import type { ByHand } from '../../../engine/incident.ts';
import type { Plan } from '../../../engine/plan.ts';

const fixed = { verdict: 'fixed', reason: 'Ready=True' } as const;
const minute = (at: number) => `2026-11-22T03:${String(at).padStart(2, '0')}:00.000Z`;
const plan = (id: string, executed: number, more: Partial<Plan> = {}): Plan =>
  ({ id, incident: 'i', remedy: id, title: id, state: 'applied', executedAt: minute(executed), ...more }) as Plan;
const hand = (manual: string, at: number): ByHand => ({ manual, title: manual, by: 'U-ASKER', at: minute(at) });
const remedies = { cordon: { heals: false }, move: { heals: 'here' } } as never;
const told = (own: { plan: Plan } | { deed: ByHand }, byHand: readonly ByHand[], plans: readonly Plan[] = []) =>
  attributed(fixed, own, { id: 'i', byHand }, plans, { remedies });
const evict = plan('evict', 5);

describe('what is well after a fix', () => {
  it('is its work where nothing else was done since', () => {
    expect(told({ plan: evict }, [])).toEqual(fixed);
    expect(told({ plan: evict }, [hand('start', 4)], [evict, plan('undo', 3)])).toEqual(fixed);
    expect(told({ plan: evict }, [], [evict, plan('other', 7, { incident: 'another' })])).toEqual(fixed);
    expect(told({ plan: evict }, [], [evict, plan('other', 7, { state: 'failed' })])).toEqual(fixed);
  });

  it('may as well be that of a deed by hand or of another fix at that time: which, cannot be told', () => {
    expect(told({ plan: evict }, [hand('start', 6)], [evict, plan('restart', 7)])).toEqual({
      verdict: 'cannot-tell',
      reason:
        'it is well (Ready=True), but meanwhile "start" was done by hand (03:06 UTC), and "restart" was applied (03:07 UTC): which of them helped cannot be told',
      isOver: true,
    });
    expect(told({ plan: evict }, [], [evict, plan('restart', 7, { state: 'unknown' })])).toMatchObject({
      reason: expect.stringContaining('"restart" was perhaps applied'),
    });
    expect(told({ deed: hand('start', 6) }, [], [evict, plan('restart', 7)])).toMatchObject({ verdict: 'cannot-tell' });
  });

  it('is not that of what heals nothing, nor is that counted among what may have helped', () => {
    expect(told({ plan: plan('cordon', 5) }, [])).toMatchObject({
      verdict: 'cannot-tell',
      reason: 'it is well (Ready=True), but this fix only keeps harm from spreading; something else did it',
    });
    expect(told({ plan: evict }, [], [evict, plan('cordon', 7)])).toEqual(fixed);
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
    expect(told({ plan: evict }, [], [evict, plan('rest', 9, { continues: 'evict' })])).toEqual(fixed);
    expect(told({ deed: hand('start', 6) }, [hand('start', 6), hand('start', 8)])).toEqual(fixed);
  });

  it('is asked only of what is well', () => {
    const waiting = { verdict: 'not-fixed', reason: 'r' } as const;
    expect(attributed(waiting, { plan: evict }, { id: 'i', byHand: [hand('start', 6)] }, [], { remedies })).toBe(
      waiting,
    );
  });
});
