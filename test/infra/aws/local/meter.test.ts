import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { type Emulators, startEmulators } from '../../../../infra/aws/local/emulators.ts';
import { type Meter, meter } from '../../../../infra/aws/local/meter.ts';
import { createResources, openPlace } from '../../../../infra/aws/local/place.ts';

let emulators: Emulators;
beforeAll(async () => {
  emulators = await startEmulators();
});
afterAll(() => emulators[Symbol.asyncDispose]());

async function metered() {
  const resources = await createResources(emulators);
  const dynamodb = await meter(emulators.dynamodb.endpoint ?? '');
  const sqs = await meter(emulators.sqs.endpoint ?? '');
  const through = (access: typeof emulators.sqs, { url }: Meter) => ({ ...access, endpoint: url });
  const clock = { now: () => new Date() };
  const place = openPlace(emulators, resources, clock, {
    dynamodb: through(emulators.dynamodb, dynamodb),
    sqs: through(emulators.sqs, sqs),
  });
  onTestFinished(async () => {
    await place.close();
    await Promise.all([dynamodb[Symbol.asyncDispose](), sqs[Symbol.asyncDispose]()]);
  });
  return { place, dynamodb, sqs };
}

it('counts requests by operation, and capacity units by the size of what is read and written', async () => {
  const { place, dynamodb, sqs } = await metered();
  const value = { text: randomBytes(2_250).toString('base64') };
  await place.store.put({ collection: 'meta', id: 'one', value, expect: 'absent' });
  await place.store.get('meta', 'one');
  await place.queue.send([{ queue: 'announce', group: 'g', body: {} }]);

  // 3,000 characters at random deflate to some 2,300 bytes: three times 1 KB to write, once 4 KB to read.
  expect(dynamodb.read()).toEqual({ requests: { UpdateItem: 1, GetItem: 1 }, units: { read: 1, write: 3 } });
  expect(sqs.read().requests).toEqual({ SendMessageBatch: 1 });
  dynamodb.reset();
  expect(dynamodb.read()).toEqual({ requests: {}, units: { read: 0, write: 0 } });
});

it('counts a write whose condition failed, and hands on that it did', async () => {
  const { place, dynamodb } = await metered();
  const put = () => place.store.put({ collection: 'meta', id: 'one', value: {}, expect: 'absent' });
  await put();

  expect(await put()).toBe(false);
  expect(dynamodb.read().units.write).toBe(2);
});
