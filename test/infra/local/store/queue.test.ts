import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { maxAttempts } from '../../../../engine/ports.ts';
import type { Embedded } from '../../../../infra/local/store/open.ts';
import { openFresh } from './fresh.ts';

const forAnHour = { max: 1, leaseMs: 3_600_000, waitMs: 3_600_000 };
const letter = { queue: 'investigate', group: 'a', body: { n: 1 } } as const;

describe('a receiver of the embedded queue', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });
  /** Starts to wait, and is waiting when this resolves: what is asked for in the same turn is committed with it. */
  async function startWaiting({ queue, store }: Embedded, signal?: AbortSignal) {
    const received = queue.receive('investigate', signal ? { ...forAnHour, signal } : forAnHour);
    await store.delete('meta', 'nothing');
    return { received };
  }

  it('has a delayed message at the moment it is due', async () => {
    const embedded = await openFresh();
    await embedded.queue.send([{ ...letter, delayMs: 200 }]);
    const { received } = await startWaiting(embedded);
    vi.advanceTimersByTime(199);
    expect(await embedded.queue.depth('investigate')).toMatchObject({ waiting: 1, inFlight: 0 });
    vi.advanceTimersByTime(1);
    expect(await received).toMatchObject([letter]);
  });

  it('has a queue that is behind by as long as its oldest message has been due, not by the delay it was sent with', async () => {
    const { queue } = await openFresh();
    const late = async () => (await queue.depth('investigate')).oldestAgeSeconds;
    await queue.send([{ ...letter, delayMs: 600_000 }]);
    vi.advanceTimersByTime(590_000);
    expect(await late()).toBe(0);
    vi.advanceTimersByTime(13_000);
    expect(await late()).toBe(3);
  });

  it('has a message at the moment somebody else’s lease runs out', async () => {
    const embedded = await openFresh();
    await embedded.queue.send([letter]);
    await embedded.queue.receive('investigate', { max: 1, leaseMs: 300, waitMs: 0 });
    const { received } = await startWaiting(embedded);
    vi.advanceTimersByTime(300);
    expect(await received).toMatchObject([{ ...letter, attempt: 2 }]);
  });

  it('notices within a second that the clock was set forward', async () => {
    const embedded = await openFresh();
    await embedded.queue.send([{ ...letter, delayMs: 600_000 }]);
    const { received } = await startWaiting(embedded);
    vi.setSystemTime(Date.now() + 600_000);
    vi.advanceTimersByTime(1_000);
    expect(await received).toMatchObject([letter]);
  });

  it('that is aborted before it has looked takes no lease along', async () => {
    const { queue } = await openFresh();
    await queue.send([letter]);
    const stop = new AbortController();
    const aborted = queue.receive('investigate', { ...forAnHour, signal: stop.signal });
    const other = queue.receive('investigate', forAnHour);
    stop.abort();
    expect(await aborted).toEqual([]);
    expect(await other).toMatchObject([{ ...letter, attempt: 1 }]);
  });
});

describe('redriving a dead letter', () => {
  it('gives it all its attempts again, behind what its group has waiting', async () => {
    const { queue } = await openFresh();
    const [first, second] = [letter, { ...letter, body: { n: 2 } }];
    await queue.send([first]);
    const take = async () => {
      const [message] = await queue.receive('investigate', { max: 1, leaseMs: 60_000, waitMs: 0 });
      if (!message) throw new Error('there is a message');
      return message;
    };
    for (let n = 0; n < maxAttempts; n += 1) await queue.retry(await take(), { delayMs: 0, reason: 'broken' });
    await queue.send([second]);
    const [dead] = await queue.deadLetters();

    expect(await queue.redrive(String(dead?.id))).toBe(true);
    expect(await queue.redrive(String(dead?.id))).toBe(false);
    expect(await queue.redrive('no such id')).toBe(false);
    expect(await queue.deadLetters()).toEqual([]);
    const next = await take();
    expect(next).toMatchObject({ ...second, attempt: 1 });
    await queue.done(next);
    expect(await take()).toMatchObject({ ...first, attempt: 1 });
  });
});
