import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Refused } from '../../../engine/errors.ts';
import { resultCode, sqlite } from './failure.ts';

export const LOCK_FILE = 'lock';

export interface Lock {
  release(): void;
}

/**
 * Makes this process the only one that writes in the directory, for as long as it lives. SQLite's exclusive lock is
 * the kernel's (fcntl), so it goes with the process however that ends, and no stale file can keep a restart out. It
 * is on a file of its own because readers must still come to the data.
 */
export function holdLock(directory: string): Lock {
  const db = new DatabaseSync(join(directory, LOCK_FILE), { timeout: 0 });
  try {
    db.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    db.close();
    if (resultCode(error) !== sqlite.busy) throw error;
    throw new Refused(
      'STORE_IN_USE',
      `Another Nightshift is using ${directory}: stop it first, or give this one its own directory with NIGHTSHIFT_DATA.`,
      error,
    );
  }
  return { release: () => db.close() };
}
