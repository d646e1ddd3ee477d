import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
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
    /** Where it listens, with everybody it has started: addresses as the kernel writes them. */
    listening: () => [child.pid ?? 0, ...childrenOf(child.pid ?? 0).map(({ pid }) => pid)].flatMap(listeningOf),
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

/** A socket that listens is in state 0A: https://www.kernel.org/doc/Documentation/networking/proc_net_tcp.txt */
function listeningOf(pid: number): readonly string[] {
  const sockets = ['tcp', 'tcp6'].flatMap((table) => readFileSync(`/proc/${pid}/net/${table}`, 'utf8').split('\n'));
  const open = new Set(readdirSync(`/proc/${pid}/fd`).map((fd) => linkOf(`/proc/${pid}/fd/${fd}`)));
  return sockets
    .map((line) => line.trim().split(/\s+/))
    .filter(([, , , state, , , , , , inode]) => state === '0A' && open.has(`socket:[${inode}]`))
    .map(([, local = '']) => local.split(':')[0] ?? '');
}

function linkOf(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined; // closed since
  }
}
