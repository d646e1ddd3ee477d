import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmdirSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lacking } from '../../../harness/programs.ts';

/** As `needs`, for `it.skipIf(…)`: undefined when a file system can be mounted here. */
export function needsMount(): string | undefined {
  if (canMount()) return undefined;
  return lacking('needs the right to mount a file system: run as root, in a container with CAP_SYS_ADMIN');
}

/** Root in a container may lack the right: only trying tells. */
function canMount(): boolean {
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
