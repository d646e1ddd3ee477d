import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Agent } from 'undici';
import { stringify } from 'yaml';
import type { Accounts } from '../../engine/accounts.ts';
import type { Plan } from '../../engine/plan.ts';
import { practiceApprovers } from '../../infra/local/console/practice-users.ts';
import { openReadOnly } from '../../infra/local/store/open.ts';
import { start } from '../../test/harness/process.ts';
import { tempDir } from '../../test/harness/temp.ts';
import type { Channel } from './channel.ts';

export const root = join(import.meta.dirname, '../..');
export const cli = join(root, 'functions/nightshift.mjs');
const token = 'bench-token';

export interface ServerOptions {
  readonly kubeconfig: string;
  readonly prometheusUrl: string;
  /** Of somebody who may change the cluster: then the practice approvers may have every fix applied. */
  readonly fixerKubeconfig?: string;
  readonly channel: Channel;
  readonly nodeArgs?: readonly string[];
}

/** The real server as its own process, on a data directory of its own that outlives a crash. */
export interface Server extends AsyncDisposable {
  readonly url: string;
  readonly token: string;
  /** Sends one webhook; the status of the answer. */
  post(body: string): Promise<number>;
  /** `nightshift incidents --json`. */
  accounts(): Promise<Accounts>;
  /** All plans there are. */
  plans(): Promise<readonly Plan[]>;
  memory(): Memory;
  /** SIGKILL, then a new process on the same data. */
  crashAndRestart(): Promise<void>;
}

/** Megabytes (10^6 bytes) that are resident, and the most there ever were. */
export interface Memory {
  readonly now: number;
  readonly peak: number;
}

export async function startServer(options: ServerOptions): Promise<Server> {
  await using stack = new AsyncDisposableStack();
  const place = stack.use(await tempDir('bench-server')).path;
  const config = join(place, 'nightshift.yaml');
  await writeFile(config, configOf(options));
  const env = { ...secretsOf(options.channel), PORT: '0', NIGHTSHIFT_DATA: join(place, 'data') };
  const agent = stack.adopt(new Agent({ connections: 64 }), (one) => one.destroy());
  let runs = 0;

  async function run() {
    runs += 1;
    const name = `server-${runs}`;
    const readyLine = () => /is ready: (\S+)/.exec(readFileSync(join(place, `${name}.log`), 'utf8'))?.[1];
    const args = [...(options.nodeArgs ?? []), cli, '--config', config, 'serve'];
    const ready = () => readyLine() !== undefined;
    const running = await start(process.execPath, args, { folder: place, name, env, ready });
    return { running, url: readyLine() ?? '' };
  }

  let current = await run();
  stack.defer(() => current.running.stop());
  const owned = stack.move();
  return {
    token,
    get url() {
      return current.url;
    },
    post: async (body) => {
      const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
      const { hostname, port } = new URL(current.url);
      const origin = `http://${hostname}:${port}`;
      const answer = await agent.request({ origin, path: '/alerts', method: 'POST', headers, body });
      await answer.body.dump();
      return answer.statusCode;
    },
    accounts: () => accountsIn(env.NIGHTSHIFT_DATA, place),
    plans: () => plansIn(env.NIGHTSHIFT_DATA),
    memory: () => memoryOf(current.running.pid),
    crashAndRestart: async () => {
      await current.running.kill();
      current = await run();
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

function configOf({ kubeconfig, prometheusUrl, fixerKubeconfig, channel }: ServerOptions): string {
  const fixer = fixerKubeconfig === undefined ? {} : { fixer: { kubeconfig: fixerKubeconfig } };
  return stringify({
    clusters: [{ name: 'bench', kubernetes: { kubeconfig }, prometheus: { url: prometheusUrl }, ...fixer }],
    policy: fixerKubeconfig === undefined ? [] : [{ remedies: ['*'], approvers: { userGroups: [practiceApprovers] } }],
    alerts: { token: { env: 'BENCH_ALERTS_TOKEN' } },
    slack: {
      channel: channel.id,
      apiUrl: channel.apiUrl,
      botToken: { env: 'BENCH_BOT_TOKEN' },
      signingSecret: { env: 'BENCH_SIGNING_SECRET' },
    },
  });
}

function secretsOf({ botToken, signingSecret }: Channel): Record<string, string> {
  return { BENCH_ALERTS_TOKEN: token, BENCH_BOT_TOKEN: botToken, BENCH_SIGNING_SECRET: signingSecret };
}

async function accountsIn(directory: string, cwd: string): Promise<Accounts> {
  const env = { PATH: process.env.PATH ?? '', NIGHTSHIFT_DATA: directory };
  const options = { env, cwd, maxBuffer: 512 * 1024 * 1024 };
  const { stdout } = await promisify(execFile)(process.execPath, [cli, 'incidents', '--json'], options);
  return JSON.parse(stdout) as Accounts;
}

async function plansIn(directory: string): Promise<readonly Plan[]> {
  const { store, close } = openReadOnly({ directory, clock: { now: () => new Date() } });
  try {
    return (await store.list<Plan>('plans')).map(({ value }) => value);
  } finally {
    close();
  }
}

export function memoryOf(pid: number): Memory {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const megabytes = (name: string) =>
    (Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]) * 1024) / 1e6;
  return { now: megabytes('VmRSS'), peak: megabytes('VmHWM') };
}
