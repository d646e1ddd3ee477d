import type { DatabaseSync, SQLOutputValue, StatementSync } from 'node:sqlite';
import type { Clock, Collection, ListOptions, Store, Stored, Write } from '../../../engine/ports.ts';
import { fromKey, type Key, toJson, toKey } from './encoding.ts';
import { reading } from './failure.ts';
import type { GroupCommit } from './group-commit.ts';
import type { Messages } from './messages.ts';

interface Row {
  readonly id: Key;
  readonly version: number;
  readonly value: string;
}

export type DocumentReader = Pick<Store, 'get' | 'list'>;

/** Reading needs no turn in a transaction: it sees what is committed. */
export function createDocumentReader(db: DatabaseSync, directory: string): DocumentReader {
  const one = db.prepare('SELECT id, version, value FROM documents WHERE collection = ? AND id = ?');
  const all = listing(db, '', 'ASC');
  const allAfter = listing(db, 'AND id > ?', 'ASC');
  const newest = listing(db, '', 'DESC');
  const newestAfter = listing(db, 'AND id > ?', 'DESC');

  function rows(collection: Collection, { limit = -1, after, newestFirst = false }: ListOptions): SqlRow[] {
    if (after === undefined) return (newestFirst ? newest : all).all(collection, limit);
    return (newestFirst ? newestAfter : allAfter).all(collection, toKey(after), limit);
  }

  return {
    get: async <T>(collection: Collection, id: string) => {
      const row = reading(directory, () => one.get(collection, toKey(id)));
      return row && stored<T>(row);
    },
    list: async <T>(collection: Collection, options: ListOptions = {}) =>
      reading(directory, () => rows(collection, options)).map((row) => stored<T>(row)),
  };
}

/** The port `Store`. `messages` puts what a write sends into the write's own transaction. */
export function createDocuments(
  db: DatabaseSync,
  directory: string,
  clock: Clock,
  commit: GroupCommit,
  messages: Messages,
): Store {
  const insert = `INSERT INTO documents (collection, id, version, written_at, value) VALUES (?, ?, 1, ?, ?)
    ON CONFLICT (collection, id) DO`;
  const create = db.prepare(`${insert} NOTHING`);
  const overwrite = db.prepare(
    `${insert} UPDATE SET version = version + 1, written_at = excluded.written_at, value = excluded.value`,
  );
  const replace = db.prepare(
    'UPDATE documents SET version = version + 1, written_at = ?, value = ? WHERE collection = ? AND id = ? AND version = ?',
  );
  const remove = db.prepare('DELETE FROM documents WHERE collection = ? AND id = ?');
  const removeVersion = db.prepare('DELETE FROM documents WHERE collection = ? AND id = ? AND version = ?');
  const removeOld = db.prepare(
    `DELETE FROM documents WHERE rowid IN (
       SELECT rowid FROM documents WHERE collection = ? AND written_at < ? LIMIT ${pruneStep})`,
  );

  /** Everything that can be wrong with a write is found here, before it shares a transaction with others. */
  function prepare({ collection, id, value, expect, send = [] }: Write): () => boolean {
    const key = toKey(id);
    const json = toJson(value);
    const letters = send.map(messages.prepare);
    return () => {
      const now = clock.now().getTime();
      const { changes } =
        typeof expect === 'number'
          ? replace.run(now, json, collection, key, expect)
          : (expect === 'absent' ? create : overwrite).run(collection, key, now, json);
      if (changes === 0) return false;
      messages.send(letters);
      return true;
    };
  }

  return {
    ...createDocumentReader(db, directory),
    put: async (write) => commit.write(prepare(write)),
    putAll: async (writes) => {
      const prepared = writes.map(prepare);
      return commit.write(() => prepared.map((write) => write()));
    },
    delete: async (collection, id, version) => {
      const key = toKey(id);
      await commit.write(() =>
        version === undefined ? remove.run(collection, key) : removeVersion.run(collection, key, version),
      );
    },
    prune: async (collection, before) => {
      let pruned = 0;
      for (let step = pruneStep; step === pruneStep; pruned += step) {
        step = await commit.write(() => changesOf(removeOld, collection, before.getTime()));
      }
      return pruned;
    },
  };
}

/** Documents deleted in one transaction: everybody else waits for it, and so they should not wait long. */
const pruneStep = 500;

type SqlRow = Record<string, SQLOutputValue>;

function listing(db: DatabaseSync, condition: string, order: 'ASC' | 'DESC'): StatementSync {
  return db.prepare(
    `SELECT id, version, value FROM documents WHERE collection = ? ${condition} ORDER BY id ${order} LIMIT ?`,
  );
}

function stored<T>(row: SqlRow): Stored<T> {
  const { id, version, value } = row as unknown as Row;
  return { id: fromKey(id), value: JSON.parse(value) as T, version };
}

function changesOf(statement: StatementSync, collection: Collection, beforeMs: number): number {
  return Number(statement.run(collection, beforeMs).changes);
}
