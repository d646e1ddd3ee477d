import { randomUUID } from 'node:crypto';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { SQSClient } from '@aws-sdk/client-sqs';
import { messageOf, TryLater } from '../../engine/errors.ts';
import type { Collection, Queue, Store } from '../../engine/ports.ts';
import { createBlobs } from '../../infra/aws/blobs/blobs.ts';
import { dynamodbClient, sqsClient } from '../../infra/aws/clients.ts';
import { needsSomebody } from '../../infra/aws/failures.ts';
import { createAttempts } from '../../infra/aws/queue/attempts.ts';
import { letterOf } from '../../infra/aws/queue/letter.ts';
import { createQueue } from '../../infra/aws/queue/queue.ts';
import { createSender, type Sender } from '../../infra/aws/queue/send.ts';
import { createStore, type TableStore } from '../../infra/aws/store/store.ts';
import { KEEP_DAYS, prunable } from '../tick.ts';
import type { House } from './house.ts';
import { needs } from './needs.ts';
import type { Worked } from './worker.ts';

/** What functions with a store stand on: one client for each service. */
export interface Place {
  readonly store: TableStore;
  readonly queue: Pick<Queue, 'send'>;
  readonly dynamodb: DynamoDBClient;
  readonly sqs: SQSClient;
}

const keepDays = Object.fromEntries(prunable.map((collection) => [collection, KEEP_DAYS]));

export function openPlace({ name, environment, clock, log, alsoCheck }: House): Place {
  const { aws, table, bucket, queues } = environment;
  const dynamodb = dynamodbClient(aws.dynamodb);
  const sqs = sqsClient(aws.sqs);
  const sender = createSender(sqs, queues);
  const store = createStore({
    client: dynamodb,
    table,
    clock,
    sender,
    blobs: createBlobs(aws.s3, bucket),
    keepDays,
    onTrouble: (failure) => log.warn({ reason: messageOf(failure) }, 'messages wait in the table for the next sweep'),
  });
  alsoCheck(async (when) => {
    if (when === 'hourly') await lookAtTable(store, name === 'alerts' ? 'webhooks' : 'incidents', log);
  });
  return { store, queue: sending(sender, clock), dynamodb, sqs };
}

/** Whether the table is there for this function; what is asked for is not. That it is throttled says nothing about it. */
async function lookAtTable(store: Store, collection: Collection, log: House['log']): Promise<void> {
  try {
    await store.get(collection, 'looked at by the check');
  } catch (failure) {
    if (needsSomebody(failure) || !(failure instanceof TryLater)) throw failure;
    log.info({ reason: messageOf(failure) }, 'the table did not answer to the check');
  }
}

/** Of the port `Queue` all that most functions need. */
export function sending(sender: Sender, clock: House['clock']): Pick<Queue, 'send'> {
  return {
    async send(messages) {
      const now = clock.now().getTime();
      await sender.send(messages.map((message) => letterOf(message, randomUUID(), now)));
    },
  };
}

/** The queue that this function works on. */
export function openWorked({ name, environment, clock }: House, { dynamodb, sqs }: Place): Worked {
  const { works } = needs[name];
  if (works === undefined) throw new TypeError(`The function ${name} works on no queue.`);
  const { table, queues: urls, deadLetters: deadLetterUrls } = environment;
  const attempts = createAttempts(dynamodb, table, clock);
  const { line } = createQueue({ client: sqs, urls, deadLetterUrls, attempts, clock });
  return { name: works, client: sqs, url: urls[works] ?? '', line: line(works) };
}
