import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { tempDir } from '../../harness/temp.ts';

const root = join(import.meta.dirname, '../../..');

/** What packaging says of a copy of `serverless.yml` in which somebody has changed something. */
export async function checkedWith(check: (root: string) => void, change: (yaml: string) => string): Promise<void> {
  await using copy = await tempDir('stack');
  await cp(join(root, 'infra/aws/stack'), join(copy.path, 'infra/aws/stack'), { recursive: true });
  const yaml = await readFile(join(root, 'serverless.yml'), 'utf8');
  await writeFile(join(copy.path, 'serverless.yml'), change(yaml));
  check(copy.path);
}
