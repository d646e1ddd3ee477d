import { type DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { Clock } from '../../../engine/ports.ts';
import { asking } from '../failures.ts';
import type { Delivery } from './delivery.ts';

/**
 * What `RedrivePolicy.maxReceiveCount` is to be: SQS itself gives a message up only if nothing of ours ever runs. By the
 * half hour for which `remediate` hides its messages that is after 12½ days, before SQS would forget it without a word.
 */
export const maxReceives = 600;

/** SQS forgets a message after this long; it is the most that can be asked for. */
export const keptDays = 14;

/** SQS hides a message for 12 hours at most, counted from its delivery. */
export const longestHiddenMs = 11 * 3_600_000;
const keepSeconds = (keptDays + 1) * 86_400;

/**
 * SQS counts deliveries, and not all of them are attempts: a function that could not start, or was throttled, has seen
 * none of its own. So from the second delivery on each beginning is noted beside the documents, and taken back when it
 * was nobody's fault that nothing came of it (a rate limit, say). The first delivery is taken for an attempt without a
 * note: a message that goes well, as nearly all do, costs no look at the table.
 */
export interface Attempts {
  /** Work on this delivery begins. Which attempt it is, from 1. */
  begin(delivery: Delivery, notBefore: number | undefined): Promise<number>;
  /** The attempt that was begun last does not count. */
  forgive(messageId: string): Promise<void>;
}

export function createAttempts(client: DynamoDBClient, table: string, clock: Clock): Attempts {
  const what = `The table ${table}`;

  /** Returns how many attempts are noted now, beside the first delivery; less than none where that one was forgiven. */
  async function add(messageId: string, attempts: 1 | -1): Promise<number> {
    const expiresAt = Math.ceil(clock.now().getTime() / 1_000) + keepSeconds;
    const command = new UpdateItemCommand({
      TableName: table,
      Key: { collection: { S: 'deliveries' }, key: { S: messageId } },
      UpdateExpression: 'ADD attempts :more SET expiresAt = :expiresAt',
      ExpressionAttributeValues: { ':more': { N: String(attempts) }, ':expiresAt': { N: String(expiresAt) } },
      ReturnValues: 'UPDATED_NEW',
    });
    const { Attributes } = await asking(what, client.send(command));
    return Number(Attributes?.attempts?.N ?? 0);
  }

  return {
    async begin(delivery, notBefore) {
      return isFirst(delivery, notBefore) ? 1 : Math.max(1, 1 + (await add(delivery.id, 1)));
    },
    forgive: async (messageId) => void (await add(messageId, -1)),
  };
}

/** Whether it counts without having been begun: nobody had it before, since it was due. */
export function isFirst({ receiveCount, firstReceivedAt }: Delivery, notBefore: number | undefined): boolean {
  // How often it was delivered before it was due, and hidden again: for as long as it had to wait, or the longest.
  const early = notBefore === undefined ? 0 : Math.max(0, Math.ceil((notBefore - firstReceivedAt) / longestHiddenMs));
  return receiveCount - early <= 1;
}
