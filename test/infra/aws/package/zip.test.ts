import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { zipOf } from '../../../../infra/aws/package/zip.ts';
import { needs } from '../../../harness/programs.ts';

const files = {
  'index.mjs': Buffer.from('export const handler = async () => {};\n'.repeat(500)),
  'a/b.json': Buffer.from('{"ä": 1}'),
};
const hash = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

describe('a zip', () => {
  it('has the same bytes whenever it is made, wherever, and in whatever order the files are named', () => {
    const script = `
      import { zipOf } from ${JSON.stringify(join(import.meta.dirname, '../../../../infra/aws/package/zip.ts'))};
      process.stdout.write(zipOf({ 'a/b.json': Buffer.from('{"ä": 1}'), 'index.mjs': Buffer.from('export const handler = async () => {};\\n'.repeat(500)) }));
    `;
    const elsewhere = execFileSync(process.execPath, ['--input-type=module', '-e', script], {
      env: { ...process.env, TZ: 'Pacific/Auckland' },
    });

    expect(hash(elsewhere)).toBe(hash(zipOf(files)));
  });

  it('has other bytes when a file has', () => {
    expect(hash(zipOf({ ...files, 'a/b.json': Buffer.from('{}') }))).not.toBe(hash(zipOf(files)));
  });

  it.skipIf(needs('unzip'))('is one that others can read, with files that everybody may read', () => {
    const directory = mkdtempSync(join(tmpdir(), 'zip-'));
    try {
      writeFileSync(join(directory, 'function.zip'), zipOf(files));
      execFileSync('unzip', ['-q', 'function.zip'], { cwd: directory });

      expect(readFileSync(join(directory, 'a/b.json'), 'utf8')).toBe('{"ä": 1}');
      expect(readFileSync(join(directory, 'index.mjs'))).toEqual(files['index.mjs']);
      expect(statSync(join(directory, 'index.mjs')).mode & 0o777).toBe(0o644);
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
});
