import { describe, expect, test } from 'vitest';
import { execute } from '../../../engine/acting/execute.ts';
import { refuse } from '../../../engine/acting/halt.ts';
import { settleUnknown } from '../../../engine/acting/settle.ts';
import { WriteFailure } from '../../../engine/action.ts';
import { lab } from './lab.ts';

const cordon = { verb: 'cordon', node: 'worker-1' } as const;
const drain = { verb: 'drain', node: 'worker-3', allow: ['local-storage', 'bare-pods'] } as const;
const lead = { user: 'U0LEAD', channel: 'C0CRASH' };

/** The machine sleeps while a request is under way: its lease runs out, somebody else takes over, then the answer comes. */
async function asleep(it: Awaited<ReturnType<typeof lab>>, nth: number, meanwhile: (id: string) => unknown = () => {}) {
  const { id } = await it.requested();
  it.faults.before = async (_action, now) => {
    if (now !== nth) return undefined;
    const { now: before } = it.acting.clock;
    Object.assign(it.acting.clock, { now: () => new Date(before().getTime() + 40_000) });
    await execute(it.acting, id);
    await meanwhile(id);
    return undefined;
  };
  return it.approved(id);
}

describe('the answer to a request that was believed dead', () => {
  test('leaves the plan to a person, who was asked already', async () => {
    await using it = await lab([cordon]);
    const plan = await asleep(it, 1);

    expect(plan).toMatchObject({ state: 'unknown', steps: [{ state: 'unknown' }] });
    expect((await it.card(plan.id)).buttons).toEqual(['it-was-applied', 'it-was-not-applied']);
    expect((await it.ledger(plan.id)).map(({ kind }) => kind).slice(-2)).toEqual(['unknown', 'applied']);
  });

  test('overwrites nothing of what the person has said', async () => {
    await using it = await lab([cordon]);
    const plan = await asleep(it, 1, (id) => settleUnknown(it.acting, id, lead, true));

    expect(plan).toMatchObject({ state: 'applied', because: expect.stringContaining('a person has looked') });
  });

  test.each([1, 2])('ends nothing although somebody stopped it at request %i', async (nth) => {
    await using it = await lab([drain]);
    const plan = await asleep(it, nth, (id) => refuse(it.acting, id, lead, 'stop'));

    expect(plan.state).toBe('unknown');
    expect(it.sent).toHaveLength(nth);
  });
});

test('a request that somebody wanted to stop too late is not sent again when it was refused', async () => {
  await using it = await lab([cordon]);
  const { id } = await it.requested();
  const said: unknown[] = [];
  it.faults.before = async () => {
    said.push(await refuse(it.acting, id, lead, 'stop'));
    return new WriteFailure('conflict', 'Node worker-1 was changed since it was looked at', false);
  };
  const plan = await it.approved(id);

  expect(said).toEqual([
    'Nothing was done: its last request is on its way already; if that fails, it is not sent again.',
  ]);
  expect(plan.state).toBe('failed');
  expect(it.sent).toHaveLength(1);
});
