import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { describe, expect, it } from 'vitest';
import { dynamodbClient, sqsClient } from '../../../infra/aws/clients.ts';
import { patient } from '../../../infra/aws/local/place.ts';
import type { Limits } from '../../../infra/aws/settings.ts';
import { emulated, impatient } from './fresh.ts';

const place = emulated();

async function asking(limits: Limits) {
  const { dynamodb, sqs, resources } = await place.fresh();
  const tables = dynamodbClient(dynamodb.access, limits);
  const queues = sqsClient(sqs.access, limits);
  const Key = { collection: { S: 'meta' }, key: { S: 'a' } };
  return {
    dynamodb,
    sqs,
    table: () => tables.send(new GetItemCommand({ TableName: resources.table, Key })),
    queue: () => queues.send(new GetQueueAttributesCommand({ QueueUrl: resources.urls.investigate })),
  };
}

describe('the clients', () => {
  it('keep one connection for one request after the other, and at most fifty', async () => {
    const { dynamodb, table } = await asking(patient);
    for (let n = 0; n < 20; n += 1) await table();
    expect(dynamodb.connections()).toBe(1);
    await Promise.all(Array.from({ length: 120 }, table));
    expect(dynamodb.connections()).toBeLessThanOrEqual(50);
  });

  it.each([
    ['silent', { ...impatient, silenceMs: 60_000 }],
    ['silent in the middle', { ...impatient, answerMs: 60_000 }],
  ] as const)('give up an answer that is %s, three times', async (kind, limits) => {
    const { dynamodb, table } = await asking(limits);
    dynamodb.fail('GetItem', { kind });
    await expect(table()).rejects.toMatchObject({ name: 'TimeoutError' });
    expect(dynamodb.asked).toHaveLength(3);
  });

  it('ask the endpoint they were told, whatever host the URL of a queue names', async () => {
    const { sqs, queue } = await asking(impatient);
    await queue();
    expect(sqs.asked).toEqual(['GetQueueAttributes']);
  });
});
