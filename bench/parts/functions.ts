import { spawn } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { unzipSync } from 'fflate';
import { arnOf, localConfiguration, newSecrets } from '../../functions/lambda/local/configuration.ts';
import { type FunctionName, variablesOf } from '../../functions/lambda/needs.ts';
import { pack } from '../../functions/lambda/package/pack.ts';
import { leftOutOf } from '../../functions/lambda/package/plan.ts';
import { parseWebhook } from '../../infra/alertmanager/webhook.ts';
import { httpApiEvent } from '../../infra/aws/local/http-api.ts';
import { lazyBuiltins } from '../../infra/aws/package/builtins.ts';
import { bundle } from '../../infra/aws/package/bundle.ts';
import { textOf } from '../../infra/aws/queue/letter.ts';
import { pack as packed } from '../../infra/aws/store/value.ts';
import { tempDir } from '../../test/harness/temp.ts';
import type { InstantAws } from './instant-aws.ts';
import { type OwnProcess, startProcess } from './own-process.ts';
import { root } from './server.ts';

/** The functions whose cold start somebody waits for: Alertmanager, a person at Slack, the channel. */
export const measured = ['alerts', 'slack', 'investigate'] as const;
export type Measured = (typeof measured)[number];

/** Packed functions, unpacked, each with an event, and AWS that answers at once. */
export interface Unpacked extends AsyncDisposable {
  readonly aws: OwnProcess<string>;
  readonly zipBytes: Readonly<Record<Measured, number>>;
  readonly everythingBytes: number;
  /** Runs a script of this folder with a function and an event; what it tells on file descriptor 3. */
  run<Told>(script: string, thing: Thing, args?: readonly string[]): Promise<Told>;
}

/** What is started: nothing at all, three plain requests, the SDK alone, a function, or everything in one file. */
export type Thing = 'bare' | 'plain-calls' | 'one-client' | Measured | `everything ${Measured}`;

const [recorded] = JSON.parse(
  readFileSync(join(root, 'test/recorded/alertmanager/webhooks-0.25.json'), 'utf8'),
) as readonly { readonly body: string }[];
const webhook = recorded?.body ?? '';
const secrets = newSecrets();
const kubeconfig = JSON.stringify({
  clusters: [{ name: 'bench', cluster: { server: 'http://127.0.0.1:9' } }],
  users: [{ name: 'bench', user: { token: 'made-up' } }],
  contexts: [{ name: 'bench', context: { cluster: 'bench', user: 'bench' } }],
  'current-context': 'bench',
});

export async function unpackFunctions(): Promise<Unpacked> {
  const open = new AsyncDisposableStack();
  const folder = open.use(await tempDir('bench-lambda')).path;
  const aws = open.use(await startProcess<string>('instant-aws.ts', whatAwsHolds()));
  const config = configuration();
  const zips = await pack({ root, config, directory: folder, names: measured });
  for (const { name, file } of zips) await unpack(file, join(folder, name));
  const settings = await readFile(join(folder, 'alerts', 'nightshift.json'));
  const everythingBytes = await bundleEverything(join(folder, 'everything'), settings);
  await bundleOneClient(join(folder, 'one-client'));
  await mkdir(join(folder, 'bare'));
  await writeFile(join(folder, 'bare', 'index.mjs'), 'export const handler = async () => ({});\n');

  const fileOf = (thing: Thing) =>
    thing === 'plain-calls'
      ? join(import.meta.dirname, 'plain-calls.mjs')
      : join(folder, thing.split(' ')[0] ?? '', 'index.mjs');

  return {
    aws,
    zipBytes: Object.fromEntries(zips.map(({ name, zipBytes }) => [name, zipBytes])) as Record<Measured, number>,
    everythingBytes,
    async run<Told>(script: string, thing: Thing, args: readonly string[] = []) {
      const name = thing.split(' ').at(-1) ?? '';
      const eventFile = join(folder, 'event.json');
      // A signature of Slack is good for five minutes: the event is made anew.
      await writeFile(eventFile, JSON.stringify(eventFor(name)));
      const words = [join(import.meta.dirname, script), pathToFileURL(fileOf(thing)).href, eventFile, ...args];
      const env = environmentFor(name, aws.ready);
      const child = spawn(process.execPath, words, { env, stdio: ['ignore', 'pipe', 'pipe', 'pipe'] });
      const [, said, wrong, told] = child.stdio as readonly NodeJS.ReadableStream[];
      const [answer, ...rest] = await Promise.all([told, said, wrong].map((stream) => text(stream as never)));
      if (!answer) throw new Error(`${thing} did not answer: ${rest.join('\n')}`);
      return JSON.parse(answer) as Told;
    },
    [Symbol.asyncDispose]: () => open.disposeAsync(),
  };
}

/** Somebody who was told the team's id, as infra/aws/README.md says, is not asked for it. */
function configuration() {
  const { slack, ...config } = localConfiguration('http://127.0.0.1:9', 'http://127.0.0.1:9/api/', 'C0INCIDENTS');
  if (!slack) throw new Error('the local configuration has Slack');
  return { ...config, slack: { ...slack, teamId: 'T0BENCH' } };
}

function whatAwsHolds(): InstantAws {
  const parsed = parseWebhook(webhook);
  if ('wrong' in parsed) throw new Error(parsed.wrong);
  const value = packed({ receivedAt: '2026-11-21T05:24:11.934Z', ...parsed.webhook });
  const attribute = 'S' in value ? value : { B: Buffer.from(value.B).toString('base64') };
  const { token, ...slack } = secrets;
  return {
    secrets: {
      [arnOf('alerts')]: token,
      [arnOf('slack')]: JSON.stringify(slack),
      [arnOf('reader')]: kubeconfig,
      [arnOf('fixer')]: kubeconfig,
    },
    items: { webhooks: { collection: { S: 'webhooks' }, key: { S: 'bench' }, version: { N: '1' }, value: attribute } },
  };
}

async function unpack(zip: string, folder: string): Promise<void> {
  await mkdir(folder);
  const files = Object.entries(unzipSync(await readFile(zip)));
  await Promise.all(files.map(([name, content]) => writeFile(join(folder, name), content)));
}

async function bundleEverything(folder: string, settings: Uint8Array): Promise<number> {
  const outfile = join(folder, 'index.mjs');
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: [join(import.meta.dirname, 'everything.ts')],
    outfile,
    metafile: true,
    ...{ bundle: true, platform: 'node', format: 'esm', target: 'node24', minify: true, logLevel: 'error' },
    plugins: [lazyBuiltins],
  });
  await writeFile(join(folder, 'nightshift.json'), settings);
  return Object.values(metafile.outputs)[0]?.bytes ?? Number.NaN;
}

async function bundleOneClient(folder: string): Promise<void> {
  const leaveOut = leftOutOf('slack', configuration());
  const { files } = await bundle({ root, entry: 'bench/parts/one-client.ts', leaveOut, rare: [] });
  await mkdir(folder);
  await Promise.all(Object.entries(files).map(([name, content]) => writeFile(join(folder, name), content)));
}

function environmentFor(name: string, url: string): Record<string, string> {
  const isFunction = (measured as readonly string[]).includes(name);
  const textFor = (variable: string) =>
    /QUEUE|DEAD/.test(variable) ? `${url}/000000000000/${variable.toLowerCase()}.fifo` : 'nightshift-bench';
  const variables = isFunction ? variablesOf(name as FunctionName) : [];
  return {
    ...Object.fromEntries(variables.map((variable) => [variable, textFor(variable)])),
    NIGHTSHIFT_LOG: 'info',
    BENCH_FUNCTION: name,
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'made-up',
    ...Object.fromEntries(['DYNAMODB', 'SQS', 'SECRETS_MANAGER'].map((name) => [`AWS_ENDPOINT_URL_${name}`, url])),
  };
}

function eventFor(name: string): unknown {
  switch (name) {
    case 'alerts': {
      const headers = { 'content-type': 'application/json', authorization: `Bearer ${secrets.token}` };
      return httpApiEvent({ method: 'POST', path: '/alerts', headers, body: Buffer.from(webhook) });
    }
    case 'slack':
      return httpApiEvent({ method: 'POST', path: '/slack/events', ...command() });
    case 'investigate':
      return { Records: [record({ type: 'webhook', webhook: 'bench' })] };
    default:
      return {};
  }
}

/** Somebody types `/nightshift incidents`. https://docs.slack.dev/authentication/verifying-requests-from-slack */
function command() {
  const body = new URLSearchParams({
    ...{ command: '/nightshift', text: 'incidents', trigger_id: '1.2.bench', response_url: 'http://127.0.0.1:9/' },
    ...{ team_id: 'T0BENCH', channel_id: 'C0INCIDENTS', user_id: 'U0BENCH' },
  }).toString();
  const at = String(Math.floor(Date.now() / 1_000));
  const signature = createHmac('sha256', secrets.signingSecret).update(`v0:${at}:${body}`).digest('hex');
  const headers = {
    'content-type': 'application/x-www-form-urlencoded',
    'x-slack-request-timestamp': at,
    'x-slack-signature': `v0=${signature}`,
  };
  return { headers, body: Buffer.from(body) };
}

function record(body: unknown) {
  const now = String(Date.now());
  return {
    ...{ messageId: 'bench', receiptHandle: 'bench', body: textOf({ group: 'bench', body }), md5OfBody: '' },
    ...{ eventSource: 'aws:sqs', eventSourceARN: 'arn:aws:sqs:eu-central-1:000000000000:bench.fifo' },
    ...{ awsRegion: 'eu-central-1', messageAttributes: {} },
    attributes: {
      ...{ ApproximateReceiveCount: '1', SenderId: 'AIDAEXAMPLE', MessageGroupId: 'bench' },
      ...{ SentTimestamp: now, ApproximateFirstReceiveTimestamp: now },
    },
  };
}
