import { randomUUID } from 'node:crypto';
import { type AttributeValue, DeleteItemCommand, type DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { allowance } from '../../../engine/budget.ts';
import type { Blobs, Clock, Collection, Store, Stored, Write } from '../../../engine/ports.ts';
import { asking, failureOf, isUnmet } from '../failures.ts';
import { letterOf } from '../queue/letter.ts';
import type { Sender } from '../queue/send.ts';
import { type Address, keyAttributes, namesIn } from './expressions.ts';
import { isPlain, keyOf } from './key.ts';
import { sizeOf } from './letters.ts';
import { createOutbox } from './outbox.ts';
import { idIn, isExpired, query } from './query.ts';
import { pack, shelve, unshelve } from './value.ts';
import { type Unsent, write } from './write.ts';

const atOnce = 32;
const dayMs = 86_400_000;

export interface StoreParts {
  readonly client: DynamoDBClient;
  readonly table: string;
  readonly clock: Clock;
  readonly sender: Sender;
  /** For what does not fit into an item. */
  readonly blobs?: Blobs;
  /**
   * Documents of these collections are gone so long after they were last written: at that moment for whoever reads, and
   * within days from the table, free of charge.
   */
  readonly keepDays?: Readonly<Partial<Record<Collection, number>>>;
  /** Told of messages that could not be sent now; the sweep sends them. */
  readonly onTrouble?: (failure: unknown) => void;
}

/** The port `Store`, and what somebody has to do for it every minute. */
export interface TableStore extends Store {
  /** Sends the messages that somebody who died left behind, and returns how many. */
  sweep(): Promise<number>;
}

export function createStore(parts: StoreParts): TableStore {
  const { client, table, clock, sender, blobs, keepDays = {}, onTrouble = () => {} } = parts;
  const gate = allowance(Number.POSITIVE_INFINITY, atOnce, 'requests');
  const what = `The table ${table}`;
  const nowMs = () => clock.now().getTime();
  const outbox = createOutbox({ client, table, sender, nowMs, onTrouble });

  /** Everything that can be wrong with a write is found here; so is the value as it was when the write was asked for. */
  function prepare({ collection, id, value, expect, send = [] }: Write): () => ReturnType<typeof write> {
    const now = nowMs();
    const days = keepDays[collection];
    const packed = pack(value);
    const letters = send.map((message) => letterOf(message, randomUUID(), now));
    return async () =>
      write(client, table, {
        address: addressOf(collection, id),
        ...(isPlain(id) ? {} : { id }),
        value: await shelve(packed, sizeOf(letters), blobs),
        expect,
        letters,
        nowMs: now,
        ...(days === undefined ? {} : { expiresAt: Math.ceil((now + days * dayMs) / 1_000) }),
      });
  }

  async function writeAll(writes: readonly Write[]): Promise<boolean[]> {
    const prepared = writes.map((write) => ({ ...addressOf(write.collection, write.id), run: prepare(write) }));
    const results = new Map<unknown, Awaited<ReturnType<typeof write>>>();
    // Two writes of one document keep their order.
    const lines = Map.groupBy(prepared, ({ collection, key }) => `${collection}/${key}`);
    const writing = [...lines.values()].map((line) =>
      gate.run(async () => {
        for (const one of line) results.set(one, await one.run());
      }),
    );
    await Promise.allSettled(writing);
    const outcomes = prepared.map((one) => results.get(one) ?? false);
    await outbox.deliver(outcomes.filter((outcome): outcome is Unsent => typeof outcome === 'object'));
    await Promise.all(writing);
    return outcomes.map(Boolean);
  }

  /** A document's messages are sent before it goes. `false`: it was written since, or is not as it should be. */
  async function remove(address: Address, only?: 'version' | 'writtenAt', number = 0): Promise<boolean> {
    const still =
      only === undefined ? '' : ` AND ${{ version: '#version =', writtenAt: '#writtenAt <' }[only]} :number`;
    const condition = `attribute_not_exists(#outbox)${still}`;
    const command = new DeleteItemCommand({
      TableName: table,
      Key: keyAttributes(address),
      ConditionExpression: condition,
      ExpressionAttributeNames: namesIn(condition),
      ...(still ? { ExpressionAttributeValues: { ':number': { N: String(number) } } } : {}),
    });
    for (;;) {
      try {
        await gate.run(() => client.send(command));
        return true;
      } catch (thrown) {
        if (!isUnmet(thrown)) throw failureOf(thrown, what);
        const sent = await outbox.flush(address);
        if (sent === 0 && only !== undefined) return false;
      }
    }
  }

  async function stored<T>(item: Record<string, AttributeValue>): Promise<Stored<T>> {
    return { id: idIn(item), value: await unshelve<T>(item.value, blobs), version: Number(item.version?.N) };
  }

  return {
    async get<T>(collection: Collection, id: string) {
      const Key = keyAttributes(addressOf(collection, id));
      const command = new GetItemCommand({ TableName: table, Key, ConsistentRead: true });
      const { Item } = await asking(what, client.send(command));
      return Item && !isExpired(Item, nowMs()) ? stored<T>(Item) : undefined;
    },
    put: async (write) => (await writeAll([write]))[0] === true,
    putAll: writeAll,
    async list<T>(collection: Collection, options = {}) {
      const items = await asking(what, query(client, table, collection, options, nowMs()));
      return Promise.all(items.map((item) => gate.run(() => stored<T>(item))));
    },
    async delete(collection, id, version) {
      await remove(addressOf(collection, id), version === undefined ? undefined : 'version', version);
    },
    async prune(collection, before) {
      const days = keepDays[collection];
      // All of it is gone already.
      if (days !== undefined && before.getTime() <= nowMs() - days * dayMs) return 0;
      const items = await asking(what, query(client, table, collection, { before }, nowMs()));
      const removed = await Promise.all(
        items.map((item) => remove({ collection, key: item.key?.S ?? '' }, 'writtenAt', before.getTime())),
      );
      return removed.filter(Boolean).length;
    },
    sweep: outbox.sweep,
  };
}

function addressOf(collection: Collection, id: string): Address {
  return { collection, key: keyOf(id) };
}
