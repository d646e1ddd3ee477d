import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { openDatabase, openReadOnly } from '../../../../infra/local/store/open.ts';
import { migrate, migrations, versionOf } from '../../../../infra/local/store/schema.ts';
import { systemClock as clock } from '../../../contract/place.ts';
import { startChild } from './children.ts';
import { freshDirectory, openFresh } from './fresh.ts';

const version1 = readFileSync(new URL('../../../recorded/store/version-1.sql', import.meta.url), 'utf8');

function fileFrom(sql: string): string {
  const directory = freshDirectory();
  const db = new DatabaseSync(join(directory, 'nightshift.db'));
  db.exec(sql);
  db.close();
  return directory;
}

describe('the data file', () => {
  it('is made with its directory, for the owner alone, and safe against power loss', async () => {
    const directory = join(freshDirectory(), 'deep', 'er');
    const { close } = await openDatabase({ directory, clock });
    expect(statSync(directory).mode & 0o777).toBe(0o700);
    expect(readdirSync(directory)).toContain('nightshift.db-wal');
    for (const file of readdirSync(directory)) expect(statSync(join(directory, file)).mode & 0o777).toBe(0o600);
    await close();
    expect(readdirSync(directory).toSorted()).toEqual(['lock', 'nightshift.db']);
  });

  it('of version 1 is brought up to date with everything in it', async () => {
    const directory = fileFrom(version1);
    const { store, queue, close } = await openDatabase({ directory, clock });
    expect(await store.list('incidents')).toEqual([
      { id: 'prod-eu/node-not-ready/worker-3', value: { state: 'open' }, version: 4 },
    ]);
    const [message] = await queue.receive('investigate', { max: 10, leaseMs: 60_000, waitMs: 0 });
    expect(message).toEqual({ id: '8', queue: 'investigate', group: 'worker-3', body: { webhook: 'w2' }, attempt: 3 });
    expect(await queue.depth('investigate')).toMatchObject({ waiting: 1, inFlight: 1, dead: 1 });
    expect(await queue.deadLetters()).toMatchObject([{ id: '7', group: 'worker-9', reason: 'Slack refused it' }]);
    await close();
    const after = new DatabaseSync(join(directory, 'nightshift.db'));
    expect(versionOf(after)).toBe(migrations.length);
    after.close();
  });

  it('migrates step by step, each step whole or not at all', () => {
    const db = new DatabaseSync(':memory:');
    db.exec(version1);
    const good = 'ALTER TABLE documents ADD COLUMN label TEXT';
    const bad = 'ALTER TABLE documents ADD COLUMN second TEXT; ALTER TABLE no_such_table ADD COLUMN third TEXT';
    expect(() => migrate(db, '/data', ['not run again', good, bad])).toThrow(/no_such_table/);
    expect(versionOf(db)).toBe(2);
    const columns = db.prepare("SELECT name FROM pragma_table_info('documents')").all();
    expect(columns.map(({ name }) => name)).toContain('label');
    expect(columns.map(({ name }) => name)).not.toContain('second');
    expect(db.prepare('SELECT count(*) AS count FROM documents').get()).toEqual({ count: 1 });
    db.close();
  });

  it('of a newer program is refused, untouched, also for reading', async () => {
    const directory = fileFrom(`${version1} PRAGMA user_version = ${migrations.length + 1}`);
    const before = readFileSync(join(directory, 'nightshift.db'));
    const refusal = { code: 'STORE_TOO_NEW', message: expect.stringMatching(/newer Nightshift.*install that version/) };
    await expect(openDatabase({ directory, clock })).rejects.toMatchObject(refusal);
    expect(() => openReadOnly({ directory, clock })).toThrow(expect.objectContaining(refusal));
    expect(readFileSync(join(directory, 'nightshift.db')).equals(before)).toBe(true);
    // The refusal does not keep the lock.
    await expect(openDatabase({ directory, clock })).rejects.toMatchObject(refusal);
  });

  it('of an older program is not read before it was brought up to date', () => {
    const directory = fileFrom('CREATE TABLE something (older)');
    expect(() => openReadOnly({ directory, clock })).toThrow(/older schema .*start `nightshift serve` once/);
  });

  it('that is none is refused with what to do', async () => {
    const directory = freshDirectory();
    writeFileSync(
      join(directory, 'nightshift.db'),
      'this is no database, and longer than a header would be '.repeat(20),
    );
    await expect(openDatabase({ directory, clock })).rejects.toMatchObject({
      code: 'STORE_UNUSABLE',
      message: expect.stringMatching(/damaged: .*restore a backup/),
    });
  });

  it('in a place that is no directory is refused with what to do', async () => {
    const file = join(freshDirectory(), 'file');
    writeFileSync(file, '');
    // In /proc nothing can be made: the recursive `mkdir` of Node would never end there.
    for (const directory of [file, join(file, 'below'), '/proc/nightshift/below']) {
      await expect(openDatabase({ directory, clock })).rejects.toMatchObject({
        code: 'DIRECTORY_UNUSABLE',
        message: expect.stringMatching(/cannot be the data directory .* name another one with NIGHTSHIFT_DATA/),
      });
    }
  });
});

describe('a second opener of the directory', () => {
  it('in another process is refused, until the first one dies', async () => {
    const directory = freshDirectory();
    const first = startChild(['hold', directory]);
    expect(await first.line()).toBe('open 0');

    const second = await startChild(['hold', directory]).line();
    expect(second).toMatch(/^refused STORE_IN_USE/);
    expect(second).toContain(`Another Nightshift is using ${directory}: stop it first`);

    await first.kill();
    expect(await startChild(['hold', directory]).line()).toBe('open 0');
  });

  it('in the same process is refused, until the first one closes', async () => {
    const directory = freshDirectory();
    const first = await openDatabase({ directory, clock });
    await expect(openDatabase({ directory, clock })).rejects.toMatchObject({ code: 'STORE_IN_USE' });
    await first.close();
    await first.close();
    await (await openDatabase({ directory, clock })).close();
  });

  it('may read what the first one has committed, also in another process', async () => {
    const directory = freshDirectory();
    const writer = startChild(['write', directory, 'round']);
    const id = String(await writer.line());
    const reader = openReadOnly({ directory, clock });
    expect(await reader.store.get('webhooks', id)).toMatchObject({ id, version: 1 });
    expect((await reader.store.list('webhooks', { limit: 1 })).length).toBe(1);
    expect((await reader.queue.depth('investigate')).waiting).toBeGreaterThan(0);
    expect(await reader.queue.deadLetters()).toEqual([]);
    reader.close();
  });

  it('may read what a killed or stopped one has left', async () => {
    const directory = freshDirectory();
    const writer = startChild(['write', directory, 'round']);
    const id = String(await writer.line());
    await writer.kill();
    for (const state of ['killed', 'stopped']) {
      if (state === 'stopped') await (await openDatabase({ directory, clock })).close();
      const reader = openReadOnly({ directory, clock });
      expect(await reader.store.get('webhooks', id)).toMatchObject({ id });
      reader.close();
    }
  });

  it('is told when there is nothing to read', () => {
    expect(() => openReadOnly({ directory: freshDirectory(), clock })).toThrow(
      /There is no data in .*nightshift serve/,
    );
  });
});

describe('closing', () => {
  it('commits what was asked for, ends all waiting and hands back what is in flight', async () => {
    const directory = freshDirectory();
    const first = await openDatabase({ directory, clock });
    await first.queue.send(['a', 'b'].map((group) => ({ queue: 'investigate', group, body: {} })));
    const [held] = await first.queue.receive('investigate', { max: 1, leaseMs: 60_000, waitMs: 0 });
    const waiting = first.queue.receive('announce', { max: 1, leaseMs: 60_000, waitMs: 60_000 });
    const write = first.store.put({ collection: 'meta', id: 'last', value: 1, expect: 'absent' });
    await first.close();
    expect(await write).toBe(true);
    expect(await waiting).toEqual([]);
    expect(held?.attempt).toBe(1);

    const second = await openDatabase({ directory, clock });
    expect(await second.store.get('meta', 'last')).toMatchObject({ value: 1 });
    const again = await second.queue.receive('investigate', { max: 2, leaseMs: 60_000, waitMs: 0 });
    expect(again.map(({ attempt }) => attempt)).toEqual([1, 1]);
    await second.close();
  });

  it('makes every later call come back later', async () => {
    const { store, queue, close } = await openFresh();
    await close();
    const later = { code: 'TRY_LATER' };
    await expect(store.put({ collection: 'meta', id: 'a', value: 1, expect: 'any' })).rejects.toMatchObject(later);
    await expect(store.get('meta', 'a')).rejects.toMatchObject(later);
    await expect(queue.receive('announce', { max: 1, leaseMs: 1, waitMs: 0 })).rejects.toMatchObject(later);
    await expect(queue.depth('announce')).rejects.toMatchObject(later);
  });
});
