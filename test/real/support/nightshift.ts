import { mkdtempSync, rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import * as z from 'zod';
import type { Accounts, IncidentAccount } from '../../../engine/accounts.ts';
import type { Report } from '../../../engine/report.ts';
import { nightshift, server } from '../../functions/process.ts';
import { freePort } from '../../harness/ports.ts';
import { until } from '../../harness/until.ts';

export interface ClusterOptions {
  readonly name: string;
  /** Path of a kubeconfig. */
  readonly kubeconfig: string;
  readonly prometheusUrl?: string;
  /** Alert labels that say "this cluster". */
  readonly match?: Readonly<Record<string, string>>;
}

/** One message of the channel, as the console shows it. */
export interface ChannelMessage {
  readonly ts: string;
  /** The notification. */
  readonly text: string;
  /** Every text of its blocks, in order. */
  readonly words: string;
}

export type Diagnosed = IncidentAccount & { readonly report: Report };

/** The server as its own process, with a nightshift.yaml, a bearer token and the console as its channel. */
export interface Nightshift extends AsyncDisposable {
  readonly url: string;
  readonly alertsUrl: string;
  readonly token: string;
  /** Its data directory and nightshift.yaml. */
  readonly directory: string;
  /** `nightshift incidents --json`; callers at the same moment share one run of it. */
  accounts(): Promise<Accounts>;
  /** The newest incident that fits and was looked at. */
  diagnosed(what: string, fits: (incident: Diagnosed) => boolean, deadlineMs?: number): Promise<Diagnosed>;
  /** The card that stands in the channel for this incident now: the message whose text begins with the title. */
  card(titled: string): Promise<ChannelMessage | undefined>;
  channel(): Promise<readonly ChannelMessage[]>;
  thread(ts: string): Promise<readonly ChannelMessage[]>;
  /** Types a slash command into the channel. */
  say(command: string): Promise<void>;
  /** `/metrics` of the server itself. */
  metrics(): Promise<string>;
  /** What it wrote to the terminal. */
  output(): string;
  run(args: readonly string[]): ReturnType<typeof nightshift>;
}

const messagesSchema = z.object({
  messages: z.array(z.object({ ts: z.string(), text: z.string().default(''), blocks: z.unknown().optional() })),
});

/** `port` and `token`: chosen by the caller when somebody had to be told before the server starts. */
export async function startNightshift(options: {
  readonly clusters: readonly ClusterOptions[];
  readonly port?: number;
  readonly token?: string;
}): Promise<Nightshift> {
  const directory = mkdtempSync(join(tmpdir(), 'nightshift-server-'));
  const token = options.token ?? `token-${crypto.randomUUID()}`;
  const config = {
    clusters: options.clusters.map(({ name, kubeconfig, prometheusUrl, match }) => ({
      name,
      kubernetes: { kubeconfig },
      ...(prometheusUrl === undefined ? {} : { prometheus: { url: prometheusUrl } }),
      ...(match === undefined ? {} : { match }),
    })),
    alerts: { token: { env: 'NIGHTSHIFT_ALERTS_TOKEN' } },
  };
  await writeFile(join(directory, 'nightshift.yaml'), stringify(config));
  const env = { NIGHTSHIFT_DATA: join(directory, 'data'), NIGHTSHIFT_ALERTS_TOKEN: token };
  const port = options.port ?? (await freePort());
  const running = await server({ ...env, PORT: String(port) }, directory);

  const run = (args: readonly string[]) => nightshift(args, env, directory);
  const accounts = shared(async () => {
    const { code, stdout, stderr } = await run(['incidents', '--json']);
    if (code !== 0) throw new Error(`nightshift incidents --json ended with ${code}: ${stderr}`);
    return JSON.parse(stdout) as Accounts;
  });
  const read = async (path: string): Promise<readonly ChannelMessage[]> => {
    const answer = await fetch(`${running.url}${path}`);
    if (!answer.ok) throw new Error(`GET ${path}: ${answer.status} ${await answer.text()}`);
    const { messages } = messagesSchema.parse(await answer.json());
    return messages.map(({ ts, text, blocks }) => ({ ts, text, words: wordsIn(blocks).join('') }));
  };
  const channel = () => read('/console/messages');
  return {
    url: running.url,
    alertsUrl: `${running.url}/alerts`,
    token,
    directory,
    accounts,
    diagnosed: (what, fits, deadlineMs = 60_000) =>
      until(
        what,
        async () =>
          (await accounts()).incidents
            .filter((incident): incident is Diagnosed => incident.report !== undefined)
            .findLast(fits),
        { deadlineMs, everyMs: 500 },
      ),
    channel,
    card: async (titled) => (await channel()).findLast(({ text }) => text.startsWith(titled)),
    thread: (ts) => read(`/console/thread?ts=${ts}`),
    say: async (text) => {
      const answer = await fetch(`${running.url}/console/command`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', origin: running.url },
        body: JSON.stringify({ text }),
      });
      const said = await answer.text();
      if (!answer.ok || !said.includes('"ok":true')) throw new Error(`${text}: ${answer.status} ${said}`);
    },
    metrics: async () => (await fetch(`${running.url}/metrics`)).text(),
    output: running.output,
    run,
    [Symbol.asyncDispose]: async () => {
      await running[Symbol.asyncDispose]();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** Reports are plain data: the verdict and its reason by cause, so that a failed test shows why. */
export function verdictsOf({ causes }: Report): Record<string, string> {
  return Object.fromEntries(causes.map(({ id, verdict, reason }) => [id, `${verdict}: ${reason}`]));
}

/** Every text in a tree of blocks, in document order. */
function wordsIn(blocks: unknown): readonly string[] {
  if (Array.isArray(blocks)) return blocks.flatMap(wordsIn);
  if (typeof blocks !== 'object' || blocks === null) return [];
  return Object.entries(blocks).flatMap(([key, value]) =>
    key === 'text' && typeof value === 'string' ? [value] : wordsIn(value),
  );
}

/** Callers that come while a call is under way get its result. */
function shared<T>(work: () => Promise<T>): () => Promise<T> {
  let going: Promise<T> | undefined;
  return () => {
    going ??= work().finally(() => {
      going = undefined;
    });
    return going;
  };
}
