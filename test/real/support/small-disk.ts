import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** Program and arguments that run `command` with a file system of its own, of this size and in memory, at `directory`. */
export function onDiskOfItsOwn(
  directory: string,
  sizeBytes: number,
  command: readonly string[],
): readonly [program: string, ...args: string[]] {
  const script = 'mkdir -p "$0" && mount -t tmpfs -o size="$1" tmpfs "$0" && shift && exec "$@"';
  return ['/bin/sh', '-c', 'exec unshare --mount sh -c "$0" "$@"', script, directory, String(sizeBytes), ...command];
}

/** How everybody else sees a directory that only this process sees as it is (proc(5), /proc/PID/root). */
export function asSeenBy(pid: number, directory: string): string {
  return join(`/proc/${pid}/root`, directory);
}

/** The beginning of a command line that runs a program where this process runs, with its file systems. */
export function whereItIs(pid: number): readonly string[] {
  return ['nsenter', `--mount=/proc/${pid}/ns/mnt`];
}

/** Writes until there is no room for another byte; disposing makes room again. */
export async function fillDisk(directory: string): Promise<AsyncDisposable> {
  const path = join(directory, 'ballast');
  const file = await open(path, 'w');
  for (const size of [1024 * 1024, 4_096, 1]) {
    try {
      for (;;) await file.write(Buffer.alloc(size));
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error;
    }
  }
  await file.close();
  return { [Symbol.asyncDispose]: () => rm(path) };
}
