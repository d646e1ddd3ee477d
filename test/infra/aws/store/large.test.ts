import { randomBytes } from 'node:crypto';
import { GetItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import { Refused } from '../../../../engine/errors.ts';
import { createStore } from '../../../../infra/aws/store/store.ts';
import { emulated } from '../fresh.ts';

const place = emulated();
/** JSON of about this many bytes that compressing makes hardly smaller. */
const noise = (bytes: number) => ({ noise: randomBytes((bytes * 3) / 4).toString('base64') });

describe('a document that does not fit into an item', () => {
  it('lies in the bucket and comes back, alone and in a list', async () => {
    const { open, resources } = await place.fresh();
    const { store, dynamodb } = open();
    const value = noise(600_000);
    expect(await store.put({ collection: 'progress', id: 'big', value, expect: 'absent' })).toBe(true);
    expect(await store.get('progress', 'big')).toEqual({ id: 'big', value, version: 1 });
    expect((await store.list('progress'))[0]?.value).toEqual(value);
    const { Item } = await dynamodb.send(
      new GetItemCommand({ TableName: resources.table, Key: { collection: { S: 'progress' }, key: { S: 'big' } } }),
    );
    expect(JSON.stringify(Item).length).toBeLessThan(1_000);
  });

  it('may become small again, and large again', async () => {
    const { open } = await place.fresh();
    const { store } = open();
    const values = [noise(500_000), 'small', noise(500_000)];
    for (const [n, value] of values.entries()) {
      expect(await store.put({ collection: 'progress', id: 'a', value, expect: n === 0 ? 'absent' : n })).toBe(true);
      expect((await store.get('progress', 'a'))?.value).toEqual(value);
    }
  });

  it('takes its messages along', async () => {
    const { open } = await place.fresh();
    const { store, queue } = open();
    const send = [{ queue: 'investigate', group: 'g', body: noise(250_000) }] as const;
    const value = noise(200_000);
    expect(await store.put({ collection: 'progress', id: 'a', value, expect: 'absent', send })).toBe(true);
    expect((await store.get('progress', 'a'))?.value).toEqual(value);
    expect(await queue.depth('investigate')).toMatchObject({ waiting: 1 });
  });

  it('is refused where there is no bucket, and nothing is written', async () => {
    const { open, resources } = await place.fresh();
    const { dynamodb } = open();
    const nobody = { send: () => Promise.reject(new Error('nothing is to be sent')) };
    const clock = { now: () => new Date() };
    const store = createStore({ client: dynamodb, table: resources.table, clock, sender: nobody });
    const write = { collection: 'progress', id: 'a', value: noise(500_000), expect: 'any' } as const;
    await expect(store.put(write)).rejects.toMatchObject({ code: 'DOCUMENT_TOO_LARGE' });
    expect(await store.get('progress', 'a')).toBeUndefined();
  });

  it('says so when its content is gone from the bucket', async () => {
    const { open, resources } = await place.fresh();
    const { store } = open();
    await store.put({ collection: 'progress', id: 'a', value: noise(500_000), expect: 'any' });
    place.emulators().fauxqs.emptyBucket(resources.bucket);
    const failure = await store.get('progress', 'a').catch((thrown: unknown) => thrown);
    expect(failure).toBeInstanceOf(Refused);
    expect(failure).toMatchObject({ code: 'DOCUMENT_LOST' });
  });
});

it('compresses: a report costs a fraction of its size', async () => {
  const { open, resources } = await place.fresh();
  const { store, dynamodb } = open();
  const evidence = Array.from({ length: 60 }, (_, n) => ({
    id: `evidence-${n}`,
    status: 'ok',
    source: 'Prometheus',
    query: `histogram_quantile(0.99, rate(etcd_disk_wal_fsync_duration_seconds_bucket{instance="10.0.0.${n}:2379"}[5m]))`,
    value: { p99: n / 1_000, unit: 'seconds' },
  }));
  await store.put({ collection: 'incidents', id: 'a', value: { evidence }, expect: 'any' });
  const { Items = [] } = await dynamodb.send(new ScanCommand({ TableName: resources.table }));
  expect(JSON.stringify({ evidence }).length).toBeGreaterThan(12_000);
  expect(Items[0]?.value?.B?.length).toBeLessThan(2_000);
});

it('refuses messages that fill an item by themselves', async () => {
  const { open } = await place.fresh();
  const send = [{ queue: 'investigate', group: 'g', body: noise(400_000) }] as const;
  const write = { collection: 'meta', id: 'a', value: 1, expect: 'any', send } as const;
  await expect(open().store.put(write)).rejects.toMatchObject({ code: 'DOCUMENT_TOO_LARGE' });
});
