import { describe, expect, it } from 'vitest';
import { openDatabase } from '../../../../infra/local/store/open.ts';
import { drain, type Pace, systemClock } from '../../../contract/place.ts';
import { checked } from './checked.ts';
import { startChild } from './children.ts';
import { freshDirectory } from './fresh.ts';

const pace: Pace = { patienceMs: 5_000, lookMs: 0, shortestMs: 30, maxAttempts: 8 };

// A dozen processes are started here, one after the other, on whatever machine this is.
describe('a process that is killed (SIGKILL)', { timeout: 60_000 }, () => {
  it('has on the disk whatever it had acknowledged, and nothing half', async () => {
    const directory = freshDirectory();
    const acknowledged: string[] = [];
    for (const [round, lines] of [1, 40, 300].entries()) {
      const child = startChild(['write', directory, `round${round}`]);
      for (let n = 0; n < lines; n += 1) acknowledged.push((await child.line()) ?? 'ended early');
      acknowledged.push(...(await child.kill()));
    }

    const { store, queue, close } = await openDatabase({ directory, clock: systemClock });
    const documents = await store.list<{ text: string; sha256: string }>('webhooks');
    for (const { id, value } of documents) expect(value).toEqual(checked(id));
    const ids = documents.map(({ id }) => id);
    expect(acknowledged.filter((id) => !ids.includes(id))).toEqual([]);
    expect(acknowledged.length).toBeGreaterThanOrEqual(341);

    // A document and its message are there both or not at all, and each once.
    const messages = await drain(queue, 'investigate', pace);
    expect(messages.map(({ body }) => (body as { id: string }).id).toSorted()).toEqual(ids.toSorted());
    await close();
  });

  it('leaves what it had in flight to the next, at once and as the next attempt', async () => {
    const directory = freshDirectory();
    const before = await openDatabase({ directory, clock: systemClock });
    await before.queue.send(['a', 'b', 'b'].map((group) => ({ queue: 'investigate', group, body: {} })));
    await before.close();
    const child = startChild(['lease', directory]);
    expect(await child.line()).toBe('open 2');
    await child.kill();

    const { queue, close } = await openDatabase({ directory, clock: systemClock });
    expect(await queue.depth('investigate')).toMatchObject({ waiting: 3, inFlight: 0 });
    const received = await queue.receive('investigate', { max: 10, leaseMs: 60_000, waitMs: 0 });
    expect(received.map(({ group, attempt }) => `${group} ${attempt}`).toSorted()).toEqual(['a 2', 'b 2']);
    await close();
  });

  it('that dies of a message again and again makes it a dead letter', async () => {
    const directory = freshDirectory();
    const before = await openDatabase({ directory, clock: systemClock });
    await before.queue.send([{ queue: 'investigate', group: 'a', body: { deadly: true } }]);
    await before.close();
    for (let attempt = 1; attempt <= 8; attempt += 1) {
      const child = startChild(['lease', directory]);
      expect(await child.line()).toBe('open 1');
      await child.kill();
    }
    const { queue, close } = await openDatabase({ directory, clock: systemClock });
    expect(await queue.receive('investigate', { max: 1, leaseMs: 60_000, waitMs: 0 })).toEqual([]);
    expect(await queue.deadLetters()).toMatchObject([
      { body: { deadly: true }, reason: expect.stringContaining('attempt 8') },
    ]);
    await close();
  });
});
