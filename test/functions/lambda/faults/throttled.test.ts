import type { APIGatewayProxyStructuredResultV2, SQSBatchResponse } from 'aws-lambda';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type QueueName, queueNames } from '../../../../engine/ports.ts';
import type { FunctionName } from '../../../../functions/lambda/needs.ts';
import type { FunctionProcess } from '../../../../infra/aws/local/function.ts';
import { type Fault, type Faulty, inFrontOf } from '../../../harness/aws/faulty.ts';
import { httpEvent } from '../events.ts';
import { faultStage, type Invoke, type Stage } from './stage.ts';

/** More often than the SDK asks: then it gives up. */
const TRIES = 3;
/** Later than anybody can be believed to be still at it. */
const LATER_MS = 60_000;
const throttled: Fault = { kind: 'refused', error: 'ProvisionedThroughputExceededException' };
const overLimit: Fault = { kind: 'refused', error: 'RequestThrottled' };

const open = new AsyncDisposableStack();
let stage: Stage;
const tables = new Map<FunctionName, Faulty>();
const queues = new Map<FunctionName, Faulty>();
let atTheCluster = () => {};

/** A process whose way to AWS can be made to fail. */
async function behindFaults(name: FunctionName, laterMs = 0): Promise<FunctionProcess> {
  const { dynamodb, sqs } = stage.guards[name];
  const table = tables.get(name) ?? open.use(await inFrontOf({ endpoint: dynamodb.url }));
  const queue = queues.get(name) ?? open.use(await inFrontOf({ endpoint: sqs.url }));
  tables.set(name, table);
  queues.set(name, queue);
  const endpoints = { dynamodb: table.access.endpoint ?? '', sqs: queue.access.endpoint ?? '' };
  return stage.copyOf(name, { laterMs, ...endpoints });
}

let alerts: FunctionProcess;
let now: ReadonlyMap<QueueName, FunctionProcess>;
let later: ReadonlyMap<QueueName, FunctionProcess>;
const started = async (laterMs: number) =>
  new Map(await Promise.all(queueNames.map(async (name) => [name, await behindFaults(name, laterMs)] as const)));

beforeAll(async () => {
  stage = open.use(
    await faultStage({
      done: () => {
        atTheCluster();
        return undefined;
      },
    }),
  );
  alerts = await behindFaults('alerts');
  now = await started(0);
  later = await started(LATER_MS);
}, 240_000);
afterAll(() => open.disposeAsync());

const workedBy =
  (processes: () => ReadonlyMap<QueueName, FunctionProcess>): Invoke =>
  async (queue, Records) =>
    (await processes().get(queue)?.invoke<SQSBatchResponse>({ Records })) ?? { batchItemFailures: [] };
const present = workedBy(() => now);
const future = workedBy(() => later);

function post(): Promise<APIGatewayProxyStructuredResultV2> {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${stage.secrets.token}` };
  const body = JSON.stringify(stage.practice.alertFor('etcd-slow-disk'));
  return alerts.invoke(httpEvent({ path: '/alerts', headers, body }));
}

/** What was handed back while AWS was throttled comes again, when it is not any more. */
async function goOnLater(): Promise<void> {
  for (const queue of queueNames) await stage.pass(queue);
  await stage.settle(future);
}

describe('an alert while AWS is throttled', { timeout: 120_000 }, () => {
  it.each(['ProvisionedThroughputExceededException', 'ThrottlingException'])(
    'the table (%s): is answered 503 and not stored, so that Alertmanager sends it again',
    async (error) => {
      tables.get('alerts')?.fail('UpdateItem', { kind: 'refused', error });

      expect(await post()).toMatchObject({ statusCode: 503 });
      expect(await stage.place.store.list('webhooks')).toEqual([]);
      tables.get('alerts')?.heal();
    },
  );

  it('the queue: is stored and answered 200; the next sweep sends it, and says so', async () => {
    queues.get('alerts')?.fail('SendMessageBatch', overLimit);

    expect(await post()).toMatchObject({ statusCode: 200 });
    expect(await stage.place.store.list('webhooks')).toHaveLength(1);
    expect(await stage.place.queue.depth('investigate')).toMatchObject({ waiting: 0 });
    const tick = await stage.copyOf('tick', { laterMs: LATER_MS });
    await tick.invoke({ due: 'sweep' });
    expect(tick.logged()).toContainEqual(expect.objectContaining({ sent: 1 }));
    expect(await stage.place.queue.depth('investigate')).toMatchObject({ waiting: 1 });
  });
});

describe('an incident while AWS is throttled', { timeout: 120_000 }, () => {
  it('is looked at all the same, a little later', async () => {
    tables.get('investigate')?.fail('UpdateItem', throttled, TRIES);
    queues.get('investigate')?.fail('SendMessageBatch', overLimit, TRIES);
    await stage.settle(async (queue, records) => (queue === 'announce' ? failedAll(records) : present(queue, records)));
    await stage.pass('investigate');
    const tick = await stage.copyOf('tick', { laterMs: LATER_MS });
    await tick.invoke({ due: 'sweep' });
    await stage.settle(async (queue, records) => (queue === 'announce' ? failedAll(records) : present(queue, records)));

    expect(await stage.incident()).toMatchObject({ state: 'diagnosed' });
    expect(await stage.place.store.list('incidents')).toHaveLength(1);
  });

  it('has one card, although the table could not be told that Slack had it', async () => {
    let told = false;
    stage.console.injectFaults(({ method }) => {
      if (method === 'chat.postMessage' && !told) tables.get('announce')?.fail('UpdateItem', throttled, TRIES);
      told ||= method === 'chat.postMessage';
      return undefined;
    });
    await stage.pass('announce');
    await stage.settle(present);
    await goOnLater();

    expect(told).toBe(true);
    expect(await stage.messages()).toHaveLength(1);
    expect((await stage.thread()).length).toBeGreaterThan(0);
  });

  it('is changed once, although the table could not be told that the cluster had done it', async () => {
    await stage.ask(present);
    await stage.approve();
    atTheCluster = () => tables.get('remediate')?.fail('UpdateItem', throttled, TRIES);
    await stage.settle(present);
    expect(await stage.newest()).toMatchObject({ state: 'executing', steps: [{ state: 'started' }] });
    await goOnLater();

    expect(stage.cluster.performed).toHaveLength(1);
    expect(await stage.newest()).toMatchObject({ state: 'unknown' });
    const { kinds, findings } = await stage.ledger();
    expect(kinds).toContain('unknown');
    expect(findings).toEqual([]);
  });

  it('has used up no attempt: nothing became a dead letter', async () => {
    expect(await stage.place.queue.deadLetters()).toEqual([]);
  });
});

function failedAll(records: Parameters<Invoke>[1]): SQSBatchResponse {
  return { batchItemFailures: records.map(({ messageId }) => ({ itemIdentifier: messageId })) };
}
