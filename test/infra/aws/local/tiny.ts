import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { type FunctionOptions, type FunctionProcess, startFunction } from '../../../../infra/aws/local/function.ts';
import { zipOf } from '../../../../infra/aws/package/zip.ts';

/** A function of a few lines, packaged: the body of `async (event, context) => {…}`. Removed when the test is over. */
export function tinyZip(body: string, before = ''): string {
  const directory = mkdtempSync(join(tmpdir(), 'tiny-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const file = join(directory, 'tiny.zip');
  const code = `${before}\nexport const handler = async (event, context) => {${body}};`;
  writeFileSync(file, zipOf({ 'index.mjs': Buffer.from(code) }));
  return file;
}

/** That function, started; stopped when the test is over. */
export async function tiny(
  body: string,
  environment: Readonly<Record<string, string>> = {},
  options: FunctionOptions = {},
): Promise<FunctionProcess> {
  const one = await startFunction(tinyZip(body), environment, options);
  onTestFinished(() => one[Symbol.asyncDispose]());
  return one;
}

/** Whether a process is alive, or waits for somebody to note that it is not. */
export function exists(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
