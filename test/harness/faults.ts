import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { start } from './process.ts';
import { pathOf } from './programs.ts';
import { tempDir } from './temp.ts';

/** A fault made on a process; disposing ends it. */
export type Fault = AsyncDisposable;

/**
 * A slow disk: every fdatasync of the process takes this much longer (strace fault injection, strace(1)). In effect
 * when the promise resolves.
 */
export async function slowDisk(pid: number, delayMs: number): Promise<Fault> {
  await using stack = new AsyncDisposableStack();
  const folder = stack.use(await tempDir('strace')).path;
  const inject = `inject=fdatasync:delay_exit=${delayMs * 1_000}`;
  stack.use(
    await start(
      pathOf('strace'),
      ['-f', '-qq', '-o', '/dev/null', '-e', 'trace=fdatasync', '-e', inject, '-p', String(pid)],
      {
        folder,
        ready: (strace) => holdsEveryThread(strace.pid, pid),
      },
    ),
  );
  return stack.move();
}

async function holdsEveryThread(tracer: number, pid: number): Promise<boolean> {
  const threads = await readdir(`/proc/${pid}/task`);
  const statuses = await Promise.all(threads.map((thread) => readFile(`/proc/${pid}/task/${thread}/status`, 'utf8')));
  return statuses.every((status) => status.includes(`TracerPid:\t${tracer}\n`));
}

const pulse = { stoppedMs: 350, runningMs: 250 };

/**
 * A process that gets too little CPU: stopped 350 ms of every 600 ms, as a throttled container is. What `between` does
 * (a put, say) happens while it runs and is awaited before the next stop, so that no fsync is measured across a stop.
 */
export function starve(pid: number, between: () => Promise<unknown> = () => Promise.resolve()): Fault {
  let going = true;
  const loop = (async () => {
    while (going) {
      process.kill(pid, 'SIGSTOP');
      await sleep(pulse.stoppedMs);
      process.kill(pid, 'SIGCONT');
      await Promise.all([sleep(pulse.runningMs), between().catch(() => undefined)]);
    }
  })();
  loop.catch(() => undefined); // the process has ended; whoever disposes hears of it
  return {
    [Symbol.asyncDispose]: () => {
      going = false;
      return loop;
    },
  };
}
