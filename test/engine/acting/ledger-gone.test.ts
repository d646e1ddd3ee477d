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

test('of a ledger that ends before a fix was begun the audit says so, though its end was moved as well', async () => {
  await using it = await lab([{ verb: 'uncordon', node: 'worker-3' }]);
  await it.behindOurBack({ verb: 'cordon', node: 'worker-3' });
  const { id } = await it.requested();
  await it.approved(id);
  const all = await it.store.list<{ kind: string; hash: string }>('ledger');
  const end = all.findIndex(({ value }) => value.kind === 'approved');
  for (const { id: entry } of all.slice(end + 1)) await it.store.delete('ledger', entry);
  const head = await it.store.get('meta', HEAD);
  const value = { seq: end + 1, hash: all[end]?.value.hash };
  await it.store.put({ collection: 'meta', id: HEAD, value, expect: head?.version ?? 'absent' });

  expect((await audit(it.store)).findings).toEqual([`plan ${id} was carried out, and no entry tells of it`]);
});
