import { randomUUID } from 'node:crypto';
import { CreateTableCommand, DescribeTableCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { SQSClient } from '@aws-sdk/client-sqs';
import type { Blobs, Clock } from '../../../engine/ports.ts';
import { queueNames } from '../../../engine/ports.ts';
import { createBlobs } from '../../../infra/aws/blobs/blobs.ts';
import { dynamodbClient, sqsClient } from '../../../infra/aws/clients.ts';
import { createAttempts } from '../../../infra/aws/queue/attempts.ts';
import { queueAttributes, redrivePolicy } from '../../../infra/aws/queue/attributes.ts';
import { createQueue, type SqsQueue } from '../../../infra/aws/queue/queue.ts';
import { createSender, type QueueUrls } from '../../../infra/aws/queue/send.ts';
import type { AwsAccess, Limits } from '../../../infra/aws/settings.ts';
import { createStore, type StoreParts, type TableStore } from '../../../infra/aws/store/store.ts';
import { tableDefinition } from '../../../infra/aws/store/table.ts';
import { until } from '../until.ts';
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

/** The emulators share a process with the tests, on a machine that others use too. */
export const patient: Limits = { connectMs: 10_000, answerMs: 20_000, silenceMs: 40_000, attempts: 3 };

export async function createResources({ dynamodb, fauxqs }: Emulators): Promise<Resources> {
  const name = `nightshift-${randomUUID()}`;
  const queues = queueNames.map((queue) => {
    const dead = fauxqs.createQueue(`${name}-${queue}-dead.fifo`, { attributes: queueAttributes });
    const RedrivePolicy = redrivePolicy(dead.queueArn);
    const own = fauxqs.createQueue(`${name}-${queue}.fifo`, { attributes: { ...queueAttributes, RedrivePolicy } });
    return { queue, url: own.queueUrl, deadUrl: dead.queueUrl };
  });
  fauxqs.createBucket(name);
  const client = dynamodbClient(dynamodb, patient);
  await client.send(new CreateTableCommand(tableDefinition(name)));
  await until(
    'the table',
    async () => {
      const { Table } = await client.send(new DescribeTableCommand({ TableName: name }));
      return Table?.TableStatus === 'ACTIVE';
    },
    { everyMs: 5 },
  );
  client.destroy();
  return {
    table: name,
    urls: Object.fromEntries(queues.map(({ queue, url }) => [queue, url])),
    deadLetterUrls: Object.fromEntries(queues.map(({ queue, deadUrl }) => [queue, deadUrl])),
    bucket: name,
  };
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
