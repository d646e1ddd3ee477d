import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it, onTestFinished } from 'vitest';
import { TryLater } from '../../../../engine/errors.ts';
import { type Embedded, openDatabase } from '../../../../infra/local/store/open.ts';
import { systemClock as clock } from '../../../contract/place.ts';
import { freshDirectory, openFresh } from './fresh.ts';
import { fillFile, mountSmall, needsMount } from './small-disk.ts';

/** Writes of 10 KB, with a message each, until one is refused. Gives the ids that were acknowledged, and the refusal. */
async function fill({ store }: Embedded): Promise<{ acknowledged: string[]; refusal: unknown }> {
  const acknowledged: string[] = [];
  for (let n = 0; n < 2_000; n += 1) {
    const id = `${n}`.padStart(5, '0');
    const send = [{ queue: 'investigate', group: 'a', body: { id } }] as const;
    try {
      await store.put({ collection: 'webhooks', id, value: 'x'.repeat(10_000), expect: 'absent', send });
      acknowledged.push(id);
    } catch (refusal) {
      return { acknowledged, refusal };
    }
  }
  return { acknowledged, refusal: undefined };
}

/** What it holds is what it acknowledged: documents, and as many messages. */
async function expectWhole({ store, queue }: Embedded, acknowledged: readonly string[]): Promise<void> {
  expect((await store.list('webhooks')).map(({ id }) => id)).toEqual(acknowledged);
  expect((await queue.depth('investigate')).waiting).toBe(acknowledged.length);
}

describe('a data directory that is removed while it is used', () => {
  it('takes no more writes, with words that say what to do, also when somebody else begins there', async () => {
    const directory = freshDirectory();
    const errors: Error[] = [];
    const embedded = await openDatabase({ directory, clock, onError: (error) => errors.push(error) });
    onTestFinished(embedded.close);
    await embedded.store.put({ collection: 'webhooks', id: 'a', value: 1, expect: 'absent' });
    const refusal = () =>
      embedded.store
        .put({ collection: 'webhooks', id: 'b', value: 1, expect: 'any' })
        .catch((thrown: unknown) => thrown);

    rmSync(directory, { recursive: true });
    expect(await refusal()).toBeInstanceOf(TryLater);
    expect(errors.at(-1)?.message).toMatch(/was removed or replaced while Nightshift runs.*start Nightshift again\./s);

    const other = await openDatabase({ directory, clock });
    onTestFinished(other.close);
    expect(await refusal()).toBeInstanceOf(TryLater);
    expect(await other.store.put({ collection: 'webhooks', id: 'b', value: 1, expect: 'absent' })).toBe(true);
  });
});

describe('a full disk', () => {
  it('refuses writes with what to do, keeps the rest, and takes writes again when documents are deleted', async () => {
    const errors: Error[] = [];
    const embedded = await openFresh({ maxBytes: 400_000, onError: (error) => errors.push(error) });
    const { acknowledged, refusal } = await fill(embedded);
    expect(refusal).toBeInstanceOf(TryLater);
    expect((refusal as TryLater).message).toMatch(/The disk that holds .* is full: free some space there\./);
    expect((refusal as TryLater).retryAfterMs).toBeGreaterThan(0);
    expect(errors).toEqual([refusal]);
    expect(acknowledged.length).toBeGreaterThan(10);
    await expectWhole(embedded, acknowledged);

    for (const id of acknowledged.splice(0, 5)) await embedded.store.delete('webhooks', id);
    const again = embedded.store.put({ collection: 'webhooks', id: 'z', value: 'x'.repeat(10_000), expect: 'absent' });
    expect(await again).toBe(true);
  });

  it.skipIf(needsMount())('for real, a tmpfs of 1 MB, is survived and recovered from', async () => {
    const directory = freshDirectory();
    mountSmall(directory);
    onTestFinished(() => {
      execFileSync('umount', ['--lazy', directory]);
    });
    const embedded = await openDatabase({ directory, clock });
    onTestFinished(() => embedded.close());
    const ballast = join(directory, 'ballast');
    fillFile(ballast, 300_000);

    const { acknowledged, refusal } = await fill(embedded);
    expect(refusal).toBeInstanceOf(TryLater);
    expect((refusal as TryLater).message).toMatch(/The disk that holds .* is full: free some space there\./);
    await expectWhole(embedded, acknowledged);
    await expect(embedded.queue.send([{ queue: 'announce', group: 'a', body: 'x'.repeat(50_000) }])).rejects.toThrow(
      TryLater,
    );

    rmSync(ballast);
    const again = embedded.store.put({
      collection: 'webhooks',
      id: 'z',
      value: 'x'.repeat(10_000),
      expect: 'absent',
    });
    expect(await again).toBe(true);
    await embedded.close();
    const reopened = await openDatabase({ directory, clock });
    onTestFinished(() => reopened.close());
    await reopened.store.delete('webhooks', 'z');
    await expectWhole(reopened, acknowledged);
  });
});

describe('a data file that another program has locked', () => {
  it('refuses what writes, with what to do, still reads, and writes again when the lock is gone', async () => {
    const directory = freshDirectory();
    const { store, queue, stats, close } = await openDatabase({ directory, clock });
    onTestFinished(close);
    await queue.send([{ queue: 'investigate', group: 'a', body: { n: 1 } }]);
    const other = new DatabaseSync(join(directory, 'nightshift.db'));
    other.exec('BEGIN IMMEDIATE');

    const refusals = await Promise.allSettled([
      store.put({ collection: 'meta', id: 'a', value: 1, expect: 'any' }),
      store.delete('meta', 'a'),
      queue.send([{ queue: 'investigate', group: 'b', body: { n: 2 } }]),
      queue.receive('investigate', { max: 1, leaseMs: 60_000, waitMs: 60_000 }),
    ]);
    for (const refusal of refusals) {
      expect(refusal).toMatchObject({
        status: 'rejected',
        reason: { code: 'TRY_LATER', message: expect.stringMatching(/Another program has locked .*: end it/) },
      });
    }
    expect(stats().failures).toBe(1);
    expect(await store.get('meta', 'a')).toBeUndefined();

    other.exec('COMMIT');
    other.close();
    expect(await store.put({ collection: 'meta', id: 'a', value: 1, expect: 'any' })).toBe(true);
    const received = await queue.receive('investigate', { max: 10, leaseMs: 60_000, waitMs: 0 });
    expect(received.map(({ body }) => body)).toEqual([{ n: 1 }]);
  });
});

describe('a write that fails in the middle of a transaction', () => {
  it('takes back those it shares it with, and spares the next', async () => {
    const directory = freshDirectory();
    const { store, queue, stats, close } = await openDatabase({ directory, clock });
    onTestFinished(close);
    const other = new DatabaseSync(join(directory, 'nightshift.db'));
    other.exec(`CREATE TRIGGER broken BEFORE INSERT ON documents WHEN new.id = 'b'
      BEGIN SELECT RAISE (ABORT, 'injected'); END`);
    other.close();
    const put = (id: string) => store.put({ collection: 'meta', id, value: 1, expect: 'absent' });

    const together = [put('a'), queue.send([{ queue: 'announce', group: 'a', body: {} }]), put('b'), put('c')];
    for (const refusal of await Promise.allSettled(together)) {
      expect(refusal).toMatchObject({
        status: 'rejected',
        reason: { code: 'TRY_LATER', message: expect.stringContaining('injected') },
      });
    }
    expect(await store.list('meta')).toEqual([]);
    expect(await queue.depth('announce')).toMatchObject({ waiting: 0 });

    expect(await Promise.all([put('a'), put('c')])).toEqual([true, true]);
    expect(stats()).toEqual({ commits: 1, jobs: 2, failures: 1 });
  });
});
