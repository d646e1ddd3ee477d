import { afterEach, describe, expect, it } from 'vitest';
import type { Queue, Received } from '../../engine/ports.ts';
import {
  drain,
  hostileNames,
  type Opener,
  type Pace,
  type Place,
  receiveOne,
  receiveSome,
  systemClock,
} from './place.ts';

/** What every `Queue` promises. `open` gives an empty one; time is real. */
export function queueContract(name: string, open: Opener, pace: Pace): void {
  describe(`the queue contract, kept by ${name}`, { timeout: 5 * pace.patienceMs + 15_000 }, () => {
    const places: Place[] = [];
    const fresh = async (): Promise<Queue> => {
      const place = await open(systemClock);
      places.push(place);
      return place.queue;
    };
    afterEach(async () => {
      for (const place of places.splice(0)) await place.close();
    });
    const look = (queue: Queue, max = 10) =>
      queue.receive('investigate', { max, leaseMs: longMs, waitMs: pace.lookMs });

    describe('order', () => {
      it('delivers a group one at a time, in the order of sending', async () => {
        const queue = await fresh();
        await queue.send([letter('a', 1), letter('a', 2)]);
        await queue.send([letter('a', 3)]);
        const first = await receiveOne(queue, 'investigate', pace);
        expect(first).toMatchObject({ queue: 'investigate', group: 'a', body: { n: 1 }, attempt: 1 });
        expect(await look(queue)).toEqual([]);
        await queue.done(first);
        expect((await drain(queue, 'investigate', pace)).map(number)).toEqual([2, 3]);
      });

      it('delivers groups side by side, at most one message of each', async () => {
        const queue = await fresh();
        await queue.send(['a', 'a', 'b', 'b', 'c'].map((group, n) => letter(group, n)));
        const received = await receiveSome(queue, 'investigate', 3, pace);
        expect(received.map(({ group }) => group).toSorted()).toEqual(['a', 'b', 'c']);
        expect(await look(queue)).toEqual([]);
      });

      it('gives no more than was asked for', async () => {
        const queue = await fresh();
        await queue.send(['a', 'b', 'c', 'd', 'e'].map((group) => letter(group, 1)));
        expect((await receiveSome(queue, 'investigate', 2, pace)).length).toBe(2);
        expect((await receiveSome(queue, 'investigate', 3, pace)).length).toBe(3);
      });

      it('keeps queues apart, also for the same group', async () => {
        const queue = await fresh();
        await queue.send([letter('a', 1), { ...letter('a', 2), queue: 'announce' }]);
        expect((await drain(queue, 'announce', pace)).map(number)).toEqual([2]);
        expect((await drain(queue, 'investigate', pace)).map(number)).toEqual([1]);
      });

      it('holds for many workers over many groups: in order, never two of one group in flight', async () => {
        const queue = await fresh();
        const groups = Array.from({ length: 12 }, (_, n) => `group ${n}`);
        await queue.send([1, 2, 3, 4].flatMap((n) => groups.map((group) => letter(group, n))));
        const inFlight = new Set<string>();
        const seen = new Map<string, number[]>();
        let left = groups.length * 4;
        const finished = new AbortController();
        const work = async (): Promise<void> => {
          while (left > 0) {
            const options = { max: 3, leaseMs: longMs, waitMs: pace.patienceMs, signal: finished.signal };
            const messages = await queue.receive('investigate', options);
            for (const { group } of messages) {
              expect(inFlight).not.toContain(group);
              inFlight.add(group);
            }
            for (const message of messages) {
              seen.set(message.group, [...(seen.get(message.group) ?? []), number(message)]);
              inFlight.delete(message.group);
              await queue.done(message);
              left -= 1;
            }
            if (left === 0) finished.abort();
          }
        };
        await Promise.all([work(), work(), work(), work()]);
        expect(seen).toEqual(new Map(groups.map((group) => [group, [1, 2, 3, 4]])));
      });
    });

    describe('waiting', () => {
      it('gives nothing when nothing comes', async () => {
        const queue = await fresh();
        expect(await look(queue)).toEqual([]);
      });

      it('ends as soon as something is sent, for one of those who wait', async () => {
        const queue = await fresh();
        const stop = new AbortController();
        const options = { max: 10, leaseMs: longMs, waitMs: 4 * pace.patienceMs, signal: stop.signal };
        const waiting = [queue.receive('investigate', options), queue.receive('investigate', options)];
        await queue.send([letter('a', 1)]);
        expect((await Promise.race(waiting)).map(number)).toEqual([1]);
        stop.abort();
        expect((await Promise.all(waiting)).flat()).toHaveLength(1);
      });

      it('ends with nothing when it is aborted, and takes nothing along', async () => {
        const queue = await fresh();
        const stop = new AbortController();
        const options = { max: 10, leaseMs: longMs, waitMs: 1_000 * pace.patienceMs, signal: stop.signal };
        const waiting = queue.receive('investigate', options);
        stop.abort();
        expect(await waiting).toEqual([]);
        await queue.send([letter('a', 1)]);
        expect(await queue.receive('investigate', options)).toEqual([]);
        expect((await receiveOne(queue, 'investigate', pace)).attempt).toBe(1);
      });

      it('ends when a delayed message falls due', async () => {
        const queue = await fresh();
        const sentAt = performance.now();
        await queue.send([{ ...letter('a', 1), delayMs: pace.shortestMs }]);
        expect(number(await receiveOne(queue, 'investigate', pace))).toBe(1);
        expect(performance.now() - sentAt).toBeGreaterThanOrEqual(pace.shortestMs - 2);
      });

      it('keeps a group waiting behind its delayed message, and no other', async () => {
        const queue = await fresh();
        await queue.send([{ ...letter('a', 1), delayMs: longMs }, letter('a', 2), letter('b', 3)]);
        expect((await drain(queue, 'investigate', pace)).map(number)).toEqual([3]);
      });
    });

    describe('leases', () => {
      it('deliver again when they run out, as the next attempt and before what follows', async () => {
        const queue = await fresh();
        await queue.send([letter('a', 1), letter('a', 2)]);
        const lost = await receiveOne(queue, 'investigate', pace, pace.shortestMs);
        const again = await receiveOne(queue, 'investigate', pace);
        expect(again).toEqual({ ...lost, attempt: 2 });
        await queue.done(again);
        expect(number(await receiveOne(queue, 'investigate', pace))).toBe(2);
      });

      it('that were lost to somebody else give no say any more', async () => {
        const queue = await fresh();
        await queue.send([letter('a', 1)]);
        const lost = await receiveOne(queue, 'investigate', pace, pace.shortestMs);
        const mine = await receiveOne(queue, 'investigate', pace);
        await queue.done(lost, [letter('a', 2)]);
        await queue.retry(lost, { delayMs: 0, reason: 'too late' });
        expect(await look(queue)).toEqual([]);
        await queue.retry(mine, { delayMs: 0, reason: 'once more' });
        expect(await receiveOne(queue, 'investigate', pace)).toMatchObject({ body: { n: 1 }, attempt: 3 });
      });
    });

    describe('done', () => {
      it('sends what belongs to the same step, and nothing comes again', async () => {
        const queue = await fresh();
        await queue.send([letter('a', 1)]);
        await queue.done(await receiveOne(queue, 'investigate', pace), [
          { queue: 'announce', group: 'channel', body: { n: 2 } },
          letter('a', 3),
        ]);
        expect((await drain(queue, 'announce', pace)).map(number)).toEqual([2]);
        expect((await drain(queue, 'investigate', pace)).map(number)).toEqual([3]);
        expect(await queue.depth('investigate')).toEqual({ waiting: 0, inFlight: 0, dead: 0, oldestAgeSeconds: 0 });
      });
    });

    describe('retry', () => {
      it('makes the group wait for its first message, and no other', async () => {
        const queue = await fresh();
        await queue.send([letter('a', 1), letter('a', 2)]);
        await queue.retry(await receiveOne(queue, 'investigate', pace), { delayMs: longMs, reason: 'not yet' });
        await queue.send([letter('b', 3)]);
        expect((await drain(queue, 'investigate', pace)).map(number)).toEqual([3]);
      });

      it('delivers again when the delay is over, as the next attempt, and then what follows', async () => {
        const queue = await fresh();
        await queue.send([letter('a', 1), letter('a', 2)]);
        const first = await receiveOne(queue, 'investigate', pace);
        await queue.retry(first, { delayMs: pace.shortestMs, reason: 'not yet' });
        const second = await receiveOne(queue, 'investigate', pace);
        expect(second).toEqual({ ...first, attempt: 2 });
        await queue.done(second);
        expect(await receiveOne(queue, 'investigate', pace)).toMatchObject({ body: { n: 2 }, attempt: 1 });
      });

      it('never kills a message that waits through nobody’s fault', async () => {
        const queue = await fresh();
        await queue.send([letter('a', 1)]);
        for (let n = 0; n < 3 * pace.maxAttempts; n += 1) {
          const message = await receiveOne(queue, 'investigate', pace);
          expect(message.attempt).toBe(1);
          await queue.retry(message, { delayMs: 0, reason: 'rate limit', countsAsAttempt: false });
        }
        const message = await receiveOne(queue, 'investigate', pace);
        await queue.retry(message, { delayMs: 0, reason: 'a fault' });
        expect((await receiveOne(queue, 'investigate', pace)).attempt).toBe(2);
        expect(await queue.deadLetters()).toEqual([]);
      });
    });

    describe('dead letters', () => {
      it('are what failed at every attempt; they keep the reason and free the group', async () => {
        const queue = await fresh();
        await queue.send([letter('a', 1), letter('a', 2)]);
        for (let attempt = 1; attempt <= pace.maxAttempts; attempt += 1) {
          const message = await receiveOne(queue, 'investigate', pace);
          expect(message).toMatchObject({ body: { n: 1 }, attempt });
          expect(await queue.deadLetters()).toEqual([]);
          await queue.retry(message, { delayMs: 0, reason: `failure ${attempt}` });
        }
        expect(await receiveOne(queue, 'investigate', pace)).toMatchObject({ body: { n: 2 }, attempt: 1 });
        const [dead, ...others] = await queue.deadLetters();
        expect(others).toEqual([]);
        expect(dead).toMatchObject({ queue: 'investigate', group: 'a', body: { n: 1 } });
        expect(dead?.reason).toContain(`failure ${pace.maxAttempts}`);
        expect(Math.abs(Date.now() - Number(dead?.diedAt))).toBeLessThan(60_000 + 5 * pace.patienceMs);
        expect(await queue.depth('investigate')).toMatchObject({ waiting: 0, inFlight: 1, dead: 1 });
        expect(await queue.depth('announce')).toMatchObject({ dead: 0 });
      });

      it('are also what nobody ever answered for', async () => {
        const queue = await fresh();
        await queue.send([letter('a', 1), letter('a', 2)]);
        for (let attempt = 1; attempt <= pace.maxAttempts; attempt += 1) {
          expect(await receiveOne(queue, 'investigate', pace, pace.shortestMs)).toMatchObject({
            body: { n: 1 },
            attempt,
          });
        }
        expect(await receiveOne(queue, 'investigate', pace)).toMatchObject({ body: { n: 2 }, attempt: 1 });
        expect(await queue.deadLetters()).toMatchObject([{ group: 'a', body: { n: 1 }, reason: expect.any(String) }]);
      });
    });

    it('says how deep it is', async () => {
      const queue = await fresh();
      await queue.send([letter('a', 1), letter('a', 2), { ...letter('b', 3), delayMs: longMs }]);
      expect(await queue.depth('investigate')).toMatchObject({ waiting: 3, inFlight: 0, dead: 0 });
      await receiveOne(queue, 'investigate', pace);
      const depth = await queue.depth('investigate');
      expect(depth).toMatchObject({ waiting: 2, inFlight: 1, dead: 0 });
      expect(depth.oldestAgeSeconds).toBeGreaterThanOrEqual(0);
      expect(depth.oldestAgeSeconds).toBeLessThan(60 + pace.patienceMs / 1_000);
    });

    it('keeps hostile groups apart, up to 10 KB, and big bodies whole', async () => {
      const queue = await fresh();
      const body = (group: string) => ({ group, text: 'ä😀\u0000'.repeat(20_000) });
      await queue.send(hostileNames.map((group) => ({ queue: 'investigate', group, body: body(group) })));
      const received = await receiveSome(queue, 'investigate', hostileNames.length, pace);
      expect(received.map(({ group }) => group).toSorted()).toEqual(hostileNames.toSorted());
      for (const message of received) expect(message.body).toEqual(body(message.group));
    });
  });
}

const longMs = 600_000;

function letter(group: string, n: number) {
  return { queue: 'investigate', group, body: { n } } as const;
}

function number({ body }: Received): number {
  return (body as { n: number }).n;
}
