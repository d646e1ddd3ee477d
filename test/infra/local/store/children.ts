import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

const program = fileURLToPath(new URL('./child.ts', import.meta.url));

export interface Child {
  /** The next line it prints; `undefined` when it has ended. */
  line(): Promise<string | undefined>;
  /** Kills it (SIGKILL) and gives the lines it had printed that were not read yet. */
  kill(): Promise<string[]>;
}

/** Starts child.ts, through `wrapper` (such as strace) if there is one. */
export function startChild(args: readonly string[], wrapper: readonly string[] = []): Child {
  const [command = process.execPath, ...rest] = [...wrapper, process.execPath, program, ...args];
  const child: ChildProcess = spawn(command, rest, { stdio: ['ignore', 'pipe', 'inherit'], detached: true });
  const { pid, stdout } = child;
  if (!pid || !stdout) throw new Error(`${command} did not start`);
  const lines = createInterface({ input: stdout })[Symbol.asyncIterator]();
  const line = async () => {
    const { value, done } = await lines.next();
    return done ? undefined : String(value);
  };
  const kill = async () => {
    if (child.exitCode === null && child.signalCode === null) {
      const ended = once(child, 'exit');
      // The whole process group: a wrapper that is killed alone would leave the child running.
      process.kill(-pid, 'SIGKILL');
      await ended;
    }
    const rest: string[] = [];
    for (let last = await line(); last !== undefined; last = await line()) rest.push(last);
    return rest;
  };
  onTestFinished(async () => {
    await kill();
  });
  return { line, kill };
}
