import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { CreateTableCommand, DescribeTableCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { SQSClient } from '@aws-sdk/client-sqs';
import type { Blobs, Clock, QueueName } from '../../../engine/ports.ts';
import { queueNames } from '../../../engine/ports.ts';
import { createBlobs } from '../blobs/blobs.ts';
import { dynamodbClient, sqsClient } from '../clients.ts';
import { createAttempts } from '../queue/attempts.ts';
import { queueAttributes, redrivePolicy } from '../queue/attributes.ts';
import { createQueue, type SqsQueue } from '../queue/queue.ts';
import { createSender, type QueueUrls } from '../queue/send.ts';
import type { AwsAccess, Limits } from '../settings.ts';
import { createStore, type StoreParts, type TableStore } from '../store/store.ts';
import { tableDefinition } from '../store/table.ts';
import type { Emulators } from './emulators.ts';

/** A table, queues with their dead letters, and a bucket, all new and empty. */
export interface Resources {
  readonly table: string;
  readonly urls: QueueUrls;
  readonly deadLetterUrls: QueueUrls;
  readonly bucket: string;
}

export interface AwsPlace {
  readonly store: TableStore;
  readonly queue: SqsQueue;
  readonly blobs: Blobs;
  readonly dynamodb: DynamoDBClient;
  readonly sqs: SQSClient;
  close(): Promise<void>;
}

export interface PlaceOptions extends Pick<Partial<StoreParts>, 'keepDays' | 'onTrouble'> {
  /** Instead of the emulators themselves: something in front of them. */
  readonly dynamodb?: AwsAccess;
  readonly sqs?: AwsAccess;
  readonly limits?: Limits;
}

/** The emulators share a process with whoever uses them, on a machine that others use too. */
export const patient: Limits = { connectMs: 10_000, answerMs: 20_000, silenceMs: 40_000, attempts: 3 };

/** So long SQS hides what it has handed over, unless somebody says otherwise (s). */
const HIDDEN_SECONDS = 360;

export async function createResources(
  { dynamodb, fauxqs }: Emulators,
  hiddenSeconds: Readonly<Partial<Record<QueueName, number>>> = {},
): Promise<Resources> {
  const name = `nightshift-${randomUUID()}`;
  const queues = queueNames.map((queue) => {
    const dead = fauxqs.createQueue(`${name}-${queue}-dead.fifo`, { attributes: queueAttributes });
    const RedrivePolicy = redrivePolicy(dead.queueArn);
    const VisibilityTimeout = String(hiddenSeconds[queue] ?? HIDDEN_SECONDS);
    const attributes = { ...queueAttributes, RedrivePolicy, VisibilityTimeout };
    const own = fauxqs.createQueue(`${name}-${queue}.fifo`, { attributes });
    return { queue, url: own.queueUrl, deadUrl: dead.queueUrl };
  });
  fauxqs.createBucket(name);
  const client = dynamodbClient(dynamodb, patient);
  await client.send(new CreateTableCommand(tableDefinition(name)));
  await isActive(client, name);
  client.destroy();
  return {
    table: name,
    urls: Object.fromEntries(queues.map(({ queue, url }) => [queue, url])),
    deadLetterUrls: Object.fromEntries(queues.map(({ queue, deadUrl }) => [queue, deadUrl])),
    bucket: name,
  };
}

async function isActive(client: DynamoDBClient, TableName: string): Promise<void> {
  for (;;) {
    const { Table } = await client.send(new DescribeTableCommand({ TableName }));
    if (Table?.TableStatus === 'ACTIVE') return;
    await pause(5);
  }
}

/** The adapters as a process has them. Several may be open on the same resources. */
export function openPlace(
  emulators: Emulators,
  { table, urls, deadLetterUrls, bucket }: Resources,
  clock: Clock,
  options: PlaceOptions = {},
): AwsPlace {
  const { dynamodb: tables = emulators.dynamodb, sqs: queues = emulators.sqs, limits = patient, ...rest } = options;
  const dynamodb = dynamodbClient(tables, limits);
  const sqs = sqsClient(queues, limits);
  const blobs = createBlobs(emulators.sqs, bucket);
  const attempts = createAttempts(dynamodb, table, clock);
  const sender = createSender(sqs, urls);
  return {
    store: createStore({ client: dynamodb, table, clock, sender, blobs, ...rest }),
    queue: createQueue({ client: sqs, urls, deadLetterUrls, attempts, clock, lookMs: 0, answerMs: limits.answerMs }),
    blobs,
    dynamodb,
    sqs,
    close: async () => {
      dynamodb.destroy();
      sqs.destroy();
    },
  };
}
