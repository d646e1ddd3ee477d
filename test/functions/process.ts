import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../..');
export const cli = join(root, 'functions/nightshift.mjs');

const LONGEST_MS = 120_000;

export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

type Env = Readonly<Record<string, string>>;

function start(
  args: readonly string[],
  env: Env,
  cwd: string,
): { child: ChildProcess; finished: Promise<Finished>; output: () => string } {
  const child = spawn(process.execPath, [cli, ...args], {
    cwd,
    env: { PATH: process.env.PATH ?? '', HOME: cwd, ...env },
    // Where a test gave up waiting for it, it must not go on beside the next ones.
    timeout: LONGEST_MS,
    killSignal: 'SIGKILL',
  });
  const text = { stdout: '', stderr: '' };
  child.stdout?.on('data', (chunk) => {
    text.stdout += chunk;
  });
  child.stderr?.on('data', (chunk) => {
    text.stderr += chunk;
  });
  const finished = new Promise<Finished>((resolve) => child.on('close', (code) => resolve({ code, ...text })));
  return { child, finished, output: () => text.stdout + text.stderr };
}

/** A directory of its own, removed at the end. */
export function workplace() {
  const directory = mkdtempSync(join(tmpdir(), 'nightshift-'));
  return { directory, [Symbol.dispose]: () => rmSync(directory, { recursive: true, force: true }) };
}

/** Runs one command to its end, as a shell would. */
export async function nightshift(args: readonly string[], env: Env, cwd: string): Promise<Finished> {
  return start(args, env, cwd).finished;
}

/** The server as its own process, on a free port; resolves when it says that it is ready. */
export async function server(env: Env, cwd: string, args: readonly string[] = []) {
  const { child, finished, output } = start(['serve', ...args], { PORT: '0', ...env }, cwd);
  const url = await until(
    () => /ready: (\S+)/.exec(output())?.[1] ?? (child.exitCode === null ? undefined : 'ended'),
    'the server to be ready',
    output,
  );
  if (url === 'ended') throw new Error(`the server ended: ${output()}`);
  return {
    url,
    output,
    pid: child.pid ?? 0,
    kill: (signal: NodeJS.Signals) => {
      child.kill(signal);
      return finished;
    },
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await finished;
    },
  };
}

/** Asks until there is an answer; fails with what was waited for after ten seconds. */
export async function until<T>(
  ask: () => T | undefined | Promise<T | undefined>,
  what: string,
  more: () => string = () => '',
): Promise<T> {
  const deadline = Date.now() + 10_000;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (Date.now() > deadline) throw new Error(`waited in vain for ${what}\n${more()}`);
    await new Promise((resume) => setTimeout(resume, 20));
  }
}
