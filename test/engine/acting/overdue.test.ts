import { describe, expect, test } from 'vitest';
import { reminderFor } from '../../../engine/acting/overdue.ts';
import type { Plan } from '../../../engine/plan.ts';

const now = new Date('2026-11-21T04:00:00Z');
const ago = (minutes: number) => new Date(now.getTime() - minutes * 60_000).toISOString();
const plan = (fields: Partial<Plan>) => ({ id: 'p', cluster: 'c', updatedAt: ago(10), ...fields }) as Plan;
const asked = (expiresAt: string) => ({ by: 'U1', at: ago(40), expiresAt, approvalsNeeded: 1 });
const types = (one: Plan) => reminderFor(one, now).map(({ body }) => (body as { type: string }).type);

describe('a plan that stands still', () => {
  test.each([
    [
      'requested: it shows the present, and ends in time',
      plan({ state: 'requested', request: asked(ago(1)) }),
      ['refresh'],
    ],
    ['requested just now', plan({ state: 'requested', request: asked(ago(-1)), updatedAt: ago(0) }), ['refresh']],
    ['approved ten minutes ago', plan({ state: 'approved' }), ['execute']],
    ['approved just now', plan({ state: 'approved', updatedAt: ago(1) }), []],
    ['executing for ten silent minutes', plan({ state: 'executing' }), ['execute']],
    ['applied and never verified', plan({ state: 'applied' }), ['verify']],
    ['unknown: that is for a person, who is shown what is there now', plan({ state: 'unknown' }), ['refresh']],
    ['over', plan({ state: 'refused' }), []],
  ])('%s', (_what, one, expected) => {
    expect(types(one)).toEqual(expected);
  });
});
