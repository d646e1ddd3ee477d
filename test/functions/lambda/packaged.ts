import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { APIGatewayProxyStructuredResultV2, SQSBatchResponse } from 'aws-lambda';
import type { QueueName } from '../../../engine/ports.ts';
import { parseConfig } from '../../../functions/config/load.ts';
import { type FunctionName, functionNames, needs, variablesOf } from '../../../functions/lambda/needs.ts';
import { pack } from '../../../functions/lambda/package/pack.ts';
import { startConsole } from '../../../infra/local/console/console.ts';
import { practiceApprovers } from '../../../infra/local/console/practice-users.ts';
import { startPracticeCluster } from '../../../infra/local/practice/practice.ts';
import { startEmulators } from '../../harness/aws/emulators.ts';
import { handOver } from '../../harness/aws/event-source.ts';
import { type FunctionProcess, startFunction } from '../../harness/aws/function.ts';
import { guard } from '../../harness/aws/guard.ts';
import { createResources, openPlace } from '../../harness/aws/place.ts';
import { startSecretsManager } from '../../harness/aws/secrets-manager.ts';
import { expected } from '../../infra/aws/package/statements.ts';
import { httpEvent } from './events.ts';

export const arn = (name: string) =>
  `arn:aws:secretsmanager:eu-central-1:111122223333:secret:nightshift/${name}-a1B2c3`;
export const token = 'a long random string';
export const channel = 'C0INCIDENTS';
const slackSecrets = { botToken: 'xoxb-packaged', signingSecret: 'packaged-signing-secret' };

/**
 * The packaged functions in processes of their own, each behind guards that let through what its role allows, on emulators
 * of AWS, with the practice cluster and the console.
 */
export async function packagedFunctions({ world }: { readonly world: string }) {
  const open = new AsyncDisposableStack();
  const emulators = open.use(await startEmulators());
  const vault = open.use(await startSecretsManager());
  const practice = await startPracticeCluster({ world });
  open.defer(() => practice.close());
  const door = await slackDoor();
  open.defer(door.close);
  const console = await startConsole({
    file: ':memory:',
    ...slackSecrets,
    channel: { id: channel, name: 'incidents' },
    sendTo: () => new URL('/slack/events', door.url),
  });
  open.defer(() => console.close());
  vault.secrets.set(arn('alerts'), token);
  vault.secrets.set(arn('slack'), JSON.stringify(slackSecrets));
  vault.secrets.set(arn('reader'), practice.kubeconfig);
  vault.secrets.set(arn('fixer'), practice.fixerKubeconfig);

  const directory = await mkdtemp(join(tmpdir(), 'packaged-'));
  open.defer(() => rm(directory, { recursive: true, force: true }));
  const config = parseConfig(configurationFor(practice.prometheusUrl, console.apiUrl), 'nightshift.yaml');
  await pack({ root: join(import.meta.dirname, '../../..'), config, directory });

  const resources = await createResources(emulators);
  const place = openPlace(emulators, resources, { now: () => new Date() });
  open.defer(place.close);
  const guards = Object.fromEntries(
    await Promise.all(
      functionNames.map(async (name) => {
        const dynamodb = open.use(await guard(emulators.dynamodb.endpoint ?? '', expected[name]));
        const sqs = open.use(await guard(emulators.sqs.endpoint ?? '', expected[name]));
        return [name, { dynamodb, sqs }] as const;
      }),
    ),
  ) as Record<FunctionName, Record<'dynamodb' | 'sqs', Awaited<ReturnType<typeof guard>>>>;

  function environmentFor(name: FunctionName): Record<string, string> {
    const queue = (variable: string) => variable.split('_').at(-1)?.toLowerCase() as QueueName;
    const given = (variable: string) => {
      if (variable.startsWith('NIGHTSHIFT_QUEUE_')) return resources.urls[queue(variable)];
      if (variable.startsWith('NIGHTSHIFT_DEAD_')) return resources.deadLetterUrls[queue(variable)];
      return { NIGHTSHIFT_TABLE: resources.table, NIGHTSHIFT_BUCKET: resources.bucket, NIGHTSHIFT_LOG: 'info' }[
        variable
      ];
    };
    return {
      ...Object.fromEntries(variablesOf(name).map((variable) => [variable, given(variable) ?? 'nightshift-test'])),
      AWS_REGION: 'eu-central-1',
      AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE',
      AWS_SECRET_ACCESS_KEY: 'made-up',
      AWS_ENDPOINT_URL_DYNAMODB: guards[name].dynamodb.url,
      AWS_ENDPOINT_URL_SQS: guards[name].sqs.url,
      AWS_ENDPOINT_URL_S3: emulators.sqs.endpoint ?? '',
      AWS_ENDPOINT_URL_SECRETS_MANAGER: vault.url,
    };
  }

  const running = new Map<FunctionName, Promise<FunctionProcess>>();
  const zipOf = (name: FunctionName) => join(directory, `${name}.zip`);
  function run(name: FunctionName): Promise<FunctionProcess> {
    const started = running.get(name) ?? startFunction(zipOf(name), environmentFor(name)).then((one) => open.use(one));
    running.set(name, started);
    return started;
  }
  const request = async (name: FunctionName, path: string, headers: Record<string, string>, body: string) =>
    (await run(name)).invoke<APIGatewayProxyStructuredResultV2>(httpEvent({ path, headers, body }));
  door.answerWith((headers, body) => request('slack', '/slack/events', headers, body));

  /** Lambda's pollers: hands over everything that is due, on all queues, until there is nothing. */
  async function settle(): Promise<void> {
    const workers = functionNames.filter((name) => needs[name].works);
    for (let handed = 1; handed > 0; ) {
      handed = 0;
      for (const name of workers) {
        const url = resources.urls[name as QueueName] ?? '';
        const one = await run(name);
        const given = await handOver(place.sqs, url, (Records) => one.invoke<SQSBatchResponse>({ Records }));
        handed += given.handed;
      }
    }
  }

  return {
    ...{ resources, place, practice, console, vault, guards, run, settle, zipOf, environmentFor },
    alert: (bearer = token, webhook: unknown = practice.alertFor(world)) =>
      request(
        'alerts',
        '/alerts',
        { 'content-type': 'application/json', authorization: `Bearer ${bearer}` },
        JSON.stringify(webhook),
      ),
    /** Where the console's page is. */
    origin: new URL(door.url).origin,
    /** As a person at that page. */
    type: async (command: string) => {
      const response = await fetch(`${door.url}console/command`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', origin: new URL(door.url).origin },
        body: JSON.stringify({ text: command }),
      });
      return (await response.json()) as { readonly ok: boolean };
    },
    [Symbol.asyncDispose]: () => open.disposeAsync(),
  };

  /** What API Gateway is to Slack: a door that hands requests to the function. It shows the console's page as well. */
  async function slackDoor() {
    type Answer = (headers: Record<string, string>, body: string) => Promise<APIGatewayProxyStructuredResultV2>;
    let answer: Answer | undefined;
    const server = createServer(async (incoming, response) => {
      if (console.handlePage(incoming, response)) return;
      const result = await answer?.(plain(incoming.headers), await text(incoming));
      response.writeHead(result?.statusCode ?? 500, result?.headers as Record<string, string>).end(result?.body);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return {
      url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
      answerWith: (next: Answer) => {
        answer = next;
      },
      close: async () => {
        server.closeAllConnections();
        await new Promise((closed) => server.close(closed));
      },
    };
  }
}

function plain(headers: IncomingHttpHeaders): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
}

function configurationFor(prometheusUrl: string, apiUrl: string): string {
  return `
clusters:
  - name: practice
    kubernetes: { kubeconfig: { secretsManager: ${arn('reader')} } }
    fixer: { kubeconfig: { secretsManager: ${arn('fixer')} } }
    prometheus: { url: '${prometheusUrl}' }
alerts: { token: { secretsManager: ${arn('alerts')} } }
slack:
  channel: ${channel}
  apiUrl: ${apiUrl}
  botToken: { secretsManager: ${arn('slack')}, key: botToken }
  signingSecret: { secretsManager: ${arn('slack')}, key: signingSecret }
policy:
  - { remedies: ['*'], approvers: { userGroups: [${practiceApprovers}] } }
`;
}
