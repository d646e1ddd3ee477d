import {
  type AttributeValue,
  type DynamoDBClient,
  GetItemCommand,
  ScanCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { allowance } from '../../../engine/budget.ts';
import { collections } from '../../../engine/ports.ts';
import { allOf, asking, isUnmet } from '../failures.ts';
import type { Sender } from '../queue/send.ts';
import { type Address, keyAttributes } from './expressions.ts';
import { fromAttribute } from './letters.ts';
import { unsentIndex } from './table.ts';
import type { Unsent } from './write.ts';

/** Whoever wrote a message into an item is still about to send it. */
const graceMs = 10_000;
const atOnce = 16;
const sweptAtOnce = 8;

/**
 * Messages that travel with a write, without transactions: they are written into the document's own item, then sent,
 * then taken out of it. Whoever dies in between leaves them there; the next writer of the document sends them, or the
 * sweep. SQS drops what it has had within five minutes, because a message keeps its id.
 */
export interface Outbox {
  /** Never throws: what cannot be sent now stays in its item. */
  deliver(unsent: readonly Unsent[]): Promise<void>;
  /** Sends what an item holds; how many that were. Throws `TryLater`. */
  flush(address: Address): Promise<number>;
  /** Sends what was left behind; how many messages that were. One request when there is nothing. */
  sweep(): Promise<number>;
}

export interface OutboxParts {
  readonly client: DynamoDBClient;
  readonly table: string;
  readonly sender: Sender;
  readonly nowMs: () => number;
  /** Told of what stays for the sweep. */
  readonly onTrouble: (failure: unknown) => void;
}

export function createOutbox({ client, table, sender, nowMs, onTrouble }: OutboxParts): Outbox {
  const gate = allowance(Number.POSITIVE_INFINITY, atOnce, 'requests');
  const what = `The table ${table}`;

  async function clear({ address, stamp }: Unsent): Promise<void> {
    const command = new UpdateItemCommand({
      TableName: table,
      Key: keyAttributes(address),
      UpdateExpression: 'REMOVE outbox, outboxStamp, unsentSince',
      // Somebody has added a message meanwhile: they send all there is, and clear it.
      ConditionExpression: 'outboxStamp = :stamp',
      ExpressionAttributeValues: { ':stamp': { S: stamp } },
    });
    await gate
      .run(() => client.send(command))
      .catch((thrown: unknown) => {
        if (!isUnmet(thrown)) throw thrown;
      });
  }

  async function sendAndClear(unsent: readonly Unsent[]): Promise<void> {
    await sender.send(unsent.flatMap(({ letters }) => letters));
    await asking(what, allOf(unsent.map(clear)));
  }

  async function flush(address: Address): Promise<number> {
    const command = new GetItemCommand({ TableName: table, Key: keyAttributes(address), ConsistentRead: true });
    const { Item } = await asking(
      what,
      gate.run(() => client.send(command)),
    );
    const stamp = Item?.outboxStamp?.S;
    if (stamp === undefined) return 0;
    const letters = (Item?.outbox?.L ?? []).map(fromAttribute);
    await sendAndClear([{ address, stamp, letters }]);
    return letters.length;
  }

  async function leftBehind(): Promise<readonly Address[]> {
    const found: Address[] = [];
    let from: Record<string, AttributeValue> | undefined;
    do {
      const command = new ScanCommand({
        TableName: table,
        IndexName: unsentIndex,
        FilterExpression: 'unsentSince <= :until',
        ExpressionAttributeValues: { ':until': { N: String(nowMs() - graceMs) } },
        ExclusiveStartKey: from,
      });
      const { Items = [], LastEvaluatedKey } = await asking(what, client.send(command));
      for (const item of Items) {
        const collection = collections.find((known) => known === item.collection?.S);
        if (collection && item.key?.S !== undefined) found.push({ collection, key: item.key.S });
      }
      from = LastEvaluatedKey;
    } while (from);
    return found;
  }

  async function sweepOne(address: Address): Promise<number> {
    try {
      return await flush(address);
    } catch (failure) {
      onTrouble(failure);
      return 0;
    }
  }

  return {
    deliver: async (unsent) => {
      if (unsent.length > 0) await sendAndClear(unsent).catch(onTrouble);
    },
    flush,
    async sweep() {
      const sweepers = allowance(Number.POSITIVE_INFINITY, sweptAtOnce, 'documents');
      const sent = (await leftBehind()).map((address) => sweepers.run(() => sweepOne(address)));
      return (await Promise.all(sent)).reduce((sum, count) => sum + count, 0);
    },
  };
}
