import { mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { lacking } from '../../harness/programs.ts';
import { until } from '../../harness/until.ts';

const root = '/sys/fs/cgroup/memory';

export interface MemoryLimit extends AsyncDisposable {
  /** Whether a process in it waits for memory now. */
  isExhausted(): boolean;
  /** How many of its processes were killed for want of memory. */
  kills(): number;
}

/**
 * For `describe.skipIf`: only version 1 of the kernel's control groups can hold a process at a limit without killing it
 * (kernel documentation, cgroup-v1/memory, "OOM Control"); version 2 slows it down instead. Needs root.
 */
export function needsMemoryGroups(): string | undefined {
  const folder = join(root, `nightshift-try-${process.pid}`);
  try {
    mkdirSync(folder);
    readFileSync(join(folder, 'memory.oom_control'));
    rmdirSync(folder);
    return undefined;
  } catch {
    return lacking(`needs root and control groups of version 1 at ${root}, to hold a process at a memory limit`);
  }
}

/** From now on this process gets so many more bytes, and waits when they are used up. Disposing lifts the limit. */
export function limitMemory(pid: number, moreBytes: number): MemoryLimit {
  const folder = join(root, `nightshift-test-${pid}`);
  mkdirSync(folder);
  const file = (name: string) => join(folder, `memory.${name}`);
  const figure = (name: string) =>
    Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(readFileSync(file('oom_control'), 'utf8'))?.[1] ?? 0);
  writeFileSync(file('limit_in_bytes'), String(moreBytes));
  writeFileSync(file('oom_control'), '1');
  writeFileSync(join(folder, 'cgroup.procs'), String(pid));
  return {
    isExhausted: () => figure('under_oom') === 1,
    kills: () => figure('oom_kill'),
    [Symbol.asyncDispose]: async () => {
      writeFileSync(file('limit_in_bytes'), '-1');
      moveAll(join(folder, 'cgroup.procs'));
      await until('the control group to be empty', () => isRemoved(folder));
    },
  };
}

function moveAll(processes: string): void {
  for (const pid of readFileSync(processes, 'utf8').split('\n').filter(Boolean)) {
    try {
      writeFileSync(join(root, 'cgroup.procs'), pid);
    } catch {
      // it has ended
    }
  }
}

function isRemoved(folder: string): boolean {
  try {
    rmdirSync(folder);
    return true;
  } catch {
    return false; // EBUSY: a process of it is just ending
  }
}
