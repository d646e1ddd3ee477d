import { messageOf, TryLater } from '../../../engine/errors.ts';

/** Primary result codes, https://www.sqlite.org/rescode.html */
export const sqlite = {
  busy: 5,
  locked: 6,
  readOnly: 8,
  ioError: 10,
  corrupt: 11,
  full: 13,
  cantOpen: 14,
  notADatabase: 26,
};

/** The primary SQLite result code of anything that was thrown. */
export function resultCode(thrown: unknown): number | undefined {
  const extended = thrown instanceof Error && 'errcode' in thrown ? thrown.errcode : undefined;
  return typeof extended === 'number' ? extended & 0xff : undefined;
}

/** What SQLite threw, as words for the person who has to mend it. */
export function tryLater(thrown: unknown, directory: string): TryLater {
  const [words, retryAfterMs] = explain(resultCode(thrown), directory);
  return new TryLater(`${words} (${messageOf(thrown)})`, retryAfterMs, thrown);
}

/** Runs a read; what SQLite throws becomes `TryLater`. */
export function reading<T>(directory: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw tryLater(error, directory);
  }
}

function explain(code: number | undefined, directory: string): readonly [string, number] {
  switch (code) {
    case sqlite.full:
      return [`The disk that holds ${directory} is full: free some space there.`, 10_000];
    case sqlite.busy:
    case sqlite.locked:
      return [`Another program has locked the data in ${directory}: end it (an sqlite3 shell? a backup?).`, 1_000];
    case sqlite.readOnly:
      return [`The data in ${directory} cannot be written: check its owner, its rights and the mount.`, 10_000];
    case sqlite.cantOpen:
      return [
        `The data in ${directory} cannot be opened: check that it is there and who may read and write it.`,
        10_000,
      ];
    case sqlite.ioError:
      return [`The disk that holds ${directory} failed: check its quota, its health and the kernel's log.`, 10_000];
    case sqlite.corrupt:
    case sqlite.notADatabase:
      return [`The data in ${directory} is damaged: stop Nightshift, then restore a backup or move it away.`, 60_000];
    default:
      return [`The data in ${directory} cannot be used now.`, 10_000];
  }
}
