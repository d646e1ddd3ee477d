import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmdirSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Root in a container may lack the right: only trying tells. */
export function canMount(): boolean {
  const directory = mkdtempSync(join(tmpdir(), 'nightshift-mount-'));
  try {
    mountSmall(directory);
    execFileSync('umount', [directory]);
    return true;
  } catch {
    return false;
  } finally {
    rmdirSync(directory);
  }
}

/** A disk of 1 MB. */
export function mountSmall(directory: string): void {
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'nightshift-test', directory], { stdio: 'ignore' });
}

export function fillFile(path: string, bytes: number): void {
  const file = openSync(path, 'w');
  writeSync(file, Buffer.alloc(bytes, 1));
  closeSync(file);
}
