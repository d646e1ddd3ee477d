import { statSync } from 'node:fs';
import { join } from 'node:path';
import { TryLater } from '../../../engine/errors.ts';

/** Throws `TryLater` when what is open is not what stands in the directory any more. */
export type Presence = () => void;

/**
 * Removed files live on for whoever has them open, so that writing to them succeeds and nothing of it is ever read
 * again; and whoever starts in the directory then finds no lock there. By name only: to open and close a file once more
 * would free this process's locks on it (POSIX). A look costs a few microseconds.
 */
export function presenceOf(directory: string, files: readonly string[]): Presence {
  const identity = (file: string) => {
    const found = statSync(join(directory, file), { throwIfNoEntry: false, bigint: true });
    return found ? `${found.dev}/${found.ino}` : undefined;
  };
  const opened = new Map(files.map((file) => [file, identity(file)]));
  return () => {
    for (const file of files) {
      if (identity(file) === opened.get(file)) continue;
      throw new TryLater(
        `The data in ${directory} was removed or replaced while Nightshift runs (${file} is not the file that it opened): ` +
          'nothing that comes now would be kept. Put back what was there, if you can, and start Nightshift again.',
        10_000,
      );
    }
  };
}
