import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { until } from '../../../harness/until.ts';

const main = join(import.meta.dirname, '../../../../functions/lambda/local/main.ts');

/** `npm run lambda:local`, without npm: resolves when it says that it is ready. Killed at the end, if it still runs. */
export async function lambdaLocal(environment: Readonly<Record<string, string>> = {}) {
  const { child, output } = started(['--port', '0'], environment);
  const url = await until(
    'the runner to be ready',
    () => /ready: (\S+)/.exec(output())?.[1] ?? (child.exitCode === null ? undefined : 'ended'),
    { deadlineMs: 150_000 },
  );
  if (url === 'ended') throw new Error(`the runner ended: ${output()}`);
  return {
    ...{ url, child, output },
    /** Everybody it has started, with what they run. */
    started: () => childrenOf(child.pid ?? 0),
    async [Symbol.asyncDispose]() {
      if (child.exitCode !== null) return;
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}

/** One that ends by itself. */
export async function finished(args: readonly string[], environment: Readonly<Record<string, string>> = {}) {
  const { child, output } = started(args, environment);
  const [code] = await once(child, 'close');
  return { code, output: output() };
}

function started(
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): { readonly child: ChildProcess; readonly output: () => string } {
  const env = { PATH: process.env.PATH ?? '', ...environment };
  const child = spawn(process.execPath, [main, ...args], { env });
  const texts: string[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => texts.push(String(chunk)));
  return { child, output: () => texts.join('') };
}

interface Started {
  readonly pid: number;
  readonly isFunction: boolean;
}

function childrenOf(parent: number): readonly Started[] {
  const isChild = new RegExp(`^PPid:\\s+${parent}$`, 'm');
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        if (!isChild.test(readFileSync(`/proc/${pid}/status`, 'utf8'))) return [];
        const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
        return [{ pid: Number(pid), isFunction: command.includes('lambda-process.mjs') }];
      } catch {
        return []; // it has ended since
      }
    });
}
