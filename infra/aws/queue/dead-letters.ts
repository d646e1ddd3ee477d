import type { Clock, DeadLetter, QueueName } from '../../../engine/ports.ts';
import { redact } from '../../../engine/redact.ts';
import type { Delivery } from './delivery.ts';
import { type Content, contentOf, groupIdOf, type Letter, textOf } from './letter.ts';
import type { Sender } from './send.ts';
import type { Wire } from './wire.ts';

/** So long nobody else sees the dead letters that somebody looks at; ten of them are sent again in far less. */
const lookedAtMs = 300_000;
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

  /**
   * Gives `use` all of them, up to ten at a time, and keeps those it does not take hidden until the last one was seen.
   * Each has a group of its own, or only the first would come.
   */
  async function eachOf(
    use: (dead: readonly Delivery[]) => Promise<ReadonlySet<string>>,
  ): Promise<readonly Delivery[]> {
    const left = new Map<string, Delivery>();
    try {
      for (;;) {
        const found = await deadWire.receive({ max: 10, leaseMs: lookedAtMs, waitMs: lookMs });
        // There are so many that the first ones come by again.
        const fresh = found.filter(({ id }) => !left.has(id));
        for (const delivery of found) left.set(delivery.id, delivery);
        if (fresh.length === 0) return [...left.values()];
        for (const id of await use(fresh)) left.delete(id);
      }
    } finally {
      await Promise.allSettled([...left.values()].map((delivery) => deadWire.hide(delivery, 0)));
    }
  }

  return {
    async bury(delivery, reason) {
      const { group, body } = readable(delivery.text);
      const dead = { reason: redact(reason).slice(0, longestReason), diedAt: clock.now().getTime() };
      const name = `dead/${delivery.id}`;
      await deadSender.send([{ queue, group: name, id: name, text: textOf({ group, body, dead }) }]);
      await wire.remove(delivery);
    },
    async list() {
      return (await eachOf(async () => new Set())).map((delivery) => letterIn(queue, delivery));
    },
    async redrive(chosen) {
      const gone = new Set<string>();
      await eachOf(async (dead) => {
        const wanted = dead.filter(({ id }) => chosen(id));
        await sender.send(wanted.map((delivery) => againOf(queue, delivery)));
        for (const delivery of wanted) if (await deadWire.remove(delivery)) gone.add(delivery.id);
        // What was not taken out in time comes by once more; sent twice it arrives once.
        return new Set(wanted.map(({ id }) => id));
      });
      return gone.size;
    },
  };
}

/** With a new life, as the last message of its group. */
function againOf(queue: QueueName, { id, text }: Delivery): Letter {
  const { group, body } = readable(text);
  return { queue, group: groupIdOf(group), id: `again/${id}`, text: textOf({ group, body }) };
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
