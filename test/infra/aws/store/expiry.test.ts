import { ScanCommand } from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import { emulated } from '../fresh.ts';

const place = emulated();
const dayMs = 86_400_000;
const start = Date.parse('2026-03-01T00:00:00Z');

describe('a collection that is kept for thirty days', () => {
  async function aged() {
    let now = start;
    const { open, resources, dynamodb } = await place.fresh();
    const { store, dynamodb: client } = open({ clock: { now: () => new Date(now) }, keepDays: { alerts: 30 } });
    const put = (id: string, expected: 'absent' | 'any' | number) =>
      store.put({ collection: 'alerts', id, value: { at: now }, expect: expected });
    const pass = (days: number) => {
      now += days * dayMs;
      return new Date(now);
    };
    const items = async () => (await client.send(new ScanCommand({ TableName: resources.table }))).Items ?? [];
    return { store, put, pass, items, asked: dynamodb.asked };
  }

  it('forgets a document thirty days after it was last written', async () => {
    const { store, put, pass } = await aged();
    await put('a', 'absent');
    await put('b', 'absent');
    pass(29);
    await put('b', 1);
    pass(1);
    expect(await store.get('alerts', 'a')).toBeUndefined();
    expect((await store.list('alerts')).map(({ id }) => id)).toEqual(['b']);
    await put('c', 'absent');
    expect((await store.list('alerts', { limit: 1 })).map(({ id }) => id)).toEqual(['b']);
    await store.delete('alerts', 'c');
    pass(29);
    expect(await store.list('alerts')).toEqual([]);
  });

  it('tells the table when, so that DynamoDB removes it free of charge', async () => {
    const { put, items } = await aged();
    await put('a', 'absent');
    expect((await items()).map(({ expiresAt }) => expiresAt?.N)).toEqual([String(start / 1_000 + 30 * 86_400)]);
  });

  it('lets somebody create what is forgotten and lies there still', async () => {
    const { store, put, pass } = await aged();
    await put('a', 'absent');
    expect(await put('a', 'absent')).toBe(false);
    const now = pass(31).getTime();
    expect(await put('a', 1)).toBe(false);
    expect(await put('a', 'absent')).toBe(true);
    expect(await store.get('alerts', 'a')).toEqual({ id: 'a', value: { at: now }, version: 1 });
  });

  it('needs no pruning of what is that old, and asks nothing', async () => {
    const { store, put, pass, asked } = await aged();
    await put('a', 'absent');
    const before = new Date(pass(40).getTime() - 30 * dayMs);
    const count = asked.length;
    expect(await store.prune('alerts', before)).toBe(0);
    expect(asked).toHaveLength(count);
    expect(await store.get('alerts', 'a')).toBeUndefined();
  });

  it('is pruned of what is younger, when somebody wants that', async () => {
    const { store, put, pass, items } = await aged();
    await put('a', 'absent');
    expect(await store.prune('alerts', pass(1))).toBe(1);
    expect(await items()).toEqual([]);
  });
});

it('keeps other collections for ever', async () => {
  const { open } = await place.fresh();
  let now = start;
  const { store } = open({ clock: { now: () => new Date(now) }, keepDays: { alerts: 30 } });
  await store.put({ collection: 'ledger', id: '1', value: {}, expect: 'absent' });
  now += 4_000 * dayMs;
  expect(await store.get('ledger', '1')).toBeDefined();
});
