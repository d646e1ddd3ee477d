import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { messageOf, TryLater } from '../engine/errors.ts';
import { rejectWebhook } from '../engine/intake.ts';
import type { Damaged, Inbox, Waiting } from '../infra/local/inbox/inbox.ts';
import { type AlertsDoor, readWebhook } from './alerts.ts';
import type { Rush } from './rush.ts';

export interface RushInbox extends NonNullable<AlertsDoor['inbox']> {
  /** What waits stays on the disk. */
  close(): Promise<void>;
}

const RETRY_MS = 1_000;

/**
 * The inbox of the embedded server. It opens when a rush begins and shuts when all of it was read, so that requests
 * keep their order. What an earlier process left is read first.
 */
export function rushInbox(
  inbox: Inbox,
  door: Pick<AlertsDoor, 'store' | 'clock' | 'metrics'>,
  { rush, log }: { readonly rush: Rush; readonly log: Logger },
): RushInbox {
  const stop = new AbortController();
  let reading: Promise<void> | undefined;
  let refusing = false;
  const wake = () => {
    reading ??= readAll(inbox, door, rush, stop.signal, log).finally(() => {
      reading = undefined;
      if (!stop.signal.aborted && inbox.waitingBytes() > 0) wake();
    });
  };
  if (inbox.waitingBytes() > 0) wake();
  return {
    isOpen: () => rush.on() || reading !== undefined,
    keep: async (body) => {
      try {
        await inbox.keep(body, door.clock.now());
        refusing = false;
      } catch (failure) {
        // Once for all that come while it cannot: they come by the thousand, and the disk may be full.
        if (!refusing) log.error({ reason: messageOf(failure) }, 'webhooks cannot be kept now: they are answered 503');
        refusing = true;
        throw failure;
      }
      wake();
    },
    close: async () => {
      stop.abort();
      await reading;
      await inbox.close();
    },
  };
}

async function readAll(
  inbox: Inbox,
  door: Pick<AlertsDoor, 'store' | 'metrics'>,
  rush: Rush,
  signal: AbortSignal,
  log: Logger,
): Promise<void> {
  while (!signal.aborted) {
    await rush.over();
    try {
      const waiting = await inbox.next();
      if (waiting.length === 0 && inbox.waitingBytes() === 0) return;
      // In one turn of the event loop, so that they share one transaction.
      await Promise.all(waiting.map((one) => readOne(door, one, log)));
      await inbox.taken();
    } catch (failure) {
      log.error({ reason: messageOf(failure) }, 'the inbox cannot be read now');
      const delayMs = failure instanceof TryLater ? failure.retryAfterMs : RETRY_MS;
      await sleep(delayMs, undefined, { signal }).catch(() => {});
    }
  }
}

async function readOne(
  { store, metrics }: Pick<AlertsDoor, 'store' | 'metrics'>,
  one: Waiting | Damaged,
  log: Logger,
): Promise<void> {
  const { id, receivedAt } = one;
  if ('body' in one) {
    await readWebhook({ store, metrics }, { id, receivedAt }, one.body);
    return;
  }
  log.error({ file: one.file }, 'webhooks in the inbox were damaged on the disk');
  await rejectWebhook(store, { id, receivedAt }, `one or more webhooks were damaged on the disk: see ${one.file}`, '');
  metrics.webhooks.inc({ outcome: 'rejected' });
}
