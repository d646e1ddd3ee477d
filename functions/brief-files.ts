import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Files of this process alone, gone as soon as they were read: two processes work side by side, and leave nothing. */
export async function withFiles<T>(
  texts: readonly string[],
  use: (files: readonly string[]) => Promise<T>,
): Promise<T> {
  const directory = await mkdtemp(join(tmpdir(), 'nightshift-'));
  try {
    const files = texts.map((_text, index) => join(directory, `kubeconfig-${index}`));
    await Promise.all(files.map((file, index) => writeFile(file, texts[index] ?? '', { mode: 0o600 })));
    return await use(files);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
