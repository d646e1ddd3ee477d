import { DeleteItemCommand, type DynamoDBClient, PutItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';

/** Keeps what a table holds now; what it gives back brings exactly that back. */
export async function snapshotOf(client: DynamoDBClient, TableName: string): Promise<() => Promise<void>> {
  const all = async () => (await client.send(new ScanCommand({ TableName, ConsistentRead: true }))).Items ?? [];
  const kept = await all();
  return async () => {
    for (const { collection, key } of await all()) {
      if (collection && key) await client.send(new DeleteItemCommand({ TableName, Key: { collection, key } }));
    }
    for (const Item of kept) await client.send(new PutItemCommand({ TableName, Item }));
  };
}
