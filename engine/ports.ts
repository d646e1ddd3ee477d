import type { Card } from './card.ts';
import type { PlanCard } from './plan-card.ts';

/** Everything that asks what time it is asks this, so that tests and replays can say. */
export interface Clock {
  now(): Date;
}

/** One stored document. `version` counts its writes, from 1. */
export interface Stored<T = unknown> {
  readonly id: string;
  readonly value: T;
  readonly version: number;
}

/** A message that becomes deliverable together with the write it belongs to: both or neither. */
export interface Outgoing {
  readonly queue: QueueName;
  /** Messages of one group are delivered one at a time, in order. */
  readonly group: string;
  readonly body: unknown;
  readonly delayMs?: number;
}

export interface Write {
  readonly collection: Collection;
  readonly id: string;
  readonly value: unknown;
  /** The write happens only if the document is absent, or still has this version; `any` overwrites. */
  readonly expect: 'absent' | 'any' | number;
  readonly send?: readonly Outgoing[];
}

export const collections = [
  'webhooks',
  'alerts',
  'rejected',
  'incidents',
  'closed',
  'slots',
  'posts',
  'storms',
  'progress',
  'plans',
  'agenda',
  'ledger',
  'meta',
] as const;
export type Collection = (typeof collections)[number];

export interface ListOptions {
  readonly limit?: number;
  /** Only ids greater than this one. */
  readonly after?: string;
  readonly newestFirst?: boolean;
}

/**
 * Documents with conditional writes, one document per write, so that a table of single items can serve as well as a
 * file. Every method throws `TryLater` when the store cannot answer now; what `put` resolved is durable.
 */
export interface Store {
  get<T>(collection: Collection, id: string): Promise<Stored<T> | undefined>;
  /** `false`: the expectation did not hold and nothing was written or sent. */
  put(write: Write): Promise<boolean>;
  /** Each write stands alone (one may fail its expectation); all are durable when this resolves. */
  putAll(writes: readonly Write[]): Promise<readonly boolean[]>;
  /** Ordered by id. */
  list<T>(collection: Collection, options?: ListOptions): Promise<readonly Stored<T>[]>;
  /** With a `version` only if it still is that one. */
  delete(collection: Collection, id: string, version?: number): Promise<void>;
  /** Deletes documents not written since `before`; returns how many. */
  prune(collection: Collection, before: Date): Promise<number>;
}

export const queueNames = ['investigate', 'announce', 'remediate'] as const;
export type QueueName = (typeof queueNames)[number];

/** A message somebody holds a lease on. `attempt` counts from 1 and does not grow by `countsAsAttempt: false`. */
export interface Received {
  readonly id: string;
  readonly queue: QueueName;
  readonly group: string;
  readonly body: unknown;
  readonly attempt: number;
}

export interface RetryOptions {
  readonly delayMs: number;
  readonly reason: string;
  /** `false` for waiting that is nobody's fault, such as a rate limit: such a message never becomes a dead letter. */
  readonly countsAsAttempt?: boolean;
}

export interface QueueDepth {
  readonly waiting: number;
  readonly inFlight: number;
  readonly dead: number;
  /** For how long the oldest message that waits or is in flight has been due. One that is sent for later is not yet. */
  readonly oldestAgeSeconds: number;
}

export interface DeadLetter {
  readonly id: string;
  readonly queue: QueueName;
  readonly group: string;
  readonly body: unknown;
  readonly reason: string;
  readonly diedAt: Date;
}

/** At-least-once, ordered and one at a time within a group. A lease that runs out is delivered again. */
export interface Queue {
  send(messages: readonly Outgoing[]): Promise<void>;
  /** At most `max` messages, of distinct groups; waits up to `waitMs` for the first. */
  receive(
    queue: QueueName,
    options: { readonly max: number; readonly leaseMs: number; readonly waitMs: number; readonly signal?: AbortSignal },
  ): Promise<readonly Received[]>;
  /** Done: it will not come again. With `send`, those messages become deliverable in the same step. */
  done(message: Received, send?: readonly Outgoing[]): Promise<void>;
  /** Not done: it comes again after `delayMs`, or becomes a dead letter after the last attempt. Its group waits. */
  retry(message: Received, options: RetryOptions): Promise<void>;
  depth(queue: QueueName): Promise<QueueDepth>;
  deadLetters(): Promise<readonly DeadLetter[]>;
}

/** Bytes that are too many for a document, known by what they are: the same content is the same blob. */
export interface Blobs {
  /** Durable when it resolves, with the content's SHA-256 in hex. Throws `TryLater`. */
  put(content: Uint8Array): Promise<string>;
  /** `undefined`: it was never put, or not for so long that it is forgotten. */
  get(hash: string): Promise<Uint8Array | undefined>;
}

/** Where a message stands: enough to edit it or to reply in its thread. */
export interface MessageRef {
  readonly channel: string;
  readonly ts: string;
}

/** What the bot can say, without Slack's words for it. */
export type Message =
  | { readonly kind: 'card'; readonly card: Card }
  /** One part of the evidence, counted from 0: a thread message holds only so much. */
  | { readonly kind: 'evidence'; readonly card: Card; readonly part: number }
  | { readonly kind: 'plan'; readonly card: PlanCard }
  | { readonly kind: 'break-glass'; readonly card: PlanCard }
  | { readonly kind: 'note'; readonly text: string };

/**
 * The channel. `key` is stored with the message and never shown: after an ambiguous failure `find` says whether it
 * arrived. Throws `TryLater` (rate limit, outage), `Ambiguous` (it may have arrived), or `Refused` (will never work).
 */
export interface Chat {
  /** How many `evidence` messages this card's evidence fills. */
  evidenceParts(card: Card): number;
  post(
    place: { readonly channel: string; readonly thread?: MessageRef },
    message: Message,
    key: string,
  ): Promise<MessageRef>;
  update(ref: MessageRef, message: Message, key: string): Promise<void>;
  find(channel: string, key: string, since: Date, thread?: MessageRef): Promise<MessageRef | undefined>;
  /** Fills the modal that somebody opened; `false` when it was closed meanwhile. */
  showPlan(view: string, content: PlanCard | { readonly problem: string }): Promise<boolean>;
  /** Said to one person only, in the channel or the thread. */
  whisper(place: { readonly channel: string; readonly thread?: MessageRef }, user: string, text: string): Promise<void>;
}

/** A message that was tried this often, and never done, is a dead letter. */
export const maxAttempts = 8;

/** The call failed in a way that leaves open whether it took effect: look before repeating it. */
export class Ambiguous extends Error {
  readonly code = 'AMBIGUOUS';
}
