import { type DynamoDBClient, GetItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { Clock } from '../../../engine/ports.ts';
import { asking } from '../failures.ts';
import type { Delivery } from './delivery.ts';

/** A message that was delivered this often, and never done, is a dead letter: as in the embedded queue. */
export const maxAttempts = 8;
/** What `RedrivePolicy.maxReceiveCount` is to be: SQS itself gives a message up only if nothing of ours ever runs. */
export const maxReceives = 1_000;

/** SQS forgets a message after this long; it is the most that can be asked for. */
export const keptDays = 14;

/** SQS hides a message for 12 hours at most, counted from its delivery. */
export const longestHiddenMs = 11 * 3_600_000;
const keepSeconds = (keptDays + 1) * 86_400;

/**
 * SQS counts deliveries; a delivery that was nobody's attempt (a rate limit, say) is noted beside the documents, once it
 * happens. A message that is delivered for the first time, as nearly all are, costs no look at the table.
 */
export interface Attempts {
  /** Which attempt this delivery is, from 1. */
  of(delivery: Delivery, notBefore: number | undefined): Promise<number>;
  /** This delivery does not count. */
  forgive(messageId: string): Promise<void>;
}

export function createAttempts(client: DynamoDBClient, table: string, clock: Clock): Attempts {
  const what = `The table ${table}`;
  const noteOf = (messageId: string) => ({ collection: { S: 'deliveries' }, key: { S: messageId } });

  async function forgiven(messageId: string): Promise<number> {
    const command = new GetItemCommand({ TableName: table, Key: noteOf(messageId), ConsistentRead: true });
    const { Item } = await asking(what, client.send(command));
    return Number(Item?.forgiven?.N ?? 0);
  }

  return {
    async of(delivery, notBefore) {
      const counted = delivery.receiveCount - early(delivery, notBefore);
      return counted <= 1 ? 1 : Math.max(1, counted - (await forgiven(delivery.id)));
    },
    async forgive(messageId) {
      const expiresAt = Math.ceil(clock.now().getTime() / 1_000) + keepSeconds;
      const command = new UpdateItemCommand({
        TableName: table,
        Key: noteOf(messageId),
        UpdateExpression: 'ADD forgiven :one SET expiresAt = :expiresAt',
        ExpressionAttributeValues: { ':one': { N: '1' }, ':expiresAt': { N: String(expiresAt) } },
      });
      await asking(what, client.send(command));
    },
  };
}

/** How often a message was delivered before it was due, and hidden again: for as long as it had to wait, or the longest. */
function early({ firstReceivedAt }: Delivery, notBefore: number | undefined): number {
  return notBefore === undefined ? 0 : Math.max(0, Math.ceil((notBefore - firstReceivedAt) / longestHiddenMs));
}
