import { expect, test } from 'vitest';
import { audit } from '../../../engine/acting/audit.ts';
import { append, HEAD } from '../../../engine/acting/ledger.ts';
import { lab } from './lab.ts';

test('a ledger that was taken away whole begins no new one where plans were carried out, and the audit names them', async () => {
  await using it = await lab([{ verb: 'uncordon', node: 'worker-3' }]);
  await it.behindOurBack({ verb: 'cordon', node: 'worker-3' });
  const { id } = await it.requested();
  expect(await it.approved(id)).toMatchObject({ state: 'applied' });
  expect((await audit(it.store)).findings).toEqual([]);
  const taken = await it.store.list<unknown>('ledger');
  for (const entry of taken) await it.store.delete('ledger', entry.id);
  await it.store.delete('meta', HEAD);

  expect((await audit(it.store)).findings).toEqual(['all entries are gone: plans were carried out']);
  const next = append(it.store, it.acting.clock, { kind: 'shown', plan: 'another' });
  await expect(next).rejects.toMatchObject({ code: 'LEDGER_BROKEN' });
  await expect(next).rejects.toThrow('all its entries are gone');

  // As by whoever begins a new one with a plan of their own.
  const { value } = taken[0] ?? {};
  await it.store.put({
    collection: 'ledger',
    id: taken[0]?.id ?? '',
    value: { ...(value as object), plan: 'another' },
    expect: 'absent',
  });
  expect((await audit(it.store)).findings).toContain(`plan ${id} was carried out, and no entry tells of it`);
});
