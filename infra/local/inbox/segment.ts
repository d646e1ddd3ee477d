import { constants } from 'node:fs';
import { type FileHandle, open, readdir, rename, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { decode, type Entry } from './entry.ts';

const READ_BYTES = 256 * 1024;
const PATTERN = /^inbox-\d+\.log$/;

/** One file of the inbox. What lies before `readAt` is taken care of, what lies beyond `end` was never acknowledged. */
export interface Segment {
  readonly name: string;
  readonly file: string;
  /** Open while it is written to. */
  writing?: FileHandle;
  end: number;
  readAt: number;
  /** Something in it could not be read. */
  damaged?: boolean;
}

/** What another life of this directory left to be read, oldest first. */
export async function segmentsIn(directory: string): Promise<Segment[]> {
  const names = (await readdir(directory)).filter((name) => PATTERN.test(name)).sort();
  return Promise.all(
    names.map(async (name) => {
      const file = join(directory, name);
      return { name: nameOf(name), file, end: (await stat(file)).size, readAt: 0 };
    }),
  );
}

/**
 * A new file for the owner alone; it and its name are on the disk when this resolves, and so is whatever is written to
 * it as soon as the write returns (O_DSYNC). Names sort by age.
 */
export async function createSegment(directory: string, after = '0'): Promise<Segment> {
  const number = Math.max(Date.now(), Number(after) + 1);
  const file = join(directory, `inbox-${number}.log`);
  const { O_CREAT, O_EXCL, O_WRONLY, O_DSYNC } = constants;
  const writing = await open(file, O_CREAT | O_EXCL | O_WRONLY | O_DSYNC, 0o600);
  try {
    const parent = await open(directory);
    await parent.sync().finally(() => parent.close());
  } catch (failure) {
    await writing.close();
    throw failure;
  }
  return { name: String(number), file, writing, end: 0, readAt: 0 };
}

/** Appends and waits for the disk. What a failed write left behind is beyond `end`. */
export async function append(segment: Segment, entries: readonly Buffer[]): Promise<void> {
  const bytes = entries.reduce((sum, { length }) => sum + length, 0);
  const { bytesWritten = 0 } = (await segment.writing?.writev(entries, segment.end)) ?? {};
  if (bytesWritten < bytes) throw Object.assign(new Error('the disk took only a part'), { code: 'ENOSPC' });
  segment.end += bytes;
}

export interface Chunk {
  readonly entries: readonly Entry[];
  /** Where the next read begins. Less than `end` with no entries: the rest cannot be read. */
  readonly next: number;
}

/** The next entries, about a quarter of a mebibyte of them: others wait while they are stored. */
export async function read({ file, readAt, end }: Segment): Promise<Chunk> {
  const handle = await open(file);
  try {
    const part = async (bytes: number) => {
      const buffer = Buffer.allocUnsafe(Math.min(bytes, end - readAt));
      const { bytesRead } = await handle.read(buffer, 0, buffer.length, readAt);
      return decode(buffer.subarray(0, bytesRead), readAt);
    };
    let found = await part(READ_BYTES);
    if (found.entries.length === 0 && found.needsBytes && found.needsBytes <= end - readAt)
      found = await part(found.needsBytes);
    return { entries: found.entries, next: readAt + found.bytes };
  } finally {
    await handle.close();
  }
}

/** Nothing more is written to it. */
export async function seal(segment: Segment): Promise<void> {
  const { writing } = segment;
  delete segment.writing;
  await writing?.close();
}

/** Removes it; one that is damaged is put aside, for somebody to look at. */
export async function remove(segment: Segment): Promise<void> {
  await seal(segment);
  await (segment.damaged ? rename(segment.file, asideOf(segment)) : unlink(segment.file));
}

export function asideOf({ file }: Segment): string {
  return file.replace(/\.log$/, '.damaged');
}

function nameOf(file: string): string {
  return file.slice('inbox-'.length, -'.log'.length);
}
