import { randomUUID } from 'node:crypto';
import { type DynamoDBClient, GetItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { messageOf, TryLater } from '../../../engine/errors.ts';
import { asking, attemptsOf, failureOf, isUnmet, nameOf } from '../failures.ts';
import type { Letter } from '../queue/letter.ts';
import { type Address, keyAttributes, type PreparedWrite, updateOf } from './expressions.ts';
import { fromAttribute } from './letters.ts';

/** Messages that an item holds, until whoever wrote `stamp` into it, or somebody after them, has sent them. */
export interface Unsent {
  readonly address: Address;
  readonly stamp: string;
  readonly letters: readonly Letter[];
}

/**
 * One conditional write. Messages are appended to those that an earlier writer has not sent (it may have died), and all
 * of them are returned. `false`: the expectation did not hold. Throws `TryLater`; then it may have been written.
 */
export async function write(
  client: DynamoDBClient,
  table: string,
  prepared: PreparedWrite,
): Promise<Unsent | 'written' | false> {
  const { address, letters } = prepared;
  const stamp = randomUUID();
  const what = `The table ${table}`;
  try {
    const { Attributes } = await client.send(new UpdateItemCommand(updateOf(table, prepared, stamp)));
    if (letters.length === 0) return 'written';
    return { address, stamp, letters: [...(Attributes?.outbox?.L ?? []).map(fromAttribute), ...letters] };
  } catch (thrown) {
    if (isFull(thrown))
      throw new TryLater(
        `${what} has no room in one item for more unsent messages: a queue has taken none for long, see its alarms.`,
        30_000,
        thrown,
      );
    if (!isUnmet(thrown)) throw failureOf(thrown, what);
    if (attemptsOf(thrown) === 1) return false;
    return asking(what, recognise(client, table, prepared, stamp));
  }
}

/** What we write fits; what earlier writers could not send stands beside it, until a queue takes it. */
function isFull(thrown: unknown): boolean {
  return nameOf(thrown) === 'ValidationException' && /item size/i.test(messageOf(thrown));
}

/**
 * The SDK has sent the request more than once, and the last answer was that the expectation does not hold: perhaps it
 * held the first time, and what is in the way now is our own write.
 */
async function recognise(
  client: DynamoDBClient,
  table: string,
  { address, expect, letters }: PreparedWrite,
  stamp: string,
): Promise<Unsent | 'written' | false> {
  const { Item } = await client.send(
    new GetItemCommand({ TableName: table, Key: keyAttributes(address), ConsistentRead: true }),
  );
  if (!Item) return false;
  if (Item.writer?.S === stamp || Item.writerBefore?.S === stamp) {
    return letters.length === 0 ? 'written' : { address, stamp, letters: (Item.outbox?.L ?? []).map(fromAttribute) };
  }
  const ours = typeof expect === 'number' ? expect + 1 : 1;
  // The item remembers its last two writers; ours, had it been written, would be one of them.
  if (Number(Item.version?.N) <= ours + 1) return false;
  throw new TryLater(`The table ${table} cannot say whether a write was done: others have written since.`, 1_000);
}
