import { type ChildProcess, fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { unzipSync } from 'fflate';

/** A packaged function in a process of its own, with its own environment and no other. */
export interface FunctionProcess extends AsyncDisposable {
  readonly pid: number;
  /** From nothing to its first event. */
  readonly coldStartMs: number;
  isRunning(): boolean;
  /** Hands it an event; rejects with what the handler threw. A handler that takes longer than it may is killed. */
  invoke<Result>(event: unknown): Promise<Result>;
  /** What it has logged lately: objects, one a line. */
  logged(): readonly Record<string, unknown>[];
}

export interface FunctionOptions {
  readonly name?: string;
  /** Default 30. */
  readonly timeoutSeconds?: number;
  /** What the function is told; nothing limits it. Default 512. */
  readonly memoryMb?: number;
  /** Each line that it writes. */
  readonly onLine?: (line: string) => void;
}

type Answer = { readonly id?: string; readonly started?: true; readonly result?: unknown; readonly failed?: string };

const LINES_KEPT = 1_000;

/** Starts what is in a zip. Rejects with what its cold start threw. */
export async function startFunction(
  zip: string,
  environment: Readonly<Record<string, string>>,
  { name = 'function', timeoutSeconds = 30, memoryMb = 512, onLine = () => {} }: FunctionOptions = {},
): Promise<FunctionProcess> {
  const startedAt = performance.now();
  const directory = await unpacked(zip);
  const module = pathToFileURL(join(directory, 'index.mjs')).href;
  const child = fork(
    join(import.meta.dirname, 'lambda-process.mjs'),
    [JSON.stringify({ module, name, timeoutSeconds, memoryMb })],
    { env: { ...environment }, execArgv: [], stdio: ['ignore', 'pipe', 'pipe', 'ipc'] },
  );
  const isRunning = () => child.exitCode === null && child.signalCode === null;
  const lines = keepLines(child, onLine);
  const stop = async () => {
    if (isRunning()) {
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    }
    await rm(directory, { recursive: true, force: true });
  };
  try {
    const { failed } = await nextAnswer(child, ({ id }) => id === undefined);
    if (failed !== undefined) throw new Error(failed);
  } catch (failure) {
    await stop();
    throw failure;
  }
  return {
    pid: child.pid ?? 0,
    coldStartMs: performance.now() - startedAt,
    isRunning,
    async invoke<Result>(event: unknown) {
      const wanted = randomUUID();
      const answered = nextAnswer(child, ({ id }) => id === wanted);
      let isLate = false;
      const late = setTimeout(() => {
        isLate = true;
        child.kill('SIGKILL');
      }, timeoutSeconds * 1_000);
      try {
        if (child.connected) child.send({ id: wanted, event }, () => {});
        const { failed, result } = await answered;
        if (failed !== undefined) throw new Error(failed);
        return result as Result;
      } catch (failure) {
        throw isLate ? new Error(`the function's time was over after ${timeoutSeconds} s, it was killed`) : failure;
      } finally {
        clearTimeout(late);
      }
    },
    logged: () => lines.flatMap(parsed),
    [Symbol.asyncDispose]: stop,
  };
}

async function unpacked(zip: string): Promise<string> {
  const files = Object.entries(unzipSync(await readFile(zip)));
  const directory = await mkdtemp(join(tmpdir(), 'nightshift-function-'));
  for (const [name, content] of files) {
    await mkdir(dirname(join(directory, name)), { recursive: true });
    await writeFile(join(directory, name), content);
  }
  return directory;
}

async function nextAnswer(child: ChildProcess, fits: (answer: Answer) => boolean): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const listen = (answer: Answer) => fits(answer) && resolve(answer);
  const gone = () => reject(new Error(`the function's process ended (${child.signalCode ?? child.exitCode})`));
  child.on('message', listen);
  child.once('exit', gone);
  if (child.exitCode !== null || child.signalCode !== null) gone();
  try {
    return await promise;
  } finally {
    child.off('message', listen);
    child.off('exit', gone);
  }
}

function keepLines({ stdout, stderr }: ChildProcess, onLine: (line: string) => void): string[] {
  const lines: string[] = [];
  for (const stream of [stdout, stderr]) {
    if (!stream) continue;
    createInterface({ input: stream }).on('line', (line) => {
      lines.push(line);
      if (lines.length > LINES_KEPT) lines.shift();
      onLine(line);
    });
  }
  return lines;
}

function parsed(line: string): Record<string, unknown>[] {
  try {
    return [JSON.parse(line) as Record<string, unknown>];
  } catch {
    return line.trim() === '' ? [] : [{ line }];
  }
}
