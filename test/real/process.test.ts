import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { slowDisk } from '../harness/faults.ts';
import { freePort } from '../harness/ports.ts';
import { start } from '../harness/process.ts';
import { needs } from '../harness/programs.ts';
import { tempDir } from '../harness/temp.ts';
import { until } from '../harness/until.ts';

/** A zombie, ended but not yet waited for by its parent, is not alive. */
const isAlive = (pid: number): boolean => {
  try {
    return !/^State:\sZ/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
};

const shell = '/bin/sh';

describe.skipIf(needs('strace'))('a program started for a test', () => {
  test('that ends before it is ready: the error quotes the end of its log', async () => {
    await using folder = await tempDir('process');
    const script = 'echo first; echo "bind: address already in use" >&2; exit 3';
    const failed = start(shell, ['-c', script], { folder: folder.path, ready: () => false });
    await expect(failed).rejects.toThrow(/ended \(code 3\) before it was ready.*first\nbind: address already in use/s);
  });

  test('that is not ready in time: the error names the last look and the log, and the program is gone', async () => {
    await using folder = await tempDir('process');
    const url = `http://127.0.0.1:${await freePort()}/`;
    let pid = 0;
    const failed = start(shell, ['-c', 'echo waiting for nothing; exec sleep 600'], {
      folder: folder.path,
      deadlineMs: 300,
      ready: async (started) => {
        pid = started.pid;
        return (await fetch(url)).ok;
      },
    });
    await expect(failed).rejects.toThrow(/waited 0.3 s.*ECONNREFUSED.*waiting for nothing/s);
    expect(isAlive(pid)).toBe(false);
  });

  test('ends with its children, even when it is frozen', async () => {
    await using folder = await tempDir('process');
    const parent = await start(shell, ['-c', 'sleep 600 & echo $!; wait'], {
      folder: folder.path,
      name: 'parent',
      ready: () => true,
    });
    const child = await until('the child', () => Number(parent.log()) || undefined);
    parent.freeze();
    await parent.stop();
    expect(parent.ended()).toBeDefined();
    await until('the child to be gone', () => !isAlive(child));
  });

  test('ends when the test process is killed', async () => {
    await using folder = await tempDir('process');
    const source = `
      import { start } from '${new URL('../harness/process.ts', import.meta.url)}';
      const options = { folder: '${folder.path}', ready: () => true };
      console.log((await start('/bin/sleep', ['600'], options)).pid);
      setInterval(() => {}, 1_000);`;
    const testProcess = await start(process.execPath, ['--input-type=module', '-e', source], {
      folder: folder.path,
      ready: () => true,
    });
    const sleeping = await until('the program', () => Number(testProcess.log()) || undefined);
    expect(isAlive(sleeping)).toBe(true);
    process.kill(testProcess.pid, 'SIGKILL');
    await until('the program to be gone', () => !isAlive(sleeping));
  });

  test('a fault that cannot be made says why', async () => {
    await expect(slowDisk(2 ** 22 + 1, 10)).rejects.toThrow(/No such process/);
  });
});
