import { accessSync, closeSync, constants, mkdirSync, openSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { messageOf, Refused } from '../../../engine/errors.ts';

/** The disk is at fault, not the name of the directory. */
const diskTrouble = new Set(['ENOSPC', 'EDQUOT', 'EIO']);

/**
 * Makes the directory with everything above it, and files in it, for the owner alone: alerts and evidence are nobody
 * else's business. What is there already keeps its rights. Throws `Refused` (`DIRECTORY_UNUSABLE`).
 */
export function makePrivate(directory: string, files: readonly string[]): void {
  try {
    makeDirectory(directory);
    accessSync(directory, constants.W_OK | constants.X_OK);
    for (const file of files) makeFile(join(directory, file));
  } catch (error) {
    if (diskTrouble.has(codeOf(error))) throw error;
    throw new Refused(
      'DIRECTORY_UNUSABLE',
      `${directory} cannot be the data directory (${messageOf(error)}): name another one with NIGHTSHIFT_DATA.`,
      error,
    );
  }
}

/** One level at a time: where nothing can be made (`/proc`), Node's recursive `mkdir` never ends. */
function makeDirectory(directory: string): void {
  const there = statSync(directory, { throwIfNoEntry: false });
  if (there?.isDirectory()) return;
  if (there) throw new Error('it is a file');
  if (dirname(directory) !== directory) makeDirectory(dirname(directory));
  try {
    mkdirSync(directory, { mode: 0o700 });
  } catch (error) {
    // Another process may have made it meanwhile.
    if (codeOf(error) !== 'EEXIST') throw error;
  }
}

/** SQLite gives the files beside a database (`-wal`, `-shm`) the rights of the database. */
function makeFile(file: string): void {
  try {
    closeSync(openSync(file, 'wx', 0o600));
  } catch (error) {
    // Never opened if it exists: closing it again would free this process's locks on it (POSIX).
    if (codeOf(error) !== 'EEXIST') throw error;
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
