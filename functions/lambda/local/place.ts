import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stop } from 'esbuild';
import type { QueueName } from '../../../engine/ports.ts';
import { startEmulators } from '../../../infra/aws/local/emulators.ts';
import { startFunction } from '../../../infra/aws/local/function.ts';
import { type Meter, meter } from '../../../infra/aws/local/meter.ts';
import { createResources, openPlace } from '../../../infra/aws/local/place.ts';
import { functionPool } from '../../../infra/aws/local/pool.ts';
import { startSecretsManager } from '../../../infra/aws/local/secrets-manager.ts';
import { startConsole } from '../../../infra/local/console/console.ts';
import type { Limits } from '../../../infra/local/console/rate-limits.ts';
import { type PracticeOptions, startPracticeCluster } from '../../../infra/local/practice/practice.ts';
import { glassHint, hints, PRACTICE_CHANNEL } from '../../channel.ts';
import { systemClock } from '../../clock.ts';
import { type Drills, drillsOf } from '../../drills.ts';
import { type FunctionName, functionNames } from '../needs.ts';
import { pack } from '../package/pack.ts';
import { type LocalSecrets, localConfiguration, newSecrets, secretsByArn } from './configuration.ts';
import { environmentOf } from './environment.ts';
import { readable } from './log-lines.ts';
import { mapped, readStack } from './stack.ts';

export const root = join(import.meta.dirname, '../../..');

export interface LocalPlaceOptions {
  /** Where the gateway is, once it listens. */
  readonly url: () => string;
  readonly practice?: PracticeOptions;
  /** Of Slack's methods, where they are not to be those that Slack documents. */
  readonly limits?: Partial<Limits>;
  /** Processes of one function, at most; never more than serverless.yml allows at once. Default 2. */
  readonly processes?: number;
  /** Default: random ones. */
  readonly secrets?: LocalSecrets;
  /** What the functions log. Default `warn`. */
  readonly logLevel?: 'silent' | 'error' | 'warn' | 'info' | 'debug';
  /** Progress, and the functions' log, for people. */
  readonly say?: (line: string) => void;
  /** Somebody to stand between one function and an emulator; answers with the URL it has instead. */
  readonly between?: (name: FunctionName, service: 'dynamodb' | 'sqs', url: string) => Promise<string>;
  /** Whoever wants it packaged does not want it any more. */
  readonly signal?: AbortSignal;
}

export type LocalPlace = Awaited<ReturnType<typeof openLocalPlace>>;

/**
 * Everything of AWS, of the cluster and of Slack that the functions meet, and the functions themselves: packaged anew,
 * each ready to be started in processes of its own. Nobody hands them events yet.
 */
export async function openLocalPlace(options: LocalPlaceOptions) {
  const { say = () => {}, processes = 2, logLevel = 'warn', between = async (_name, _service, url) => url } = options;
  await using opening = new AsyncDisposableStack();
  const stack = readStack(root, { logLevel });
  const { secrets = newSecrets() } = options;
  const emulators = opening.use(await startEmulators());
  const vault = opening.use(await startSecretsManager());
  const practice = await startPracticeCluster(options.practice);
  opening.defer(() => practice.close());
  const drills: Drills = drillsOf({ practice, url: options.url, token: secrets.token, store: () => place.store });
  const console = await startConsole({
    file: ':memory:',
    ...secrets,
    channel: PRACTICE_CHANNEL,
    ...(options.limits ? { limits: options.limits } : {}),
    sendTo: () => new URL('/slack/events', options.url()),
    hints: () => [...hints, glassHint],
    drills: drills.list,
    startDrill: drills.start,
  });
  opening.defer(() => console.close());
  for (const [arn, secret] of secretsByArn(secrets, practice)) vault.secrets.set(arn, secret);

  const directory = await mkdtemp(join(tmpdir(), 'nightshift-lambda-'));
  opening.defer(() => rm(directory, { recursive: true, force: true }));
  const config = localConfiguration(practice.prometheusUrl, console.apiUrl, PRACTICE_CHANNEL.id);
  for (const name of functionNames) {
    options.signal?.throwIfAborted();
    const [packed] = await pack({ root, config, directory, names: [name] });
    say(`  ${name.padEnd(12)}${Math.round((packed?.zipBytes ?? 0) / 1_000)} kB`);
  }
  // Its process would stay, with all it remembers.
  await stop();
  const zipOf = (name: FunctionName) => join(directory, `${name}.zip`);

  const resources = await createResources(emulators, stack.hiddenSeconds);
  const place = openPlace(emulators, resources, systemClock);
  opening.defer(place.close);
  const dynamodb = opening.use(await meter(emulators.dynamodb.endpoint ?? ''));
  const sqs = opening.use(await meter(emulators.sqs.endpoint ?? ''));
  const s3 = opening.use(await meter(emulators.sqs.endpoint ?? ''));
  const polling = opening.use(await meter(emulators.sqs.endpoint ?? ''));
  const secretsManager = opening.use(await meter(vault.url));

  const environments = new Map<FunctionName, Readonly<Record<string, string>>>();
  for (const name of functionNames) {
    const endpoints = {
      dynamodb: await between(name, 'dynamodb', dynamodb.url),
      sqs: await between(name, 'sqs', sqs.url),
      s3: s3.url,
      secretsManager: secretsManager.url,
    };
    environments.set(name, environmentOf(name, stack.functions[name], resources, endpoints));
  }
  const environmentFor = (name: FunctionName) => environments.get(name) ?? {};

  const pools = mapped(functionNames, (name) => {
    const { timeoutSeconds, source } = stack.functions[name];
    const onLine = (line: string) => {
      const text = readable(name, line);
      if (text !== undefined) say(text);
    };
    const about = { name, timeoutSeconds, memoryMb: stack.memoryMb, onLine };
    const start = () => startFunction(zipOf(name), environmentFor(name), about);
    return opening.use(functionPool({ start, most: Math.min(processes, source?.atOnce ?? processes) }));
  });

  const opened = opening.move();
  return {
    ...{ stack, secrets, vault, emulators, practice, drills, console, resources, place, pools, zipOf, environmentFor },
    meters: { dynamodb, sqs, s3, polling, secretsManager } satisfies Record<string, Meter>,
    urlOf: (queue: QueueName) => resources.urls[queue] ?? '',
    invoke: <Result>(name: FunctionName, event: unknown) => pools[name].invoke<Result>(event),
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}
