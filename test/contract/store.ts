import { afterEach, describe, expect, it } from 'vitest';
import type { Store } from '../../engine/ports.ts';
import { drain, hostileNames, type Opener, type Pace, type Place } from './place.ts';

/** What every `Store` promises. `open` gives an empty one that tells the time by the clock it is handed. */
export function storeContract(name: string, open: Opener, pace: Pace): void {
  describe(`the store contract, kept by ${name}`, () => {
    const places: Place[] = [];
    let now = new Date('2026-03-01T00:00:00Z');
    const fresh = async (): Promise<Place> => {
      const place = await open({ now: () => now });
      places.push(place);
      return place;
    };
    afterEach(async () => {
      for (const place of places.splice(0)) await place.close();
    });

    describe('conditional writes', () => {
      it('creates what is absent, once', async () => {
        const { store } = await fresh();
        expect(await store.get('alerts', 'a')).toBeUndefined();
        expect(await store.put({ collection: 'alerts', id: 'a', value: { n: 1 }, expect: 'absent' })).toBe(true);
        expect(await store.put({ collection: 'alerts', id: 'a', value: { n: 2 }, expect: 'absent' })).toBe(false);
        expect(await store.get('alerts', 'a')).toEqual({ id: 'a', value: { n: 1 }, version: 1 });
      });

      it('replaces only the version that was expected, and counts versions', async () => {
        const { store } = await fresh();
        const put = (value: unknown, expected: number) =>
          store.put({ collection: 'incidents', id: 'a', value, expect: expected });
        expect(await put('nothing there yet', 1)).toBe(false);
        await store.put({ collection: 'incidents', id: 'a', value: 'one', expect: 'absent' });
        expect(await put('two', 1)).toBe(true);
        expect(await put('too late', 1)).toBe(false);
        expect(await put('too early', 3)).toBe(false);
        expect(await store.get('incidents', 'a')).toEqual({ id: 'a', value: 'two', version: 2 });
      });

      it('overwrites anything when asked to', async () => {
        const { store } = await fresh();
        for (const value of ['one', 'two', 'three']) {
          expect(await store.put({ collection: 'meta', id: 'a', value, expect: 'any' })).toBe(true);
        }
        expect(await store.get('meta', 'a')).toEqual({ id: 'a', value: 'three', version: 3 });
      });

      it('lets each write of a list stand alone', async () => {
        const { store } = await fresh();
        await store.put({ collection: 'alerts', id: 'b', value: 'before', expect: 'absent' });
        const results = await store.putAll(
          ['a', 'b', 'c', 'a'].map((id) => ({ collection: 'alerts', id, value: 'after', expect: 'absent' })),
        );
        expect(results).toEqual([true, false, true, false]);
        const values = (await store.list<string>('alerts')).map(({ value }) => value);
        expect(values).toEqual(['after', 'before', 'after']);
        expect(await store.putAll([])).toEqual([]);
      });

      it('lets exactly one of twenty writers create, and exactly one replace', async () => {
        const { store } = await fresh();
        const race = (expected: 'absent' | number) =>
          Promise.all(
            twenty.map((writer) => store.put({ collection: 'incidents', id: 'a', value: writer, expect: expected })),
          );
        for (const expected of ['absent', 1, 2] as const) {
          const results = await race(expected);
          expect(results.filter(Boolean)).toHaveLength(1);
          expect((await store.get('incidents', 'a'))?.value).toBe(results.indexOf(true));
        }
      });

      it('loses no update of twenty writers who read, add one and try again', async () => {
        const { store } = await fresh();
        await store.put({ collection: 'meta', id: 'count', value: 0, expect: 'absent' });
        await Promise.all(twenty.map(() => increment(store)));
        expect(await store.get('meta', 'count')).toEqual({ id: 'count', value: 20, version: 21 });
      });
    });

    describe('what is sent with a write', () => {
      const write = (id: string, expected: 'absent' | number) =>
        ({
          collection: 'alerts',
          id,
          value: {},
          expect: expected,
          send: [
            { queue: 'investigate', group: id, body: { first: id } },
            { queue: 'investigate', group: id, body: { second: id } },
          ],
        }) as const;

      it('can be received when the write has happened', async () => {
        const { store, queue } = await fresh();
        expect(await store.put(write('a', 'absent'))).toBe(true);
        const bodies = (await drain(queue, 'investigate', pace)).map(({ body }) => body);
        expect(bodies).toEqual([{ first: 'a' }, { second: 'a' }]);
      });

      it('is not sent when the expectation did not hold', async () => {
        const { store, queue } = await fresh();
        const results = await store.putAll([write('a', 'absent'), write('a', 'absent'), write('b', 7)]);
        expect(results).toEqual([true, false, false]);
        expect(await drain(queue, 'investigate', pace)).toHaveLength(2);
      });

      it('is sent once, however many raced to write', async () => {
        const { store, queue } = await fresh();
        await Promise.all(twenty.map(() => store.put(write('a', 'absent'))));
        expect(await drain(queue, 'investigate', pace)).toHaveLength(2);
      });
    });

    describe('lists', () => {
      // By code point, which is the order of UTF-8 bytes; JavaScript would sort the emoji before the half-width sign.
      const ids = ['2026-01', '2026-02', 'Z', 'a', 'é', '\uFFEE', '😀'];
      const filled = async (): Promise<Store> => {
        const { store } = await fresh();
        await store.putAll(
          ids.toReversed().map((id) => ({ collection: 'closed', id, value: { id }, expect: 'absent' })),
        );
        await store.put({ collection: 'incidents', id: 'of another collection', value: {}, expect: 'absent' });
        return store;
      };
      const idsOf = async (store: Store, options?: Parameters<Store['list']>[1]) =>
        (await store.list('closed', options)).map(({ id }) => id);

      it('are ordered by id', async () => {
        const store = await filled();
        expect(await idsOf(store)).toEqual(ids);
        expect(await idsOf(store, { newestFirst: true })).toEqual(ids.toReversed());
        expect(await store.list('closed', { limit: 1 })).toEqual([
          { id: '2026-01', value: { id: '2026-01' }, version: 1 },
        ]);
        expect(await store.list('storms')).toEqual([]);
      });

      it('come in pages', async () => {
        const store = await filled();
        expect(await idsOf(store, { limit: 3 })).toEqual(ids.slice(0, 3));
        expect(await idsOf(store, { limit: 3, after: 'Z' })).toEqual(ids.slice(3, 6));
        expect(await idsOf(store, { after: 'b' })).toEqual(ids.slice(4));
        expect(await idsOf(store, { after: '😀' })).toEqual([]);
        expect(await idsOf(store, { limit: 2, newestFirst: true })).toEqual(['😀', '\uFFEE']);
        expect(await idsOf(store, { after: 'Z', newestFirst: true })).toEqual(ids.slice(3).toReversed());
      });
    });

    describe('deleting', () => {
      it('forgets the document and its version', async () => {
        const { store } = await fresh();
        await store.put({ collection: 'posts', id: 'a', value: 1, expect: 'any' });
        await store.put({ collection: 'posts', id: 'a', value: 2, expect: 'any' });
        await store.delete('posts', 'a');
        await store.delete('posts', 'never there');
        expect(await store.get('posts', 'a')).toBeUndefined();
        await store.put({ collection: 'posts', id: 'a', value: 3, expect: 'absent' });
        expect(await store.get('posts', 'a')).toEqual({ id: 'a', value: 3, version: 1 });
      });

      it('leaves alone what is not the version it was told any more', async () => {
        const { store } = await fresh();
        await store.put({ collection: 'incidents', id: 'a', value: 1, expect: 'any', send: [] });
        await store.put({ collection: 'incidents', id: 'a', value: 2, expect: 'any' });
        await store.delete('incidents', 'a', 1);
        await store.delete('incidents', 'never there', 1);
        expect(await store.get('incidents', 'a')).toEqual({ id: 'a', value: 2, version: 2 });
        await store.delete('incidents', 'a', 2);
        expect(await store.get('incidents', 'a')).toBeUndefined();
      });

      it('prunes what was last written before a time, in one collection, and says how many', async () => {
        const { store } = await fresh();
        const put = (collection: 'webhooks' | 'closed', id: string) =>
          store.put({ collection, id, value: {}, expect: 'any' });
        await Promise.all([put('webhooks', 'old'), put('webhooks', 'rewritten'), put('closed', 'old')]);
        now = new Date(now.getTime() + 3_600_000);
        const then = now;
        await Promise.all([put('webhooks', 'new'), put('webhooks', 'rewritten')]);
        expect(await store.prune('webhooks', then)).toBe(1);
        expect(await store.prune('webhooks', then)).toBe(0);
        expect((await store.list('webhooks')).map(({ id }) => id)).toEqual(['new', 'rewritten']);
        expect(await store.list('closed')).toHaveLength(1);
      });
    });

    describe('values and ids', () => {
      it('keeps 300 KB and every kind of JSON as they are', async () => {
        const { store } = await fresh();
        const values: unknown[] = [
          { text: 'ä😀\u0000"\\'.repeat(30_000) },
          Array.from({ length: 10_000 }, (_, n) => ({ n, label: 'abcdefghijklmnop' })),
          { empty: '', none: null, no: false, zero: 0, list: [], nested: { a: { b: [{}] } }, lone: '\uD800' },
          null,
          'text',
          12.5,
        ];
        await Promise.all(
          values.map((value, n) => store.put({ collection: 'progress', id: `${n}`, value, expect: 'absent' })),
        );
        for (const [n, value] of values.entries()) expect((await store.get('progress', `${n}`))?.value).toEqual(value);
      });

      it('keeps hostile ids apart, up to 10 KB', async () => {
        const { store } = await fresh();
        const written = await store.putAll(
          hostileNames.map((id) => ({ collection: 'alerts', id, value: { id }, expect: 'absent' })),
        );
        expect(written).toEqual(hostileNames.map(() => true));
        for (const id of hostileNames) {
          expect(await store.get('alerts', id)).toEqual({ id, value: { id }, version: 1 });
        }
        expect((await store.list('alerts')).map(({ id }) => id).toSorted()).toEqual(hostileNames.toSorted());
        await Promise.all(hostileNames.slice(1).map((id) => store.delete('alerts', id)));
        expect((await store.list('alerts')).map(({ id }) => id)).toEqual(hostileNames.slice(0, 1));
      });

      it('keeps what the value was when it was asked to', async () => {
        const { store } = await fresh();
        const value = { state: 'as asked' };
        const put = store.put({ collection: 'meta', id: 'a', value, expect: 'absent' });
        value.state = 'changed meanwhile';
        await put;
        expect((await store.get('meta', 'a'))?.value).toEqual({ state: 'as asked' });
      });

      it('refuses what JSON cannot say, and writes the rest', async () => {
        const { store } = await fresh();
        const wrong = [undefined, () => {}, 1n].map((value) =>
          store.put({ collection: 'meta', id: 'wrong', value, expect: 'any' }),
        );
        const right = store.put({ collection: 'meta', id: 'right', value: 1, expect: 'any' });
        for (const { status } of await Promise.allSettled(wrong)) expect(status).toBe('rejected');
        expect(await right).toBe(true);
        expect((await store.list('meta')).map(({ id }) => id)).toEqual(['right']);
      });
    });
  });
}

const twenty = Array.from({ length: 20 }, (_, n) => n);

async function increment(store: Store): Promise<void> {
  for (;;) {
    const seen = await store.get<number>('meta', 'count');
    if (!seen) throw new Error('the count is gone');
    const { value, version } = seen;
    if (await store.put({ collection: 'meta', id: 'count', value: value + 1, expect: version })) return;
  }
}
