import type { CreateTableCommandInput } from '@aws-sdk/client-dynamodb';

/** DynamoDB forgets an item some time after this attribute (seconds since 1970), free of charge. */
export const expiryAttribute = 'expiresAt';
/** The items that hold messages which may not have been sent yet; empty but for moments. */
export const unsentIndex = 'unsent';

/**
 * The one table. An item is a document, under its collection and a key made of its id (`key.ts`), or the note about a
 * message (`queue/attempts.ts`). The index is sparse: an item is in it while it has `unsentSince` (ms since 1970).
 */
export function tableDefinition(name: string) {
  return {
    TableName: name,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [
      { AttributeName: 'collection', AttributeType: 'S' },
      { AttributeName: 'key', AttributeType: 'S' },
      { AttributeName: 'unsentSince', AttributeType: 'N' },
    ],
    KeySchema: [
      { AttributeName: 'collection', KeyType: 'HASH' },
      { AttributeName: 'key', KeyType: 'RANGE' },
    ],
    GlobalSecondaryIndexes: [
      {
        IndexName: unsentIndex,
        KeySchema: [
          { AttributeName: 'collection', KeyType: 'HASH' },
          { AttributeName: 'unsentSince', KeyType: 'RANGE' },
        ],
        Projection: { ProjectionType: 'KEYS_ONLY' },
      },
    ],
  } as const satisfies CreateTableCommandInput;
}
