import { accessSync, constants } from 'node:fs';
import { getPriority, setPriority } from 'node:os';
import { vi } from 'vitest';
import { lacking } from '../../harness/programs.ts';

/** Linux' file system in memory. */
const memory = '/dev/shm';
const favoured = -10;

/**
 * What else runs on this machine must not pass for a fault of etcd. Programs started until this is disposed of keep
 * their files in memory, where no fsync waits for anybody's disk, and come first when the processors are busy. Where
 * that is not allowed (not root) or not there, they run as usual, and need a machine with nothing else to do.
 */
export function quietMachine(): Disposable {
  const before = getPriority();
  setPriorityIfAllowed(favoured);
  if (isWritable(memory)) vi.stubEnv('TMPDIR', memory);
  return {
    [Symbol.dispose]: () => {
      vi.unstubAllEnvs();
      setPriorityIfAllowed(before);
    },
  };
}

/** For `describe.skipIf`, beside `needs`: the reason when a test may not make mounts. With CI=true it throws. */
export function needsRoot(): string | undefined {
  return process.getuid?.() === 0 ? undefined : lacking('needs to be run as root: it mounts a small file system');
}

function setPriorityIfAllowed(priority: number): void {
  try {
    setPriority(priority);
  } catch {
    // EACCES: only root may raise it
  }
}

function isWritable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
