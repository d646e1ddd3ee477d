import type { DatabaseSync } from 'node:sqlite';
import type { Clock, DeadLetter, Queue, QueueDepth, QueueName } from '../../../engine/ports.ts';
import { fromKey, type Key } from './encoding.ts';
import { reading } from './failure.ts';
import type { GroupCommit } from './group-commit.ts';
import type { Messages } from './messages.ts';
import type { Receivers } from './receivers.ts';

export type QueueReader = Pick<Queue, 'depth' | 'deadLetters'>;

export function createQueueReader(db: DatabaseSync, directory: string, clock: Clock): QueueReader {
  const messages = db.prepare(
    `SELECT count(*) AS count, min(m.due_at) AS oldest
     FROM message_groups g JOIN messages m ON m.group_id = g.group_id WHERE g.queue = ?`,
  );
  const leases = db.prepare(
    'SELECT count(*) AS count FROM message_groups WHERE queue = ? AND leased = 1 AND ready_at > ?',
  );
  const dead = db.prepare('SELECT count(*) AS count FROM dead_letters WHERE queue = ?');
  const letters = db.prepare('SELECT seq, queue, name, body, reason, died_at AS diedAt FROM dead_letters ORDER BY seq');

  return {
    depth: async (queue): Promise<QueueDepth> =>
      reading(directory, () => {
        const now = clock.now().getTime();
        const all = messages.get(queue);
        const inFlight = Number(leases.get(queue, now)?.count);
        return {
          waiting: Number(all?.count) - inFlight,
          inFlight,
          dead: Number(dead.get(queue)?.count),
          oldestAgeSeconds: Math.max(0, now - Number(all?.oldest ?? now)) / 1_000,
        };
      }),
    deadLetters: async () => reading(directory, () => letters.all()).map((row) => deadLetter(row as unknown as Row)),
  };
}

/** The port `Queue`, and what only the embedded one can do. */
export interface EmbeddedQueue extends Queue {
  /** Gives a dead letter a new life, as the last message of its group; `false` if there is none with this id. */
  redrive(id: string): Promise<boolean>;
}

export function createQueue(
  reader: QueueReader,
  commit: GroupCommit,
  messages: Messages,
  receivers: Receivers,
): EmbeddedQueue {
  return {
    ...reader,
    receive: receivers.receive,
    send: async (outgoing) => {
      const letters = outgoing.map(messages.prepare);
      await commit.write(() => messages.send(letters));
    },
    done: async (message, send = []) => {
      const letters = send.map(messages.prepare);
      await commit.write(() => {
        if (messages.done(message)) messages.send(letters);
      });
    },
    retry: (message, { delayMs, reason, countsAsAttempt = true }) =>
      commit.write(() => messages.retry(message, delayMs, reason, countsAsAttempt)),
    redrive: (id) => commit.write(() => messages.redrive(id)),
  };
}

interface Row {
  readonly seq: number;
  readonly queue: QueueName;
  readonly name: Key;
  readonly body: string;
  readonly reason: string;
  readonly diedAt: number;
}

function deadLetter({ seq, queue, name, body, reason, diedAt }: Row): DeadLetter {
  return { id: String(seq), queue, group: fromKey(name), body: JSON.parse(body), reason, diedAt: new Date(diedAt) };
}
