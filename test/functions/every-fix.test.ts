import { expect, it } from 'vitest';
import { worlds } from '../../infra/local/practice/worlds/index.ts';
import { shiftIn } from './practice-shift.ts';

const asked = new Set<string>();

it.each(worlds.map(({ id }) => id).filter((id) => id !== 'quiet'))(
  'every fix that the card of %s offers can be asked for',
  async (world) => {
    await using shift = await shiftIn(world);
    await shift.pass(15);
    const { runbook } = await shift.incident();
    const refused: string[] = [];
    for (const fix of await shift.offered()) {
      const { state, blocked } = await shift.ask(fix);
      if (state !== 'requested') refused.push(`${fix}: ${[...blocked, ...shift.whispers].join('; ')}`);
      asked.add(`${runbook}/${fix}`);
    }

    expect(refused).toEqual([]);
  },
);

it('among them those that could be asked for in no state in which they were offered', () => {
  expect([...asked]).toEqual(expect.arrayContaining(['api-429/stopClient', 'cluster-dns/remake']));
});
