import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { type Accounts, accounts as accountsOf, type IncidentAccount } from '../../../engine/accounts.ts';
import type { Report } from '../../../engine/report.ts';
import { parseTarget, wordsOf } from '../../../engine/target.ts';
import { openReadOnly } from '../../../infra/local/store/open.ts';
import { freePort } from '../../harness/ports.ts';
import { answers, type Running, start } from '../../harness/process.ts';
import { tempDir } from '../../harness/temp.ts';
import { Hopeless, until } from '../../harness/until.ts';
import { type Channel, type ChannelMessage, channelOf } from './channel.ts';
import { asSeenBy, onDiskOfItsOwn, whereItIs } from './small-disk.ts';

const program = join(import.meta.dirname, '../../../functions/nightshift.mjs');

export interface ClusterOptions {
  readonly name: string;
  /** Path of a kubeconfig. */
  readonly kubeconfig: string;
  readonly prometheusUrl?: string;
  /** Alert labels that say "this cluster". */
  readonly match?: Readonly<Record<string, string>>;
}

export type Incident = IncidentAccount & { readonly report: Report };

export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Diagnosis {
  readonly incident: Incident;
  readonly card: ChannelMessage;
}

/** The server as a process of its own, with a nightshift.yaml, a bearer token and the console as its channel. */
export interface Nightshift extends AsyncDisposable {
  readonly url: string;
  readonly alertsUrl: string;
  readonly token: string;
  readonly dataDirectory: string;
  readonly channel: Channel;
  readonly process: Running;
  /** `nightshift incidents --json`. */
  accounts(): Promise<Accounts>;
  /**
   * Waits for the card of this cluster and target (`component/etcd`, `node/worker-3`) that is not looking any more, and
   * gives it with its incident. `since`: only with a report begun later than that (an ISO time). Default deadline 60 s.
   */
  diagnosis(
    about: { readonly cluster: string; readonly target: string },
    options?: { readonly since?: string; readonly deadlineMs?: number },
  ): Promise<Diagnosis>;
  /** Its `/metrics`. */
  metrics(): Promise<string>;
  /** Runs another command of the command line beside it, with its configuration. */
  run(args: readonly string[]): Promise<Finished>;
}

/**
 * `port` and `token`: chosen by the caller when somebody must be told before the server starts. `diskBytes`: its data
 * directory is a file system of this size; takes root.
 */
export async function startNightshift(options: {
  readonly clusters: readonly ClusterOptions[];
  readonly port?: number;
  readonly token?: string;
  readonly diskBytes?: number;
}): Promise<Nightshift> {
  await using stack = new AsyncDisposableStack();
  const directory = stack.use(await tempDir('server')).path;
  const { port = await freePort(), token = `token-${crypto.randomUUID()}` } = options;

  const data = join(directory, 'data');
  const config = join(directory, 'nightshift.yaml');
  await writeFile(config, stringify(configOf(options.clusters)));
  const env = { NIGHTSHIFT_DATA: data, NIGHTSHIFT_CONFIG: config, NIGHTSHIFT_ALERTS_TOKEN: token };
  const url = `http://127.0.0.1:${port}`;
  const serve = [process.execPath, program, 'serve'] as const;
  const { diskBytes } = options;
  const [command, ...args] = diskBytes === undefined ? serve : onDiskOfItsOwn(data, diskBytes, serve);
  const running = stack.use(
    await start(command, args, {
      ...{ folder: directory, name: 'nightshift', ready: answers(`${url}/readyz`) },
      env: { ...env, PORT: String(port), NIGHTSHIFT_LOG: 'info' },
    }),
  );
  const channel = channelOf(url);
  const beside = diskBytes === undefined ? [] : whereItIs(running.pid);
  const run = (args: readonly string[]) => finished([...beside, process.execPath, program, ...args], env);

  const accounts = async () => {
    const { code, stdout, stderr } = await run(['incidents', '--json']);
    if (code !== 0) throw new Error(`nightshift incidents --json ended with ${code}: ${stderr}`);
    return JSON.parse(stdout) as Accounts;
  };
  const dataDirectory = diskBytes === undefined ? data : asSeenBy(running.pid, data);
  /** As the engine keeps them: with more than the documented fields that the command line prints. */
  const stored = async () => {
    // A disk of its own is in a mount namespace of its own: SQLite would follow the link out of it again.
    if (diskBytes !== undefined) return (await accounts()).incidents;
    const database = openReadOnly({ directory: dataDirectory, clock: { now: () => new Date() } });
    try {
      return (await accountsOf(database.store)).incidents;
    } finally {
      database.close();
    }
  };
  const diagnosis: Nightshift['diagnosis'] = async (about, { since = '', deadlineMs = 60_000 } = {}) => {
    const settled = async (): Promise<Diagnosis | undefined> => {
      if (running.ended() !== undefined) throw new Hopeless('the server is gone');
      const card = (await channel.messages()).findLast(({ words }) => words.includes(factsOf(about)));
      if (card === undefined || card.text.includes(': Looking')) return undefined;
      const incident = (await stored()).findLast(
        ({ cluster, target }) => cluster === about.cluster && target === about.target,
      );
      if (!hasReport(incident) || incident.report.startedAt <= since) return undefined;
      return tells(card, incident) ? { incident, card } : undefined;
    };
    try {
      return await until(`the card of ${about.target} in ${about.cluster}`, settled, { deadlineMs, everyMs: 500 });
    } catch (error) {
      const { incidents, totals } = await accounts();
      const seen = incidents.map(({ cluster, target, state }) => `${cluster} ${target} ${state}`);
      const fate = running.ended() === undefined ? 'runs' : `ended: ${running.ended()}`;
      throw new Error(
        [error, JSON.stringify(totals), ...seen, `the server ${fate}`, running.log().slice(-4_000)].join('\n'),
      );
    }
  };
  const owned = stack.move();
  return {
    ...{ alertsUrl: `${url}/alerts`, token, channel, accounts, diagnosis, run, url },
    dataDirectory,
    metrics: async () => (await fetch(`${url}/metrics`)).text(),
    process: running,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** Runs a command to its end. */
function finished(
  [command = '', ...args]: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<Finished> {
  const { promise, resolve } = Promise.withResolvers<Finished>();
  const child = execFile(
    command,
    args,
    { maxBuffer: 64 * 1024 * 1024, env: { ...process.env, ...env } },
    (_error, stdout, stderr) => resolve({ code: child.exitCode, stdout, stderr }),
  );
  return promise;
}

function configOf(clusters: readonly ClusterOptions[]) {
  return {
    clusters: clusters.map(({ name, kubeconfig, prometheusUrl, match }) => ({
      ...{ name, kubernetes: { kubeconfig } },
      // One Prometheus of several clusters, which are told apart by their scrape jobs; it does not read the header.
      ...(prometheusUrl === undefined
        ? {}
        : { prometheus: { url: prometheusUrl, headers: { 'X-Scope-OrgID': name } } }),
      ...(match === undefined ? {} : { match }),
    })),
    alerts: { token: { env: 'NIGHTSHIFT_ALERTS_TOKEN' } },
  };
}

/** How a card names cluster and target. */
function factsOf({ cluster, target }: { readonly cluster: string; readonly target: string }): string {
  const named = parseTarget(target);
  return `cluster \`${cluster}\` · \`${named ? wordsOf(named) : target}\``;
}

/** Whether the card is as new as the incident: a report is stored first, and then told. */
function tells({ words }: ChannelMessage, { state, report }: Incident): boolean {
  const [, updated = '0'] = /(?:Looked at|Updated) <!date\^(\d+)/.exec(words) ?? [];
  return (
    words.includes(` · ${stateWords[state]}`) && Number(updated) >= Math.floor(Date.parse(report.startedAt) / 1_000)
  );
}

const stateWords: Readonly<Record<Incident['state'], string>> = {
  ...{
    looking: 'looking',
    diagnosed: 'cause found',
    'trouble-seen': 'trouble seen',
    undiagnosed: 'cause not found',
    closed: 'closed',
  },
  ...{ 'still-broken': 'still broken', unchecked: 'could not be checked', folded: 'part of a larger problem' },
};

function hasReport(incident: IncidentAccount | undefined): incident is Incident {
  return incident?.report !== undefined;
}

/** The verdict on each cause with its reason, "confirmed: …", so that a failed test shows why. */
export function verdictsOf({ causes }: Report): Record<string, string> {
  return Object.fromEntries(causes.map(({ id, verdict, reason }) => [id, `${verdict}: ${reason}`]));
}
