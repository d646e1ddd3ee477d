import type { Clock, Queue, Received, Store } from '../../engine/ports.ts';

/** A fresh, empty place to run: what a contract suite opens for each test. */
export interface Place {
  readonly store: Store;
  readonly queue: Queue;
  close(): Promise<void>;
}

/** What a contract suite has to know about an implementation. The defaults suit one in the same process. */
export interface Pace {
  /** Within this time everything that must happen has happened. */
  readonly patienceMs: number;
  /** How long one look at a queue has to wait to see what is there. */
  readonly lookMs: number;
  /** The shortest lease and the shortest delay it can keep. */
  readonly shortestMs: number;
  /** Deliveries after which a message is a dead letter. */
  readonly maxAttempts: number;
}

export type Opener = (clock: Clock) => Promise<Place>;

export const systemClock: Clock = { now: () => new Date() };

/** Strings from outside that have broken keys before. Each differs from every other. */
export const hostileNames: readonly string[] = [
  '<!channel> *bold* `code` &amp;',
  "'; DROP TABLE documents; --",
  '%_[a-z]*',
  '../../etc/passwd',
  'with\u0000nul 1',
  'with\u0000nul 2',
  'line\nbreak\tand \u0007bell',
  '\u202Eright to left\u202C',
  'A',
  'a',
  'é',
  'e\u0301',
  '👩🏽‍🚒',
  'lone \uD800',
  'lone \uD801',
  'lone \uDC00',
  'lone \uFFFD',
  '\uFEFFbyte order mark',
  ' space ',
  'space',
  '1',
  '1.0',
  'null',
  `${'long '.repeat(2_048)}1`,
  `${'long '.repeat(2_048)}2`,
];

/** Receives until `count` messages are here; gives up, with what it has, when patience is out. */
export async function receiveSome(
  queue: Queue,
  name: Received['queue'],
  count: number,
  { patienceMs }: Pace,
  leaseMs = 60_000,
): Promise<Received[]> {
  const deadline = performance.now() + patienceMs;
  const all: Received[] = [];
  while (all.length < count && performance.now() < deadline) {
    all.push(
      ...(await queue.receive(name, { max: count - all.length, leaseMs, waitMs: deadline - performance.now() })),
    );
  }
  return all;
}

/** One message, or an error that says that none came. */
export async function receiveOne(
  queue: Queue,
  name: Received['queue'],
  pace: Pace,
  leaseMs?: number,
): Promise<Received> {
  const [message] = await receiveSome(queue, name, 1, pace, leaseMs);
  if (!message) throw new Error(`no message came from ${name} within ${pace.patienceMs} ms`);
  return message;
}

/** Everything in the queue, each message done as soon as it is here. Ends when a look finds nothing. */
export async function drain(queue: Queue, name: Received['queue'], { lookMs }: Pace): Promise<Received[]> {
  const all: Received[] = [];
  for (;;) {
    const messages = await queue.receive(name, { max: 10, leaseMs: 60_000, waitMs: lookMs });
    if (messages.length === 0) return all;
    await Promise.all(messages.map((message) => queue.done(message)));
    all.push(...messages);
  }
}
