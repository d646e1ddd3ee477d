import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { type Embedded, type OpenOptions, openDatabase } from '../../../../infra/local/store/open.ts';
import { systemClock } from '../../../contract/place.ts';

/** A directory that is gone when the test has finished. */
export function freshDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'nightshift-store-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** An empty database, closed when the test has finished. */
export async function openFresh(options: Partial<OpenOptions> = {}): Promise<Embedded> {
  const directory = freshDirectory();
  const embedded = await openDatabase({ directory, clock: systemClock, ...options });
  onTestFinished(() => embedded.close());
  return embedded;
}
