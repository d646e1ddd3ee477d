import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { pathOf } from './programs.ts';
import { Hopeless, until } from './until.ts';

export interface StartOptions {
  /** Its log goes to `<folder>/<name>.log`. */
  readonly folder: string;
  /** Default: the program's file name. Two processes of one program in one folder need two names. */
  readonly name?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** True, once, when the program does its work. Throwing means "not yet". */
  readonly ready: (started: { readonly pid: number }) => Promise<boolean> | boolean;
  /** Default 30 s. */
  readonly deadlineMs?: number;
}

/** A program that runs until it is stopped or disposed of, or ends by itself. */
export interface Running extends AsyncDisposable {
  readonly name: string;
  readonly pid: number;
  /** All it has written so far, standard output and error in the order of writing. */
  log(): string;
  /** How it ended ("code 1", "signal SIGKILL"); undefined while it runs. */
  ended(): string | undefined;
  /** Holds it as it is (SIGSTOP): connections are accepted by the kernel and never answered. */
  freeze(): void;
  thaw(): void;
  /** Ends it and all its children: SIGTERM, after five seconds SIGKILL. A frozen one ends too. */
  stop(): Promise<void>;
  /** Ends it with SIGKILL, as a crash would. */
  kill(): Promise<void>;
}

const graceMs = 5_000;

/**
 * Starts a program (an absolute path: `pathOf('etcd')`, `process.execPath`) and waits until it is ready. When it is not in time, or ends before, the error quotes the end of
 * its log. The program dies with this process, however this process dies (setpriv --pdeathsig).
 */
export async function start(program: string, args: readonly string[], options: StartOptions): Promise<Running> {
  const name = options.name ?? basename(program);
  const logFile = join(options.folder, `${name}.log`);
  const output = openSync(logFile, 'a');
  const child = spawn(pathOf('setpriv'), ['--pdeathsig', 'KILL', program, ...args], {
    stdio: ['ignore', output, output],
    env: { ...process.env, ...options.env },
    cwd: options.folder,
    detached: true, // a process group of its own, so that its children can be ended with it
  });
  closeSync(output);

  let end: string | undefined;
  const gone = new Promise<void>((resolve) => {
    child.once('exit', (code, signal) => {
      end = code === null ? `signal ${signal}` : `code ${code}`;
      resolve();
    });
    child.once('error', (error) => {
      end = error.message;
      resolve();
    });
  });
  const pid = child.pid;
  if (pid === undefined) {
    await gone;
    throw new Error(`${name} could not be started: ${end}`);
  }

  const group = (signal: NodeJS.Signals): void => {
    try {
      process.kill(-pid, signal);
    } catch {
      // it has ended already
    }
  };
  const log = (): string => readFileSync(logFile, 'utf8');
  const running: Running = {
    name,
    pid,
    log,
    ended: () => end,
    freeze: () => group('SIGSTOP'),
    thaw: () => group('SIGCONT'),
    stop: async () => {
      group('SIGTERM');
      group('SIGCONT');
      const impatience = setTimeout(() => group('SIGKILL'), graceMs);
      await gone;
      clearTimeout(impatience);
      group('SIGKILL'); // children that outlived it
    },
    kill: async () => {
      group('SIGKILL');
      await gone;
    },
    [Symbol.asyncDispose]: () => running.stop(),
  };

  try {
    await until(
      `${name} to be ready`,
      async () => {
        if (end !== undefined) throw new Hopeless(`${name} ended (${end}) before it was ready`);
        return options.ready({ pid });
      },
      { deadlineMs: options.deadlineMs ?? 30_000, everyMs: 50 },
    );
  } catch (error) {
    const tail = log().trimEnd().split('\n').slice(-15).join('\n');
    await running.stop();
    throw new Error(`${error instanceof Error ? error.message : error}\nThe end of its log:\n${tail}`);
  }
  return running;
}

/** A look for `ready`: the address answers with a 2xx within two seconds. */
export function answers(url: string): () => Promise<boolean> {
  return async () => (await fetch(url, { signal: AbortSignal.timeout(2_000) })).ok;
}
