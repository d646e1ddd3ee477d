import { mkdtemp, rm, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface TempDir extends AsyncDisposable {
  readonly path: string;
}

const MEMORY = '/dev/shm';
/** Of a container it may be as small as 64 MB, which files side by side share. */
const ENOUGH_BYTES = 500_000_000;

/** A new folder under the system's temporary folder; disposing removes it with everything in it. */
export function tempDir(purpose: string): Promise<TempDir> {
  return folderIn(tmpdir(), purpose);
}

/** The same in memory where there is enough: for much that is written and fsynced, and need not survive more than a kill. */
export async function tempDirInMemory(purpose: string): Promise<TempDir> {
  const free = await statfs(MEMORY).then(
    ({ bavail, bsize }) => bavail * bsize,
    () => 0,
  );
  return folderIn(free >= ENOUGH_BYTES ? MEMORY : tmpdir(), purpose);
}

async function folderIn(parent: string, purpose: string): Promise<TempDir> {
  const path = await mkdtemp(join(parent, `nightshift-${purpose}-`));
  return {
    path,
    [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 }),
  };
}
