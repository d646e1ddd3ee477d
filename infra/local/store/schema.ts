import type { DatabaseSync } from 'node:sqlite';
import { Refused } from '../../../engine/errors.ts';

/**
 * Step n brings a file from version n to n + 1. A released step never changes; a change of the schema is a new step.
 * Times are milliseconds since 1970. Keys are `ANY` because of `toKey`.
 */
export const migrations: readonly string[] = [
  `CREATE TABLE documents (
     collection TEXT NOT NULL,
     id ANY NOT NULL,
     version INTEGER NOT NULL,
     written_at INTEGER NOT NULL,
     value TEXT NOT NULL
   ) STRICT;
   CREATE UNIQUE INDEX documents_by_id ON documents (collection, id);
   CREATE INDEX documents_by_age ON documents (collection, written_at);

   -- A group exists while it has messages; only its first message can be delivered. ready_at is when: the time the
   -- message is due, or while somebody holds the lease, the time the lease runs out.
   CREATE TABLE message_groups (
     group_id INTEGER PRIMARY KEY,
     queue TEXT NOT NULL,
     name ANY NOT NULL,
     ready_at INTEGER NOT NULL,
     leased INTEGER NOT NULL DEFAULT 0,
     attempts INTEGER NOT NULL DEFAULT 0
   ) STRICT;
   CREATE UNIQUE INDEX message_groups_by_name ON message_groups (queue, name);
   CREATE INDEX message_groups_by_ready ON message_groups (queue, ready_at);

   -- AUTOINCREMENT: a number is never used again, so that an answer that comes too late finds nothing to harm.
   CREATE TABLE messages (
     seq INTEGER PRIMARY KEY AUTOINCREMENT,
     group_id INTEGER NOT NULL REFERENCES message_groups,
     sent_at INTEGER NOT NULL,
     due_at INTEGER NOT NULL,
     body TEXT NOT NULL
   ) STRICT;
   CREATE INDEX messages_by_group ON messages (group_id, seq, sent_at);

   CREATE TABLE dead_letters (
     seq INTEGER PRIMARY KEY,
     queue TEXT NOT NULL,
     name ANY NOT NULL,
     body TEXT NOT NULL,
     reason TEXT NOT NULL,
     died_at INTEGER NOT NULL
   ) STRICT;`,
];

export function versionOf(db: DatabaseSync): number {
  return Number(db.prepare('PRAGMA user_version').get()?.user_version);
}

/** Throws `Refused` when a newer program wrote the file: this one would misread it. */
export function refuseNewer(version: number, known: number, directory: string): void {
  if (version <= known) return;
  throw new Refused(
    'STORE_TOO_NEW',
    `The data in ${directory} was written by a newer Nightshift (schema ${version}; this one knows ${known}): ` +
      'install that version again, or name another directory with NIGHTSHIFT_DATA.',
  );
}

/** Brings the file to the last version, each step whole or not at all. */
export function migrate(db: DatabaseSync, directory: string, steps: readonly string[] = migrations): void {
  refuseNewer(versionOf(db), steps.length, directory);
  for (const [version, step] of steps.entries()) {
    if (version < versionOf(db)) continue;
    db.exec('BEGIN IMMEDIATE');
    try {
      db.exec(step);
      db.exec(`PRAGMA user_version = ${version + 1}`);
      db.exec('COMMIT');
    } catch (error) {
      if (db.isTransaction) db.exec('ROLLBACK');
      throw error;
    }
  }
}
