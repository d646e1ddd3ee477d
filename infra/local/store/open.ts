import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Refused } from '../../../engine/errors.ts';
import type { Clock, Store } from '../../../engine/ports.ts';
import { makePrivate } from './directory.ts';
import { createDocumentReader, createDocuments, type DocumentReader } from './documents.ts';
import { tryLater } from './failure.ts';
import { type CommitStats, createGroupCommit } from './group-commit.ts';
import { holdLock, LOCK_FILE } from './lock.ts';
import { createMessages, type Messages } from './messages.ts';
import { type Presence, presenceOf } from './presence.ts';
import { createQueue, createQueueReader, type EmbeddedQueue, type QueueReader } from './queue.ts';
import { createReceivers, type Receivers } from './receivers.ts';
import { migrate, migrations, refuseNewer, versionOf } from './schema.ts';

export interface OpenOptions {
  /** Made if it does not exist. Holds nightshift.db, SQLite's files beside it, and the lock. */
  readonly directory: string;
  readonly clock: Clock;
  /** Told of every transaction that failed; those who asked for it have their `TryLater` already. */
  readonly onError?: (error: Error) => void;
  /** What the data file may grow to; beyond it a write is refused as if the disk were full. */
  readonly maxBytes?: number;
}

export interface Embedded {
  readonly store: Store;
  readonly queue: EmbeddedQueue;
  stats(): CommitStats;
  /** For what else is kept in the directory. */
  readonly present: Presence;
  /** Commits what was asked for, hands back what is in flight, frees the directory. Every later call gets `TryLater`. */
  close(): Promise<void>;
}

/** What can be seen while a server holds the directory. */
export interface ReadOnly {
  readonly store: DocumentReader;
  readonly queue: QueueReader;
  close(): void;
}

const DATA_FILE = 'nightshift.db';
/**
 * How long a write waits for another program's lock. The whole process waits with it, and the only other writers are
 * guests, such as an sqlite3 shell: so not long.
 */
const busyTimeoutMs = 250;

/**
 * Opens the data directory for this process alone. Throws `Refused` with what to do when another process has it
 * (`STORE_IN_USE`), a newer program wrote it (`STORE_TOO_NEW`), nothing can be kept there (`DIRECTORY_UNUSABLE`), or what
 * is there cannot be used (`STORE_UNUSABLE`).
 */
export async function openDatabase({ clock, onError, maxBytes, ...options }: OpenOptions): Promise<Embedded> {
  const directory = resolve(options.directory);
  const { db, lock } = usable(directory, () => openForWriting(directory, maxBytes));
  const free = () => {
    db.close();
    lock.release();
  };
  const present = presenceOf(directory, [LOCK_FILE, DATA_FILE]);
  const commit = createGroupCommit(db, directory, onError, present);
  const receivers: Receivers = createReceivers(commit, clock, () => messages);
  const messages: Messages = createMessages(db, clock, receivers.wake);
  usable(directory, () => closedOnError({ close: free }, messages.releaseCrashed));

  return {
    store: createDocuments(db, directory, clock, commit, messages),
    queue: createQueue(createQueueReader(db, directory, clock), commit, messages, receivers),
    stats: commit.stats,
    present,
    close: async () => {
      if (!db.isOpen) return;
      receivers.close();
      // A failure is told to `onError`, and the next start releases the leases all the same.
      commit.write(messages.handBack).catch(() => {});
      commit.close();
      free();
    },
  };
}

/** Opens the data for reading, whether or not a server holds it. Throws `Refused` when there is nothing to read. */
export function openReadOnly(options: Pick<OpenOptions, 'directory' | 'clock'>): ReadOnly {
  const directory = resolve(options.directory);
  if (!existsSync(fileIn(directory))) {
    throw new Refused(
      'STORE_ABSENT',
      `There is no data in ${directory}: start \`nightshift serve\` once, or name the right directory with NIGHTSHIFT_DATA.`,
    );
  }
  const db = usable(directory, () => {
    const file = new DatabaseSync(fileIn(directory), { readOnly: true, timeout: busyTimeoutMs });
    return closedOnError(file, () => refuseOtherVersions(file, directory));
  });
  return {
    store: createDocumentReader(db, directory),
    queue: createQueueReader(db, directory, options.clock),
    close: () => db.close(),
  };
}

function openForWriting(directory: string, maxBytes: number | undefined) {
  makePrivate(directory, [LOCK_FILE, DATA_FILE]);
  const lock = holdLock(directory);
  return closedOnError({ close: lock.release }, () => {
    const db = new DatabaseSync(fileIn(directory), { timeout: busyTimeoutMs });
    return closedOnError(db, () => {
      refuseNewer(versionOf(db), migrations.length, directory);
      const mode = db.prepare('PRAGMA journal_mode = WAL').get()?.journal_mode;
      if (mode !== 'wal') throw new Error('its file system has no shared memory (NFS?), which SQLite needs');
      // FULL: a commit is on the disk when it returns, also if the power fails.
      db.exec('PRAGMA synchronous = FULL');
      db.exec(`PRAGMA journal_size_limit = ${64 * 1_024 * 1_024}`);
      if (maxBytes !== undefined) db.exec(`PRAGMA max_page_count = ${Math.ceil(maxBytes / 4_096)}`);
      migrate(db, directory);
      return { db, lock };
    });
  });
}

function refuseOtherVersions(db: DatabaseSync, directory: string): DatabaseSync {
  const version = versionOf(db);
  refuseNewer(version, migrations.length, directory);
  if (version === migrations.length) return db;
  throw new Refused(
    'STORE_TOO_OLD',
    `The data in ${directory} has an older schema (${version}; this Nightshift reads ${migrations.length}): ` +
      'start `nightshift serve` once to bring it up to date.',
  );
}

function fileIn(directory: string): string {
  return join(directory, DATA_FILE);
}

function closedOnError<T>(resource: { close(): void }, use: () => T): T {
  try {
    return use();
  } catch (error) {
    resource.close();
    throw error;
  }
}

function usable<T>(directory: string, open: () => T): T {
  try {
    return open();
  } catch (error) {
    if (error instanceof Refused) throw error;
    throw new Refused('STORE_UNUSABLE', tryLater(error, directory).message, error);
  }
}
