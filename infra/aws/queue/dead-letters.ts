import type { Clock, DeadLetter, QueueName } from '../../../engine/ports.ts';
import type { Delivery } from './delivery.ts';
import { type Content, contentOf, groupIdOf, textOf } from './letter.ts';
import type { Sender } from './send.ts';
import type { Wire } from './wire.ts';

/** So long nobody else sees the dead letters that somebody looks at. */
const lookedAtMs = 60_000;
const longestReason = 1_000;

/** What a queue could not get done, in an SQS queue of its own. Throws `TryLater`. */
export interface DeadLetters {
  /** Moves a message here; sent first, then deleted, and sent twice it arrives once. */
  bury(delivery: Delivery, reason: string): Promise<void>;
  list(): Promise<readonly DeadLetter[]>;
  /** Gives those that are chosen a new life, each as the last message of its group; returns how many. */
  redrive(chosen: (id: string) => boolean): Promise<number>;
}

export interface DeadLetterParts {
  readonly queue: QueueName;
  /** The queue itself, and that of its dead letters. */
  readonly wire: Wire;
  readonly deadWire: Wire;
  readonly sender: Sender;
  readonly deadSender: Sender;
  readonly clock: Clock;
  /** How long a look waits for SQS to ask all its servers. */
  readonly lookMs: number;
}

export function createDeadLetters(parts: DeadLetterParts): DeadLetters {
  const { queue, wire, deadWire, sender, deadSender, clock, lookMs } = parts;

  /** Hides all of them while `use` looks, and then no longer. Each has a group of its own, or only the first would come. */
  async function withAll<T>(use: (dead: readonly Delivery[]) => Promise<T>): Promise<T> {
    const held = new Map<string, Delivery>();
    try {
      for (;;) {
        const found = await deadWire.receive({ max: 10, leaseMs: lookedAtMs, waitMs: lookMs });
        if (found.length === 0) return await use([...held.values()]);
        for (const delivery of found) held.set(delivery.id, delivery);
      }
    } finally {
      await Promise.allSettled([...held.values()].map((delivery) => deadWire.hide(delivery, 0)));
    }
  }

  return {
    async bury(delivery, reason) {
      const { group, body } = readable(delivery.text);
      const dead = { reason: reason.slice(0, longestReason), diedAt: clock.now().getTime() };
      const name = `dead/${delivery.id}`;
      await deadSender.send([{ queue, group: name, id: name, text: textOf({ group, body, dead }) }]);
      await wire.remove(delivery);
    },
    list: () => withAll(async (dead) => dead.map((delivery) => letterIn(queue, delivery))),
    redrive: (chosen) =>
      withAll(async (dead) => {
        const wanted = dead.filter(({ id }) => chosen(id));
        for (const delivery of wanted) {
          const { group, body } = readable(delivery.text);
          const id = `again/${delivery.id}`;
          await sender.send([{ queue, group: groupIdOf(group), id, text: textOf({ group, body }) }]);
          await deadWire.remove(delivery);
        }
        return wanted.length;
      }),
  };
}

function letterIn(queue: QueueName, { id, text, receiveCount, firstReceivedAt }: Delivery): DeadLetter {
  const { group, body, dead } = readable(text);
  const given = `SQS gave it up: it was delivered ${receiveCount} times, and nothing of ours ever answered for it.`;
  return { id, queue, group, body, reason: dead?.reason ?? given, diedAt: new Date(dead?.diedAt ?? firstReceivedAt) };
}

/** What nobody of ours has written is kept as it is. */
function readable(text: string): Content {
  return contentOf(text) ?? { group: 'unreadable', body: text };
}
