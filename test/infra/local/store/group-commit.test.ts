import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { needs } from '../../../harness/programs.ts';
import { startChild } from './children.ts';
import { freshDirectory, openFresh } from './fresh.ts';

const sixtyFour = Array.from({ length: 64 }, (_, n) => `${n}`);

describe('group commit', () => {
  it('brings everything asked for in one turn to the disk in one transaction', async () => {
    const { store, queue, stats } = await openFresh();
    await queue.send(['x', 'y', 'z'].map((group) => ({ queue: 'investigate', group, body: {} })));
    const [done, retried] = await queue.receive('investigate', { max: 2, leaseMs: 60_000, waitMs: 0 });
    if (!done || !retried) throw new Error('two messages were sent');
    const before = stats();
    const [, , leased] = await Promise.all([
      queue.done(done),
      queue.retry(retried, { delayMs: 0, reason: 'again' }),
      queue.receive('investigate', { max: 2, leaseMs: 60_000, waitMs: 0 }),
      queue.send([{ queue: 'announce', group: 'a', body: {} }]),
      store.delete('meta', 'nothing'),
      ...sixtyFour.map((id) => store.put({ collection: 'webhooks', id, value: {}, expect: 'absent' })),
    ]);
    expect(stats()).toEqual({ commits: before.commits + 1, jobs: before.jobs + 69, failures: 0 });
    expect(leased).toHaveLength(2);
  });

  it('gives each its own answer', async () => {
    const { store, stats } = await openFresh();
    const answers = await Promise.all(
      ['a', 'b', 'a'].map((id, n) => store.put({ collection: 'webhooks', id, value: n, expect: 'absent' })),
    );
    expect(answers).toEqual([true, true, false]);
    expect(stats().commits).toBe(1);
    expect((await store.list('webhooks')).map(({ value }) => value)).toEqual([0, 1]);
  });

  it('answers nobody before the commit', async () => {
    const { store } = await openFresh();
    const put = store.put({ collection: 'webhooks', id: 'a', value: 1, expect: 'absent' });
    expect(await store.get('webhooks', 'a')).toBeUndefined();
    await put;
    expect(await store.get('webhooks', 'a')).toMatchObject({ value: 1 });
  });

  it('hands a sent message to who waits for it in the transaction that sends it', async () => {
    const { store, queue, stats } = await openFresh();
    const options = { max: 1, leaseMs: 60_000, waitMs: 60_000 };
    // The first is already waiting; the second comes in the same turn as the message, and before it.
    const first = queue.receive('investigate', options);
    await store.get('meta', 'a');
    await queue.depth('investigate');
    await queue.send([{ queue: 'announce', group: 'a', body: {} }]);
    const second = queue.receive('investigate', options);
    const { commits } = stats();
    const send = (['a', 'b'] as const).map((group) => ({ queue: 'investigate', group, body: {} }) as const);
    await store.put({ collection: 'webhooks', id: 'a', value: 1, expect: 'absent', send });
    const received = await Promise.all([first, second]);
    expect(received.flat().map(({ group }) => group)).toEqual(['a', 'b']);
    expect(stats().commits).toBe(commits + 1);
  });

  it.skipIf(needs('strace'))('makes the kernel write to the disk before it acknowledges', async () => {
    const directory = freshDirectory();
    const log = join(directory, 'trace');
    const calls = 'trace=fdatasync,fsync,write';
    const child = startChild(
      ['write', directory, 'round'],
      ['strace', '-f', '-qq', '-s', '32', '-e', calls, '-o', log],
    );
    for (let n = 0; n < 40; n += 1) await child.line();
    await child.kill();
    // Eight writers: their ids may be printed only after a sync, and at most eight of them after each.
    let printed = 0;
    let syncs = 0;
    for (const line of readFileSync(log, 'utf8').split('\n')) {
      if (/f(data)?sync.*= 0$/.test(line)) {
        syncs += 1;
        printed = 0;
      }
      if (/write\(1, "round-/.test(line)) printed += 1;
      expect(printed).toBeLessThanOrEqual(8);
    }
    expect(syncs).toBeGreaterThanOrEqual(40 / 8);
  });
});
