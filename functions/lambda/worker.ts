import { setTimeout as pause } from 'node:timers/promises';
import type { SQSClient } from '@aws-sdk/client-sqs';
import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { messageOf, TryLater } from '../../engine/errors.ts';
import type { QueueName, Received } from '../../engine/ports.ts';
import { redactDeep } from '../../engine/redact.ts';
import { needsSomebody } from '../../infra/aws/failures.ts';
import { answerBatch, type Outcome } from '../../infra/aws/queue/batch.ts';
import { lease } from '../../infra/aws/queue/lease.ts';
import type { Line } from '../../infra/aws/queue/line.ts';
import type { Log } from '../../infra/slack/log.ts';
import { handedBack, nextWords, retryFor } from '../retry.ts';
import type { Handler } from '../worker.ts';
import type { FunctionMetrics } from './metrics.ts';

/** A queue as the function that works on it has it. */
export interface Worked {
  readonly name: QueueName;
  readonly client: SQSClient;
  readonly url: string;
  readonly line: Line;
}

export interface WorkOptions {
  /**
   * Asked for at every message: a secret it was made with may have been rotated. While it cannot be had (a secret is gone,
   * a permission is missing) messages wait for it, and use up no attempt: it is no fault of theirs.
   */
  readonly handler: () => Promise<Handler>;
  /** So long before the function is stopped (half of its time at most) nothing more is begun, and what can be ended is. Default: two seconds. */
  readonly stopMs?: number;
  /** Told what a message failed by. */
  readonly onFailure?: (failure: unknown) => void;
}

/** Of the house, what a worker tells. */
export interface Telling {
  readonly log: Log;
  readonly metrics: Pick<FunctionMetrics, 'failures' | 'misconfigured'>;
}

const STOP_MS = 2_000;
/** A message that nobody answered for comes again so long after its function was stopped. */
const AFTER_MS = 5_000;
/** What passes in a moment (the pace of a channel) is waited for here: SQS counts in seconds, and each return is paid. */
const SHORT_WAIT_MS = 2_000;
const MOST_WAITS = 5;
/** So often it is looked whether what is missing is there again. */
const UNREADY_MS = 30_000;

/**
 * A function on a queue, by the rules of the embedded worker (`functions/retry.ts`): one failed message comes again and
 * not its batch; the attempts and the order of a group are those of `infra/aws/queue`.
 */
export function queueEntry({ name, client, url, line }: Worked, house: Telling, options: WorkOptions) {
  const { log, metrics } = house;
  const told = new WeakSet<Error>();

  return async ({ Records }: SQSEvent, context: Context): Promise<SQSBatchResponse> => {
    const leftMs = Math.floor(context.getRemainingTimeInMillis());
    const untilStopMs = Math.max(0, leftMs - stopMsOf(leftMs, options));
    // A timer, even of no time, lets what is at hand begin first.
    const signal = untilStopMs > 0 ? AbortSignal.timeout(untilStopMs) : AbortSignal.abort();
    const ends = performance.now() + untilStopMs;
    await lease(client, url, Records, leftMs + AFTER_MS).catch((failure: unknown) => {
      log.warn({ queue: name, reason: messageOf(failure) }, 'the lease of a batch stays as long as the queue says');
    });
    return answerBatch(line, Records, (message) => workOn(message, signal, () => ends - performance.now()));
  };

  async function workOn(message: Received, signal: AbortSignal, leftMs: () => number): Promise<Outcome> {
    for (let waits = 0; ; waits += 1) {
      if (signal.aborted) return { retry: handedBack };
      try {
        const handle = await options.handler().catch(unready);
        return { send: await handle(message.body, signal) };
      } catch (failure) {
        const retry = retryFor(failure, message.attempt);
        const isNobodysFault = retry.countsAsAttempt === false;
        const isShort = retry.delayMs <= Math.min(SHORT_WAIT_MS, leftMs());
        if (isNobodysFault && isShort && waits < MOST_WAITS) {
          await pause(retry.delayMs);
          continue;
        }
        if (isNobodysFault) tellWaiting(message, failure, retry.delayMs);
        else tell(message, failure, signal);
        return { retry };
      }
    }
  }

  function unready(failure: unknown): never {
    if (failure instanceof TryLater) throw failure;
    metrics.failures.inc();
    metrics.misconfigured.inc();
    log.error({ queue: name, reason: messageOf(failure) }, 'messages wait: what they are worked on with cannot be had');
    const later = new TryLater(messageOf(failure), UNREADY_MS, failure);
    told.add(later);
    throw later;
  }

  /** It may wait for hours: why is to stand somewhere, and what waiting does not mend raises the alarm. */
  function tellWaiting({ body }: Received, failure: unknown, delayMs: number): void {
    if (failure instanceof Error && told.has(failure)) return;
    const waiting = { queue: name, body: redactDeep(body), reason: messageOf(failure), againInMs: delayMs };
    if (needsSomebody(failure)) {
      metrics.misconfigured.inc();
      log.error(waiting, 'waits until somebody mends that, and will try again');
    } else {
      log.info(waiting, 'waits, and will try again');
    }
  }

  function tell({ body, attempt }: Received, failure: unknown, { aborted }: AbortSignal): void {
    options.onFailure?.(failure);
    metrics.failures.inc();
    const reason = aborted ? `it took longer than the function may run: ${messageOf(failure)}` : messageOf(failure);
    // It may be what somebody typed.
    log.warn({ queue: name, body: redactDeep(body), attempt, reason }, nextWords(attempt));
  }
}

function stopMsOf(leftMs: number, { stopMs }: WorkOptions): number {
  return stopMs === undefined ? STOP_MS : Math.min(stopMs, Math.floor(leftMs / 2));
}
