import { setTimeout as pause } from 'node:timers/promises';
import { SendMessageBatchCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { Refused, TryLater } from '../../../engine/errors.ts';
import { type QueueName, queueNames } from '../../../engine/ports.ts';
import { allOf, asking } from '../failures.ts';
import { type Letter, mostTextBytes } from './letter.ts';

/** Puts letters into the queues, in order. Throws `TryLater`; then some may have been sent, and sending all again is right. */
export interface Sender {
  send(letters: readonly Letter[]): Promise<void>;
}

/** A function has the URLs of those queues that it sends to, and permission for no other. */
export type QueueUrls = Readonly<Partial<Record<QueueName, string>>>;

/** SQS takes ten messages at once. */
const mostPerBatch = 10;
/** Messages of a batch may fail one by one, without a fault of ours. */
const rounds = 3;
const pauseMs = 100;

export function createSender(client: SQSClient, urls: QueueUrls): Sender {
  async function sendBatch(queue: QueueName, batch: readonly Letter[]): Promise<void> {
    let left = batch;
    for (let round = 1; left.length > 0; round += 1) {
      const Entries = left.map(({ id, group, text }, n) => ({
        Id: String(n),
        MessageBody: text,
        MessageGroupId: group,
        MessageDeduplicationId: id,
      }));
      const command = new SendMessageBatchCommand({ QueueUrl: urlOf(urls, queue), Entries });
      const { Failed = [] } = await asking(`The queue ${queue}`, client.send(command));
      const refused = Failed.find(({ SenderFault }) => SenderFault);
      if (refused) throw new Refused('MESSAGE_REFUSED', `The queue ${queue} refused a message: ${refused.Message}`);
      const failed = new Set(Failed.map(({ Id }) => Number(Id)));
      left = left.filter((_letter, n) => failed.has(n));
      if (left.length === 0) return;
      if (round === rounds) {
        throw new TryLater(`The queue ${queue} did not take ${left.length} messages: ${Failed[0]?.Message}`, 2_000);
      }
      await pause(pauseMs * round);
    }
  }

  return {
    async send(letters) {
      const lines = queueNames.map(async (queue) => {
        for (const batch of batchesOf(letters.filter((letter) => letter.queue === queue))) {
          await sendBatch(queue, batch);
        }
      });
      await allOf(lines);
    },
  };
}

export function urlOf(urls: QueueUrls, queue: QueueName): string {
  const url = urls[queue];
  if (url === undefined) throw new Refused('QUEUE_UNKNOWN', `This function was given no URL of the queue ${queue}.`);
  return url;
}

function batchesOf(letters: readonly Letter[]): Letter[][] {
  const batches: Letter[][] = [];
  let batch: Letter[] = [];
  let bytes = 0;
  for (const letter of letters) {
    const size = Buffer.byteLength(letter.text);
    if (batch.length === mostPerBatch || bytes + size > mostTextBytes || batches.length === 0) {
      batch = [];
      bytes = 0;
      batches.push(batch);
    }
    batch.push(letter);
    bytes += size;
  }
  return batches;
}
