import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { unzipSync } from 'fflate';

/** A packaged function in a process of its own, with its own environment and no other. */
export interface FunctionProcess extends AsyncDisposable {
  /** Hands it an event; rejects with what the handler threw. */
  invoke<Result>(event: unknown): Promise<Result>;
  /** What it has logged: objects, one a line. */
  logged(): readonly Record<string, unknown>[];
}

type Answer = { readonly id?: string; readonly started?: true; readonly result?: unknown; readonly failed?: string };

/** Starts what is in a zip. Rejects with what its cold start threw. */
export async function startFunction(
  zip: string,
  environment: Readonly<Record<string, string>>,
  timeoutSeconds = 30,
): Promise<FunctionProcess> {
  const directory = await mkdtemp(join(tmpdir(), 'function-'));
  const files = Object.entries(unzipSync(await readFile(zip)));
  await Promise.all(files.map(([name, content]) => writeFile(join(directory, name), content)));
  const child = fork(
    join(import.meta.dirname, 'lambda-process.mjs'),
    [pathToFileURL(join(directory, 'index.mjs')).href, String(timeoutSeconds)],
    { env: { ...environment }, execArgv: [], stdio: ['ignore', 'pipe', 'pipe', 'ipc'] },
  );
  const lines = linesOf(child);
  const stop = async () => {
    if (child.exitCode === null) {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
    await rm(directory, { recursive: true, force: true });
  };
  const { failed } = await nextAnswer(child, ({ id }) => id === undefined);
  if (failed !== undefined) {
    await stop();
    throw new Error(failed);
  }
  let count = 0;
  return {
    async invoke<Result>(event: unknown) {
      count += 1;
      const wanted = String(count);
      const answered = nextAnswer(child, ({ id }) => id === wanted);
      child.send({ id: wanted, event });
      const { failed: because, result } = await answered;
      if (because !== undefined) throw new Error(because);
      return result as Result;
    },
    logged: () => lines.flatMap(parsed),
    [Symbol.asyncDispose]: stop,
  };
}

async function nextAnswer(child: ChildProcess, fits: (answer: Answer) => boolean): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const listen = (answer: Answer) => fits(answer) && resolve(answer);
  const gone = (code: number | null) => reject(new Error(`the function's process ended (${code})`));
  child.on('message', listen);
  child.once('exit', gone);
  try {
    return await promise;
  } finally {
    child.off('message', listen);
    child.off('exit', gone);
  }
}

function linesOf({ stdout, stderr }: ChildProcess): string[] {
  const lines: string[] = [];
  for (const stream of [stdout, stderr]) {
    let rest = '';
    stream?.setEncoding('utf8').on('data', (text: string) => {
      const parts = `${rest}${text}`.split('\n');
      rest = parts.pop() ?? '';
      lines.push(...parts);
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
