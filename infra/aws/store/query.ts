import { type AttributeValue, type DynamoDBClient, QueryCommand } from '@aws-sdk/client-dynamodb';
import type { Collection, ListOptions } from '../../../engine/ports.ts';
import { alive, namesIn } from './expressions.ts';
import { keyOf } from './key.ts';

type Item = Record<string, AttributeValue>;

/** The items of a collection in the order of their ids. `before`: the keys of those last written before that. */
export async function query(
  client: DynamoDBClient,
  table: string,
  collection: Collection,
  options: ListOptions & { readonly before?: Date },
  nowMs: number,
): Promise<readonly Item[]> {
  const { limit = Number.POSITIVE_INFINITY, after = '', newestFirst = false, before } = options;
  const keys = `#collection = :collection${after === '' ? '' : ' AND #key > :after'}`;
  const filter = `${alive}${before ? ' AND #writtenAt < :before' : ''}`;
  const projection = '#collection, #key';
  const found: Item[] = [];
  let from: Item | undefined;
  while (found.length < limit) {
    const { Items = [], LastEvaluatedKey } = await client.send(
      new QueryCommand({
        TableName: table,
        KeyConditionExpression: keys,
        FilterExpression: filter,
        ExpressionAttributeNames: namesIn(keys, filter, before && projection),
        ExpressionAttributeValues: {
          ':collection': { S: collection },
          ':seconds': { N: String(Math.floor(nowMs / 1_000)) },
          ...(after === '' ? {} : { ':after': { S: keyOf(after) } }),
          ...(before ? { ':before': { N: String(before.getTime()) } } : {}),
        },
        ConsistentRead: true,
        ScanIndexForward: !newestFirst,
        ...(before ? { ProjectionExpression: projection } : {}),
        // It counts what the filter leaves out too: whoever does not find enough at first looks at all of it.
        ...(Number.isFinite(limit) && !from ? { Limit: limit } : {}),
        ExclusiveStartKey: from,
      }),
    );
    found.push(...Items);
    from = LastEvaluatedKey;
    if (!from) break;
  }
  return found.slice(0, limit);
}

export function isExpired(item: Item, nowMs: number): boolean {
  const expiresAt = item.expiresAt?.N;
  return expiresAt !== undefined && Number(expiresAt) <= Math.floor(nowMs / 1_000);
}

/** Only an id that is not its own key stands beside it, as JSON, which can say lone surrogates. */
export function idIn(item: Item): string {
  return item.id?.S === undefined ? (item.key?.S ?? '') : (JSON.parse(item.id.S) as string);
}
