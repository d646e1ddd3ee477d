import { processPartialResponse, SqsFifoPartialProcessorAsync } from '@aws-lambda-powertools/batch';
import type { SQSBatchResponse, SQSRecord } from 'aws-lambda';
import { messageOf, TryLater } from '../../../engine/errors.ts';
import { maxAttempts, type Outgoing, type Received, type RetryOptions } from '../../../engine/ports.ts';
import { deliveryOfRecord } from './delivery.ts';
import type { Line } from './line.ts';

/** What became of a message. */
export type Outcome = { readonly send: readonly Outgoing[] } | { readonly retry: RetryOptions };

/** Does the work of one message, and never throws. */
export type Work = (message: Received) => Promise<Outcome>;

/**
 * What was tried so often and never done may be what ends the process, and then nobody answers for its neighbours either:
 * from here on it is worked on alone, so that it takes none of them into the dead letters.
 */
const aloneAfter = maxAttempts / 2;

type Taken = ReadonlyMap<string, ReturnType<Line['take']>>;

/**
 * Answers for what Lambda handed over of one FIFO queue: groups side by side, each in order. After a message that has to
 * come again, the rest of its group waits for it. Lambda deletes what is not named in the answer, and leaves what is
 * named hidden for as long as was said here.
 */
export async function answerBatch(line: Line, records: readonly SQSRecord[], work: Work): Promise<SQSBatchResponse> {
  const groups = [...Map.groupBy(records, ({ attributes }) => attributes.MessageGroupId).values()];
  const taken: Taken = new Map(
    records.length === 1
      ? []
      : groups
          .flatMap(([first]) => (first && deliveryOfRecord(first).receiveCount > aloneAfter ? [first] : []))
          .map((record) => [record.messageId, line.take(deliveryOfRecord(record))]),
  );
  const alone = await suspectIn(records, taken);
  const others = alone ? records.filter((record) => record !== alone) : [];
  // Before it is worked on: afterwards there may be nobody left to do so.
  await Promise.allSettled(others.map((record) => leave(line, record, taken)));
  const worked = alone ? [[alone]] : groups;
  const responses = await Promise.all(worked.map((group) => answerGroup(line, group, work, taken)));
  const left = others.map(({ messageId }) => ({ itemIdentifier: messageId }));
  return { batchItemFailures: [...responses.flatMap(({ batchItemFailures }) => batchItemFailures), ...left] };
}

/** Beside others only: the first that was tried too often. What it had to wait for is no attempt. */
async function suspectIn(records: readonly SQSRecord[], taken: Taken): Promise<SQSRecord | undefined> {
  await Promise.allSettled(taken.values());
  for (const record of records) {
    const message = await taken.get(record.messageId)?.catch(() => undefined);
    if (typeof message === 'object' && message.attempt > aloneAfter) return record;
  }
  return undefined;
}

/** It comes again at once, and this delivery does not count. */
async function leave(line: Line, record: SQSRecord, taken: Taken): Promise<void> {
  const message = await taken.get(record.messageId);
  if (message === undefined) return line.handBack(deliveryOfRecord(record));
  if (typeof message === 'object')
    await line.retry(message, { delayMs: 0, reason: 'another is worked on alone', countsAsAttempt: false });
}

async function answerGroup(
  line: Line,
  records: readonly SQSRecord[],
  work: Work,
  taken: Taken,
): Promise<SQSBatchResponse> {
  const looked = new Set<string>();
  const processor = new SqsFifoPartialProcessorAsync();
  const handle = async (record: SQSRecord): Promise<void> => {
    looked.add(record.messageId);
    // Powertools marks a record by what its handler throws.
    if ((await answer(line, record, work, taken)) === 'again') throw new Error('it comes again');
  };
  const options = { throwOnFullBatchFailure: false } as const;
  const response = await processPartialResponse({ Records: [...records] }, handle, processor, options);
  const skipped = records.filter(({ messageId }) => !looked.has(messageId));
  // What cannot be handed back comes again by itself, later.
  await Promise.allSettled(skipped.map((record) => line.handBack(deliveryOfRecord(record))));
  return response;
}

async function answer(line: Line, record: SQSRecord, work: Work, taken: Taken): Promise<'done' | 'again'> {
  const message = await (taken.get(record.messageId) ?? line.take(deliveryOfRecord(record)));
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
