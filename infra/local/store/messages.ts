import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { type Clock, maxAttempts, type Outgoing, type QueueName, type Received } from '../../../engine/ports.ts';
import { fromKey, type Key, toJson, toKey, wholeMs } from './encoding.ts';

/** A message in the form it is stored in. */
export interface Letter {
  readonly queue: QueueName;
  readonly group: Key;
  readonly body: string;
  readonly delayMs: number;
}

/** A group with its first message. */
export interface Group {
  readonly groupId: number;
  readonly queue: QueueName;
  readonly name: Key;
  readonly attempts: number;
  readonly seq: number;
  readonly body: string;
}

/**
 * The queue's tables. Every function but `prepare` and `nextReadyAt` changes them and belongs inside a transaction;
 * `deliverable` is told of a queue that may have something to deliver now or soon.
 */
/** As long as everything else that is over. */
const DEAD_KEPT_MS = 30 * 86_400_000;

export type Messages = ReturnType<typeof createMessages>;

export function createMessages(db: DatabaseSync, clock: Clock, deliverable: (queue: QueueName) => void) {
  const findGroup = db.prepare('SELECT group_id AS groupId FROM message_groups WHERE queue = ? AND name = ?');
  const addGroup = db.prepare('INSERT INTO message_groups (queue, name, ready_at) VALUES (?, ?, ?)');
  const removeGroup = db.prepare('DELETE FROM message_groups WHERE group_id = ?');
  const setGroup = db.prepare('UPDATE message_groups SET ready_at = ?, leased = ?, attempts = ? WHERE group_id = ?');
  const addMessage = db.prepare('INSERT INTO messages (group_id, sent_at, due_at, body) VALUES (?, ?, ?, ?)');
  const removeMessage = db.prepare('DELETE FROM messages WHERE seq = ?');
  const head = db.prepare('SELECT due_at AS dueAt FROM messages WHERE group_id = ? ORDER BY seq LIMIT 1');
  const bury = db.prepare(
    'INSERT INTO dead_letters (seq, queue, name, body, reason, died_at) VALUES (?, ?, ?, ?, ?, ?)',
  );
  const forgetDead = db.prepare('DELETE FROM dead_letters WHERE died_at < ?');
  const exhume = db.prepare('DELETE FROM dead_letters WHERE seq = ? RETURNING queue, name, body');
  const groupAndHead = `SELECT g.group_id AS groupId, g.queue, g.name, g.attempts, m.seq, m.body
    FROM message_groups g JOIN messages m ON m.group_id = g.group_id`;
  // Oldest first over all groups. The inner select is an index look-up: the group's first message.
  const firstReady = db.prepare(
    `${groupAndHead} AND m.seq = (SELECT min(seq) FROM messages WHERE group_id = g.group_id)
     WHERE g.queue = ? AND g.ready_at <= ? ORDER BY g.ready_at, g.group_id LIMIT 1`,
  );
  const held = db.prepare(`${groupAndHead} WHERE m.seq = ? AND g.leased = 1 AND g.attempts = ?`);
  const earliest = db.prepare('SELECT min(ready_at) AS readyAt FROM message_groups WHERE queue = ?');
  const countCrashed = db.prepare('UPDATE message_groups SET leased = 0, ready_at = ? WHERE leased = 1');
  const takeBack = db.prepare(
    'UPDATE message_groups SET leased = 0, ready_at = ?, attempts = attempts - 1 WHERE leased = 1',
  );
  const now = () => clock.now().getTime();

  function post(queue: QueueName, name: Key, body: string, dueAt: number): void {
    const known = column(findGroup.get(queue, name), 'groupId');
    const groupId = known ?? Number(addGroup.run(queue, name, dueAt).lastInsertRowid);
    addMessage.run(groupId, now(), dueAt, body);
    deliverable(queue);
  }

  /** Takes the group's first message away; the next one may come. */
  function advance({ groupId, queue, seq }: Group): void {
    removeMessage.run(seq);
    const dueAt = column(head.get(groupId), 'dueAt');
    if (dueAt === undefined) {
      removeGroup.run(groupId);
    } else {
      setGroup.run(dueAt, 0, 0, groupId);
      deliverable(queue);
    }
  }

  function die(group: Group, reason: string): void {
    forgetDead.run(now() - DEAD_KEPT_MS);
    bury.run(group.seq, group.queue, group.name, group.body, reason, now());
    advance(group);
  }

  /** `undefined`: the lease ran out and somebody else holds the message now, or it is done. */
  function holding({ id, attempt }: Received): Group | undefined {
    return row(held, Number(id), attempt);
  }

  return {
    /** Throws a TypeError for a body that JSON cannot say. */
    prepare: ({ queue, group, body, delayMs = 0 }: Outgoing): Letter => ({
      queue,
      group: toKey(group),
      body: toJson(body),
      delayMs: wholeMs(delayMs),
    }),

    send(letters: readonly Letter[]): void {
      for (const { queue, group, body, delayMs } of letters) post(queue, group, body, now() + delayMs);
    },

    /** At most one message of each group. A message whose last lease ran out dies here. */
    lease(queue: QueueName, max: number, leaseMs: number): Group[] {
      const leased: Group[] = [];
      const readyAt = now();
      while (leased.length < max) {
        const group: Group | undefined = row(firstReady, queue, readyAt);
        if (!group) break;
        if (group.attempts >= maxAttempts) {
          die(group, `No answer: the lease of attempt ${group.attempts} ran out, or the process ended.`);
        } else {
          const attempts = group.attempts + 1;
          setGroup.run(readyAt + Math.max(1, wholeMs(leaseMs)), 1, attempts, group.groupId);
          leased.push({ ...group, attempts });
        }
      }
      return leased;
    },

    /** `false`: the message is no longer this receiver's, and nothing was done. */
    done(message: Received): boolean {
      const group = holding(message);
      if (group) advance(group);
      return group !== undefined;
    },

    retry(message: Received, delayMs: number, reason: string, counts: boolean): void {
      const group = holding(message);
      if (!group) return;
      if (counts && group.attempts >= maxAttempts) {
        die(group, reason);
      } else {
        setGroup.run(now() + wholeMs(delayMs), 0, group.attempts - (counts ? 0 : 1), group.groupId);
        deliverable(group.queue);
      }
    },

    /** The message starts again, as the last of its group. */
    redrive(id: string): boolean {
      const letter = exhume.get(Number(id)) as unknown as { queue: QueueName; name: Key; body: string } | undefined;
      if (letter) post(letter.queue, letter.name, letter.body, now());
      return letter !== undefined;
    },

    /** After a start: nobody of the process before is alive to hold a lease. Its attempt counts; it may have been the end. */
    releaseCrashed: () => countCrashed.run(now()),

    /** Before a stop: what is in flight goes back, and the attempt does not count. */
    handBack: () => takeBack.run(now()),

    /** When the queue next has something to deliver, in ms since 1970. */
    nextReadyAt: (queue: QueueName): number | undefined => column(earliest.get(queue), 'readyAt'),
  };
}

export function toReceived({ seq, queue, name, body, attempts }: Group): Received {
  return { id: String(seq), queue, group: fromKey(name), body: JSON.parse(body), attempt: attempts };
}

function row(statement: StatementSync, ...parameters: (string | number)[]): Group | undefined {
  return statement.get(...parameters) as unknown as Group | undefined;
}

function column(found: ReturnType<StatementSync['get']>, name: string): number | undefined {
  const value = found?.[name];
  return typeof value === 'number' ? value : undefined;
}
