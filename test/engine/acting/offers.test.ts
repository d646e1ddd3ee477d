import { expect, test } from 'vitest';
import { offersOf } from '../../../engine/acting/offers.ts';
import type { Incident } from '../../../engine/incident.ts';
import type { Report } from '../../../engine/report.ts';
import { lab } from './lab.ts';

test('while it is looked whether an undo helped, the fix can be asked for once more if its cause was found again', async () => {
  await using it = await lab([{ verb: 'uncordon', node: 'worker-3' }]);
  await it.behindOurBack({ verb: 'cordon', node: 'worker-3' });
  const { id } = await it.requested();
  await it.approved(id);
  /** What the card offers once a look that began at this moment has found the cause of the fix. */
  const offeredAfter = async (startedAt: Date) => {
    const [stored] = await it.store.list<Incident>('incidents');
    const remedies = [{ id: 'fix', title: 'Fix it', cause: 'broken', risk: 'low' }];
    const report = { startedAt: startedAt.toISOString(), remedies } as unknown as Report;
    return (await offersOf(it.acting, { ...(stored?.value as Incident), state: 'diagnosed', report })).offered;
  };
  const now = () => it.acting.clock.now();

  // Of the fix itself it is not known yet whether it helped.
  expect(await offeredAfter(now())).toEqual([]);

  const before = now();
  await it.press(id, 'undo', 'U0ASKER');
  const undo = await it.approved((await it.latest()).id);
  expect(undo).toMatchObject({ undoes: id, state: 'applied' });
  expect(await offeredAfter(before)).toEqual([]);
  it.ahead(1);
  expect(await offeredAfter(now())).toEqual(['fix']);
});
