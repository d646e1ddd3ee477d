import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, test } from 'vitest';
import { audit, entries } from '../../../engine/acting/audit.ts';
import { append, type Entry } from '../../../engine/acting/ledger.ts';
import type { Store } from '../../../engine/ports.ts';
import { openDatabase } from '../../../infra/local/store/open.ts';

const clock = { now: () => new Date('2026-11-21T03:00:00Z') };

async function ledger() {
  const directory = mkdtempSync(join(tmpdir(), 'ledger-'));
  const { store, close } = await openDatabase({ directory, clock });
  return {
    store,
    async all() {
      const all: Entry[] = [];
      for await (const entry of entries(store)) all.push(entry);
      return all;
    },
    rewrite: (entry: Entry) => store.put({ collection: 'ledger', id: id(entry.seq), value: entry, expect: 'any' }),
    /** As a disk or an editor would: what is stored is no document any more. */
    async spoil(seq: number, text: string) {
      const db = new DatabaseSync(join(directory, 'nightshift.db'));
      db.prepare("UPDATE documents SET value = ? WHERE collection = 'ledger' AND id LIKE ?").run(text, `%${id(seq)}%`);
      db.close();
    },
    remove: (seq: number) => store.delete('ledger', id(seq)),
    async [Symbol.asyncDispose]() {
      await close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

const id = (seq: number) => String(seq).padStart(12, '0');
const fill = async (store: Store, count: number) => {
  for (let index = 1; index <= count; index += 1) {
    await append(store, clock, { kind: 'approved', plan: `plan-${index}`, by: 'U1' });
  }
};

describe('the ledger', () => {
  test('is whole after many have written at the same moment', async () => {
    await using it = await ledger();
    await Promise.all(
      Array.from({ length: 40 }, (_, index) => append(it.store, clock, { kind: 'approved', plan: `plan-${index}` })),
    );
    expect((await it.all()).map(({ seq }) => seq)).toEqual(Array.from({ length: 40 }, (_, index) => index + 1));
    expect(await audit(it.store)).toEqual({ entries: 40, findings: [] });
  });

  test('an empty one is whole', async () => {
    await using it = await ledger();
    expect(await audit(it.store)).toEqual({ entries: 0, findings: [] });
  });

  test('tells an entry that was changed', async () => {
    await using it = await ledger();
    await fill(it.store, 5);
    const [, second] = await it.all();
    await it.rewrite({ ...(second as Entry), by: 'U2' });
    expect((await audit(it.store)).findings).toEqual(['entry 2 was changed']);
  });

  test('takes no further entry behind one that was changed', async () => {
    await using it = await ledger();
    await fill(it.store, 5);
    const last = (await it.all()).at(-1);
    await it.rewrite({ ...(last as Entry), by: 'U2' });
    await expect(fill(it.store, 1)).rejects.toThrow('entry 5 was changed. Nothing is changed in any cluster');
  });

  test('tells an entry that was changed and given a new hash', async () => {
    await using it = await ledger();
    await fill(it.store, 5);
    const [, second, third] = await it.all();
    await it.rewrite({ ...(second as Entry), hash: (third as Entry).hash });
    expect((await audit(it.store)).findings).toEqual([
      'entry 2 was changed',
      'entry 3 does not follow the entry before it',
    ]);
  });

  test.each([
    ['in the middle', 3, 'entry 3 is missing (4 follows 2)'],
    ['at the beginning', 1, 'entry 1 is missing (2 follows 0)'],
    ['at the end', 5, 'the last 1 of 5 entries are missing'],
  ])('tells an entry that is missing %s', async (_where, seq, finding) => {
    await using it = await ledger();
    await fill(it.store, 5);
    await it.remove(seq);
    expect((await audit(it.store)).findings).toContain(finding);
  });

  describe('that was cut off at its end', () => {
    test('takes no further entry, which would hide that', async () => {
      await using it = await ledger();
      await fill(it.store, 5);
      for (const seq of [3, 4, 5]) await it.remove(seq);
      await expect(fill(it.store, 1)).rejects.toThrow(
        'it ends at entry 2, and had 5. Nothing is changed in any cluster',
      );
      expect(await audit(it.store)).toEqual({ entries: 2, findings: ['the last 3 of 5 entries are missing'] });
    });

    test('together with the record of its last entry is not whole either', async () => {
      await using it = await ledger();
      await fill(it.store, 5);
      for (const seq of [3, 4, 5]) await it.remove(seq);
      await it.store.delete('meta', 'ledger-head');
      expect((await audit(it.store)).findings).toEqual([
        'the record of the last entry is gone: entries may be missing at the end',
      ]);
      await expect(fill(it.store, 1)).rejects.toThrow('the record of its last entry is gone');
    });
  });

  test('goes on after a crash between an entry and the record of it, the very first as well', async () => {
    await using it = await ledger();
    const torn: Store = {
      ...it.store,
      put: (write) =>
        write.collection === 'meta' && write.expect !== 'absent'
          ? Promise.reject(new Error('killed'))
          : it.store.put(write),
    };
    await expect(fill(torn, 1)).rejects.toThrow('killed');
    await expect(fill(torn, 1)).rejects.toThrow('killed');
    expect(await audit(it.store)).toEqual({ entries: 2, findings: [] });
    await fill(it.store, 1);
    expect(await audit(it.store)).toEqual({ entries: 3, findings: [] });
    await it.remove(3);
    expect((await audit(it.store)).findings).toEqual(['the last 1 of 3 entries are missing']);
  });

  test('its record of the last entry never goes back to an earlier one', async () => {
    await using it = await ledger();
    const gate = Promise.withResolvers<void>();
    const slow: Store = {
      ...it.store,
      get: async (collection, id) => {
        const found = await it.store.get(collection, id);
        if (collection === 'meta' && (await it.all()).length > 0) await gate.promise;
        return found as never;
      },
    };
    const first = fill(slow, 1);
    while ((await it.all()).length === 0) await new Promise((turn) => setImmediate(turn));
    await fill(it.store, 1);
    gate.resolve();
    await first;
    await it.remove(2);
    expect((await audit(it.store)).findings).toEqual(['the last 1 of 2 entries are missing']);
  });

  test('tells two entries that changed places', async () => {
    await using it = await ledger();
    await fill(it.store, 4);
    const [, second, third] = (await it.all()) as [Entry, Entry, Entry];
    await it.rewrite({ ...third, seq: 2 });
    await it.rewrite({ ...second, seq: 3 });
    const { findings } = await audit(it.store);
    expect(findings).toContain('entry 2 was changed');
    expect(findings).toContain('entry 3 was changed');
  });

  test('holds no secret', async () => {
    await using it = await ledger();
    await append(it.store, clock, { kind: 'applied', details: { said: 'password=hunter2', token: 'abcdefgh' } });
    expect(JSON.stringify(await it.all())).not.toMatch(/hunter2|abcdefgh/);
  });

  test('names an entry that cannot be read, and goes on to the next ones', async () => {
    await using it = await ledger();
    await fill(it.store, 4);
    await it.spoil(2, '{bad');
    await it.rewrite({ ...((await it.store.get<Entry>('ledger', id(3)))?.value as Entry), by: 'U-NOBODY' });

    expect(await audit(it.store)).toEqual({
      entries: 4,
      findings: ['entry 2 cannot be read', 'entry 3 was changed'],
    });
    await expect(it.all()).rejects.toThrow('entry 2 cannot be read');
  });

  test.each(['{bad', 'null', '{"kind":"applied"}'])('nothing is added to one whose last entry is %s', async (text) => {
    await using it = await ledger();
    await fill(it.store, 2);
    await it.spoil(2, text);

    await expect(fill(it.store, 1)).rejects.toThrow('its last entry cannot be read');
  });

  test('knows by the plans that were carried out that it was not always empty', async () => {
    await using it = await ledger();
    await it.store.put({ collection: 'plans', id: 'p', value: { executedAt: '2026-11-21T03:00:00Z' }, expect: 'any' });

    expect(await audit(it.store)).toEqual({ entries: 0, findings: ['all entries are gone: plans were carried out'] });
  });

  test('more entries than one page', { timeout: 30_000 }, async () => {
    await using it = await ledger();
    await fill(it.store, 1_050);
    expect(await audit(it.store)).toEqual({ entries: 1_050, findings: [] });
  });
});
