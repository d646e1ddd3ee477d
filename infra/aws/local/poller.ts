import { setTimeout as pause } from 'node:timers/promises';
import type { SQSClient } from '@aws-sdk/client-sqs';
import type { SQSRecord } from 'aws-lambda';
import { messageOf } from '../../../engine/errors.ts';
import { answered, type Handle, receive } from './event-source.ts';

/** Lambda's poller of one queue. */
export interface Poller extends AsyncDisposable {
  /** Messages that a function has at the moment. */
  busy(): number;
  read(): PollerCounts;
  reset(): void;
}

export interface PollerCounts {
  /** Messages handed over, each as often as it was. */
  readonly handed: number;
  /** Of these, those that come again: named by the function as failed, or lost with it. */
  readonly failed: number;
}

export interface PollerOptions {
  readonly client: SQSClient;
  readonly url: string;
  readonly batchSize: number;
  /** So many batches at the same time, at most (`maximumConcurrency`). */
  readonly atOnce: number;
  readonly handle: Handle;
  /** Something failed that nobody else tells of: the function as a whole, or the queue. */
  readonly onTrouble: (reason: string) => void;
}

/** The longest that SQS lets anybody wait. */
const WAIT_SECONDS = 20;
const AFTER_TROUBLE_MS = 1_000;

export function pollQueue({ client, url, batchSize, atOnce, handle, onTrouble }: PollerOptions): Poller {
  const stop = new AbortController();
  const batches = new Set<Promise<void>>();
  let counts: PollerCounts = { handed: 0, failed: 0 };
  let busy = 0;

  async function poll(): Promise<void> {
    while (!stop.signal.aborted) {
      if (batches.size >= atOnce) {
        await Promise.race(batches);
        continue;
      }
      try {
        const records = await receive(client, url, { batchSize, waitSeconds: WAIT_SECONDS, signal: stop.signal });
        if (records.length === 0) continue;
        const batch = work(records);
        batches.add(batch);
        void batch.finally(() => batches.delete(batch));
      } catch (failure) {
        if (stop.signal.aborted) return;
        onTrouble(`the queue cannot be read: ${messageOf(failure)}`);
        await pause(AFTER_TROUBLE_MS);
      }
    }
  }

  /** A function that throws has done nothing: all of its messages come again when their time is over. */
  async function work(records: readonly SQSRecord[]): Promise<void> {
    busy += records.length;
    const lost = { handed: records.length, failed: records.length };
    const given = await answered(client, url, records, handle).catch((failure: unknown) => {
      if (!stop.signal.aborted) onTrouble(`${messageOf(failure)}; its messages come again`);
      return lost;
    });
    counts = { handed: counts.handed + given.handed, failed: counts.failed + given.failed };
    busy -= records.length;
  }

  const polling = poll();
  return {
    busy: () => busy,
    read: () => counts,
    reset: () => {
      counts = { handed: 0, failed: 0 };
    },
    async [Symbol.asyncDispose]() {
      stop.abort();
      await polling;
      await Promise.allSettled(batches);
    },
  };
}
