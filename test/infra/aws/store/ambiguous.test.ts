import { describe, expect, it } from 'vitest';
import { TryLater } from '../../../../engine/errors.ts';
import type { Store } from '../../../../engine/ports.ts';
import type { Fault } from '../../../harness/aws/faulty.ts';
import { emulated } from '../fresh.ts';

const place = emulated();
const write = (expected: 'absent' | number, value: unknown) =>
  ({ collection: 'plans', id: 'p', value, expect: expected }) as const;
const put = (store: Store, expected: 'absent' | number, value: unknown) => store.put(write(expected, value));

describe('a conditional write whose answer is lost, and which the SDK repeats', () => {
  const lost: Fault = { kind: 'answer lost' };

  it('is known to be done: a creation', async () => {
    const { dynamodb, open } = await place.fresh();
    const { store } = open();
    dynamodb.fail('UpdateItem', lost, 1);
    expect(await put(store, 'absent', 'mine')).toBe(true);
    expect(await store.get('plans', 'p')).toEqual({ id: 'p', value: 'mine', version: 1 });
    expect(dynamodb.asked).toEqual(['UpdateItem', 'UpdateItem', 'GetItem', 'GetItem']);
  });

  it('is known to be done: a replacement', async () => {
    const { dynamodb, open } = await place.fresh();
    const { store } = open();
    await put(store, 'absent', 'before');
    dynamodb.fail('UpdateItem', lost, 2);
    expect(await put(store, 1, 'mine')).toBe(true);
    expect(await store.get('plans', 'p')).toEqual({ id: 'p', value: 'mine', version: 2 });
  });

  it('is known to be done when somebody has written after it, before it was repeated', async () => {
    const { dynamodb, open, healthy } = await place.fresh();
    const { store } = open();
    await put(store, 'absent', 'before');
    dynamodb.fail('UpdateItem', lost, 1);
    dynamodb.meanwhile('UpdateItem', () => put(healthy().store, 2, 'theirs'));
    expect(await put(store, 1, 'mine')).toBe(true);
    expect(await store.get('plans', 'p')).toEqual({ id: 'p', value: 'theirs', version: 3 });
  });

  it('delivers what goes with it once', async () => {
    const { dynamodb, open } = await place.fresh();
    const { store, queue } = open();
    const send = [{ queue: 'remediate', group: 'g', body: { plan: 'p' } }] as const;
    dynamodb.fail('UpdateItem', lost, 1);
    expect(await store.put({ ...write('absent', 'mine'), send })).toBe(true);
    const receive = () => queue.receive('remediate', { max: 10, leaseMs: 60_000, waitMs: 0 });
    const [message, ...others] = await receive();
    expect(message).toMatchObject({ body: { plan: 'p' }, attempt: 1 });
    expect(others).toEqual([]);
    if (message) await queue.done(message);
    expect(await receive()).toEqual([]);
    expect(await store.sweep()).toBe(0);
  });

  it('overwrites twice when it expects nothing, and still delivers once', async () => {
    const { dynamodb, open } = await place.fresh();
    const { store, queue } = open();
    const send = [{ queue: 'investigate', group: 'g', body: 1 }] as const;
    dynamodb.fail('UpdateItem', lost, 1);
    expect(await store.put({ collection: 'webhooks', id: 'w', value: 'mine', expect: 'any', send })).toBe(true);
    expect(await queue.depth('investigate')).toMatchObject({ waiting: 1 });
    expect((await store.get('webhooks', 'w'))?.value).toBe('mine');
  });

  it('is known not to be done when somebody else was first', async () => {
    const { dynamodb, open, healthy } = await place.fresh();
    const { store } = open();
    await put(store, 'absent', 'before');
    dynamodb.fail('UpdateItem', { kind: 'refused', error: 'InternalServerError', status: 500 }, 1);
    await put(healthy().store, 1, 'theirs');
    expect(await put(store, 1, 'mine')).toBe(false);
    expect((await store.get('plans', 'p'))?.value).toBe('theirs');
  });

  it('is never said not to be done when that cannot be known', async () => {
    const { dynamodb, open, healthy } = await place.fresh();
    const { store } = open();
    await put(store, 'absent', 'before');
    dynamodb.fail('UpdateItem', lost, 1);
    dynamodb.meanwhile('UpdateItem', async () => {
      const other = healthy().store;
      for (const version of [2, 3]) await put(other, version, `theirs ${version}`);
    });
    await expect(put(store, 1, 'mine')).rejects.toBeInstanceOf(TryLater);
  });
});

it('asks nothing more when a write that was sent once does not meet its expectation', async () => {
  const { dynamodb, open } = await place.fresh();
  const { store } = open();
  await put(store, 'absent', 'before');
  expect(await put(store, 'absent', 'mine')).toBe(false);
  expect(dynamodb.asked).toEqual(['UpdateItem', 'UpdateItem']);
});

it('lets exactly one of two processes win, whatever becomes of their answers', async () => {
  const { dynamodb, open } = await place.fresh();
  const stores = [open(), open()].map(({ store }) => store);
  dynamodb.fail('UpdateItem', { kind: 'answer lost' }, 3);
  const results = await Promise.all(stores.map((store, n) => put(store, 'absent', n)));
  expect(results.filter(Boolean)).toHaveLength(1);
  expect(await stores[0]?.get('plans', 'p')).toEqual({ id: 'p', value: results.indexOf(true), version: 1 });
});
