import { randomUUID } from 'node:crypto';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import type { Drill } from '../infra/local/console/options.ts';

/** Beside the data: how to reach the server that uses it. */
const FILE = 'server.json';
/** Sent with the list of drills: a stale file may name a port that somebody else has now. */
export const SERVER_HEADER = 'nightshift-server';
const ANSWER_WITHIN_MS = 2_000;

const Note = z.object({ url: z.url({ protocol: /^http$/ }), id: z.string() });
const Drills = z.array(z.object({ id: z.string(), title: z.string(), description: z.string() }));

export interface ServerNote {
  readonly id: string;
  write(url: string): Promise<void>;
  remove(): Promise<void>;
}

/** For the process that holds the directory's lock: what is noted there is its own, or left by one that was killed. */
export function serverNote(directory: string): ServerNote {
  const file = join(directory, FILE);
  const id = randomUUID();
  return {
    id,
    async write(url) {
      await writeFile(`${file}.new`, JSON.stringify({ url, id }), { mode: 0o600 });
      await rename(`${file}.new`, file);
    },
    remove: () => rm(file, { force: true }),
  };
}

export interface RunningServer {
  readonly url: string;
  /** None when it looks after real clusters. */
  readonly drills: readonly Drill[];
}

/** The server that uses this data directory, if one answers now. */
export async function runningServer(directory: string): Promise<RunningServer | undefined> {
  try {
    const { url, id } = Note.parse(JSON.parse(await readFile(join(directory, FILE), 'utf8')));
    const response = await fetch(new URL('/drills', url), { signal: AbortSignal.timeout(ANSWER_WITHIN_MS) });
    if (response.headers.get(SERVER_HEADER) !== id) return undefined;
    return { url, drills: Drills.parse(await response.json()) };
  } catch {
    // No file, a stale one, or nobody there: all the same to who asks.
    return undefined;
  }
}
