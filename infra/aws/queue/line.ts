import {
  type Clock,
  maxAttempts,
  type Outgoing,
  type QueueName,
  type Received,
  type RetryOptions,
} from '../../../engine/ports.ts';
import { type Attempts, isFirst, keptDays, maxReceives } from './attempts.ts';
import type { DeadLetters } from './dead-letters.ts';
import type { Delivery } from './delivery.ts';
import { type Content, contentOf, hashOf, letterOf } from './letter.ts';
import type { Sender } from './send.ts';
import type { Wire } from './wire.ts';

/** While we answer for a message nobody else may get it. */
const answeringMs = 60_000;
/** When the table cannot be told that a message is tried, or was not, it has time to come back. */
const outageMs = 300_000;
/** Long before SQS gives a message up by itself. */
const wornReceives = 0.9 * maxReceives;
const wornAgeMs = (keptDays - 4) * 86_400_000;
const noAnswer = 'No answer: its last lease ran out, or the process ended.';

/** One queue's messages between delivery and answer. Throws `TryLater`; then the message comes again by itself. */
export interface Line {
  /** `early`: not due yet, it comes again; `gone`: it is a dead letter now, or a copy stands in its place. */
  take(delivery: Delivery): Promise<Received | 'early' | 'gone'>;
  /** Sends what belongs to the message: where a crash makes it happen twice, it arrives once. Then deletes the message. */
  done(message: Received, send?: readonly Outgoing[]): Promise<void>;
  /** As `done`, for who need not delete it: Lambda does. */
  finish(message: Received, send: readonly Outgoing[]): Promise<void>;
  /** `gone`: it is a dead letter now, after its last attempt, or a copy stands in its place. */
  retry(message: Received, options: RetryOptions): Promise<'again' | 'gone'>;
  /** Nobody looked at it: it comes again at once, and this delivery does not count. */
  handBack(delivery: Delivery): Promise<void>;
  /** Since when the oldest message that is held here has been due (ms since 1970). */
  oldestHeld(): number | undefined;
}

export interface LineParts {
  readonly queue: QueueName;
  readonly wire: Wire;
  readonly sender: Sender;
  readonly dead: DeadLetters;
  readonly attempts: Attempts;
  readonly clock: Clock;
}

export function createLine({ queue, wire, sender, dead, attempts, clock }: LineParts): Line {
  const deliveries = new WeakMap<Received, Delivery>();
  /** When what nobody has answered for yet was sent. */
  const held = new Map<Received, number>();
  const nowMs = () => clock.now().getTime();

  function deliveryOf(message: Received): Delivery {
    const delivery = deliveries.get(message);
    if (!delivery) throw new TypeError(`Message ${message.id} was not received here.`);
    held.delete(message);
    return delivery;
  }

  async function attemptOf(delivery: Delivery, notBefore: number | undefined): Promise<number> {
    try {
      return await attempts.begin(delivery, notBefore);
    } catch (failure) {
      await wire.hide(delivery, outageMs);
      throw failure;
    }
  }

  /** A copy takes its place, as the last of its group: SQS would give the message up for its age or its deliveries. */
  async function renew({ group, body }: Content, delivery: Delivery, delayMs: number): Promise<'gone'> {
    await sender.send([letterOf({ queue, group, body, delayMs }, `renewed/${delivery.id}`, nowMs())]);
    await wire.remove(delivery);
    return 'gone';
  }

  const isWorn = ({ receiveCount, sentAt }: Delivery) => receiveCount >= wornReceives || nowMs() - sentAt >= wornAgeMs;

  /** It comes again, and this delivery does not count: one that `counts` so far is taken back. */
  async function forgive(delivery: Delivery, delayMs: number, counts = true): Promise<'again' | 'gone'> {
    const content = isWorn(delivery) && contentOf(delivery.text);
    if (content) return renew(content, delivery, delayMs);
    const told = counts ? attempts.forgive(delivery.id) : Promise.resolve();
    const noted = await told.then(
      () => true,
      () => false,
    );
    await wire.hide(delivery, noted ? delayMs : Math.max(delayMs, outageMs));
    return 'again';
  }

  async function follow({ id }: Received, send: readonly Outgoing[]): Promise<void> {
    const letters = send.map((message, n) => {
      const identity = JSON.stringify([id, n, message.queue, message.group, message.body]);
      return letterOf(message, hashOf(identity), nowMs());
    });
    await sender.send(letters);
  }

  return {
    async take(delivery) {
      const content = contentOf(delivery.text);
      if (!content) {
        await dead.bury(delivery, 'It cannot be read: nobody who knows how has written it.');
        return 'gone';
      }
      const { group, body, notBefore } = content;
      const dueInMs = (notBefore ?? 0) - nowMs();
      if (dueInMs > 0) {
        if (isWorn(delivery)) return renew(content, delivery, dueInMs);
        await wire.hide(delivery, dueInMs);
        return 'early';
      }
      const attempt = await attemptOf(delivery, notBefore);
      if (attempt > maxAttempts) {
        await dead.bury(delivery, noAnswer);
        return 'gone';
      }
      const message: Received = { id: delivery.id, queue, group, body, attempt };
      deliveries.set(message, delivery);
      held.set(message, Math.max(delivery.sentAt, notBefore ?? 0));
      return message;
    },
    async finish(message, send) {
      await follow(message, send);
      held.delete(message);
    },
    async done(message, send = []) {
      const delivery = deliveryOf(message);
      // Whose lease was lost has no say any more: what belongs to the message is sent by whoever has it now.
      if (send.length > 0) {
        if (!(await wire.hide(delivery, answeringMs))) return;
        await follow(message, send);
      }
      await wire.remove(delivery);
    },
    async retry(message, { delayMs, reason, countsAsAttempt = true }) {
      const delivery = deliveryOf(message);
      if (!countsAsAttempt) return forgive(delivery, delayMs);
      if (message.attempt < maxAttempts) {
        await wire.hide(delivery, delayMs);
        return 'again';
      }
      if (await wire.hide(delivery, answeringMs)) await dead.bury(delivery, reason);
      return 'gone';
    },
    async handBack(delivery) {
      await forgive(delivery, 0, isFirst(delivery, contentOf(delivery.text)?.notBefore));
    },
    oldestHeld: () => (held.size === 0 ? undefined : Math.min(...held.values())),
  };
}
