import { processPartialResponse, SqsFifoPartialProcessorAsync } from '@aws-lambda-powertools/batch';
import type { SQSBatchResponse, SQSRecord } from 'aws-lambda';
import { messageOf, TryLater } from '../../../engine/errors.ts';
import type { Outgoing, Received, RetryOptions } from '../../../engine/ports.ts';
import { deliveryOfRecord } from './delivery.ts';
import type { Line } from './line.ts';

/** What became of a message. */
export type Outcome = { readonly send: readonly Outgoing[] } | { readonly retry: RetryOptions };

/** Does the work of one message, and never throws. */
export type Work = (message: Received) => Promise<Outcome>;

/**
 * Answers for what Lambda handed over of one FIFO queue: groups side by side, each in order. After a message that has to
 * come again, the rest of its group waits for it. Lambda deletes what is not named in the answer, and leaves what is
 * named hidden for as long as was said here.
 */
export async function answerBatch(line: Line, records: readonly SQSRecord[], work: Work): Promise<SQSBatchResponse> {
  const groups = Map.groupBy(records, ({ attributes }) => attributes.MessageGroupId);
  const responses = await Promise.all([...groups.values()].map((group) => answerGroup(line, group, work)));
  return { batchItemFailures: responses.flatMap(({ batchItemFailures }) => batchItemFailures) };
}

async function answerGroup(line: Line, records: readonly SQSRecord[], work: Work): Promise<SQSBatchResponse> {
  const looked = new Set<string>();
  const processor = new SqsFifoPartialProcessorAsync();
  const handle = async (record: SQSRecord): Promise<void> => {
    looked.add(record.messageId);
    // Powertools marks a record by what its handler throws.
    if ((await answer(line, record, work)) === 'again') throw new Error('it comes again');
  };
  const options = { throwOnFullBatchFailure: false } as const;
  const response = await processPartialResponse({ Records: [...records] }, handle, processor, options);
  const skipped = records.filter(({ messageId }) => !looked.has(messageId));
  // What cannot be handed back comes again by itself, later.
  await Promise.allSettled(skipped.map((record) => line.handBack(deliveryOfRecord(record))));
  return response;
}

async function answer(line: Line, record: SQSRecord, work: Work): Promise<'done' | 'again'> {
  const message = await line.take(deliveryOfRecord(record));
  if (message === 'early') return 'again';
  if (message === 'gone') return 'done';
  const outcome = await workOn(line, message, work);
  return outcome !== 'done' && (await line.retry(message, outcome)) === 'again' ? 'again' : 'done';
}

async function workOn(line: Line, message: Received, work: Work): Promise<'done' | RetryOptions> {
  const outcome = await work(message);
  if ('retry' in outcome) return outcome.retry;
  try {
    await line.finish(message, outcome.send);
    return 'done';
  } catch (failure) {
    if (!(failure instanceof TryLater)) throw failure;
    return { delayMs: failure.retryAfterMs, reason: messageOf(failure), countsAsAttempt: false };
  }
}
