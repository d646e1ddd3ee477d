import type { Logger } from 'pino';
import { messageOf } from '../engine/errors.ts';
import type { Outgoing, Queue, QueueName, Received } from '../engine/ports.ts';
import { redactDeep } from '../engine/redact.ts';
import { handedBack, nextWords, retryFor } from './retry.ts';

export type Handler = (body: unknown, signal: AbortSignal) => Promise<readonly Outgoing[]>;

export interface WorkerOptions {
  readonly concurrency: number;
  /** Longer than the longest a handler may take: a lease that runs out is delivered to somebody else. */
  readonly leaseMs: number;
  readonly log: Logger;
  readonly onFailure?: () => void;
  /** Awaited before taking more work: lets something more urgent go first. */
  readonly yieldTo?: () => Promise<void>;
}

const IDLE_WAIT_MS = 10_000;

/**
 * Works on one queue until the signal; resolves when what was in flight is finished or handed back. A message that
 * fails comes again: see `retryFor`.
 */
export async function work(
  queue: Queue,
  name: QueueName,
  handler: Handler,
  signal: AbortSignal,
  options: WorkerOptions,
): Promise<void> {
  const running = new Set<Promise<void>>();
  while (!signal.aborted) {
    await options.yieldTo?.();
    const free = options.concurrency - running.size;
    if (free === 0) {
      await Promise.race(running);
      continue;
    }
    const messages = await receive(queue, name, free, signal, options);
    for (const message of messages) {
      const task: Promise<void> = workOn(queue, message, handler, signal, options).finally(() => running.delete(task));
      running.add(task);
    }
  }
  await Promise.all(running);
}

async function receive(queue: Queue, name: QueueName, max: number, signal: AbortSignal, options: WorkerOptions) {
  try {
    return await queue.receive(name, { max, leaseMs: options.leaseMs, waitMs: IDLE_WAIT_MS, signal });
  } catch (failure) {
    if (!signal.aborted) options.log.error({ queue: name, reason: messageOf(failure) }, 'cannot receive messages');
    await new Promise((resume) => setTimeout(resume, signal.aborted ? 0 : 1_000));
    return [];
  }
}

async function workOn(
  queue: Queue,
  message: Received,
  handler: Handler,
  signal: AbortSignal,
  { log, onFailure }: WorkerOptions,
): Promise<void> {
  try {
    const send = await handler(message.body, signal);
    await queue.done(message, send);
  } catch (failure) {
    const retry = signal.aborted ? handedBack : retryFor(failure, message.attempt);
    if (retry.countsAsAttempt !== false) {
      onFailure?.();
      log.warn(
        { queue: message.queue, body: redactDeep(message.body), attempt: message.attempt, reason: retry.reason },
        nextWords(message.attempt),
      );
    }
    await queue.retry(message, retry).catch((lost) => {
      // The lease runs out by itself and the message comes again.
      log.error({ queue: message.queue, reason: messageOf(lost) }, 'cannot note a retry');
    });
  }
}
