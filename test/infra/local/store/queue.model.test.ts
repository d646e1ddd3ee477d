import { cpSync, rmSync } from 'node:fs';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Received } from '../../../../engine/ports.ts';
import { maxAttempts } from '../../../../engine/ports.ts';
import { type Embedded, openDatabase } from '../../../../infra/local/store/open.ts';
import { freshDirectory } from './fresh.ts';
import { createModel, type Model } from './queue.model.ts';

/** What can happen. `pick` chooses among all messages ever received, also those that are no longer held. */
type Step =
  | { readonly kind: 'send'; readonly group: string; readonly delayMs: number }
  | { readonly kind: 'receive'; readonly max: number }
  | { readonly kind: 'done'; readonly pick: number; readonly sends: readonly string[] }
  | { readonly kind: 'retry'; readonly pick: number; readonly delayMs: number; readonly countsAsAttempt: boolean }
  | { readonly kind: 'fail'; readonly times: number }
  | { readonly kind: 'wait'; readonly ms: number }
  | { readonly kind: 'restart'; readonly killed: boolean };

const kind = <K extends Step['kind']>(name: K) => fc.constant(name);
const group = fc.constantFrom('a', 'b', 'c');
const delayMs = fc.constantFrom(0, 0, 0, 500, 2_000);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: kind('send'), group, delayMs }) },
  { weight: 6, arbitrary: fc.record({ kind: kind('receive'), max: fc.integer({ min: 1, max: 4 }) }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: kind('done'), pick: fc.nat(2), sends: fc.array(group, { maxLength: 2 }) }),
  },
  {
    weight: 5,
    arbitrary: fc.record({ kind: kind('retry'), pick: fc.nat(2), delayMs, countsAsAttempt: fc.boolean() }),
  },
  { weight: 1, arbitrary: fc.record({ kind: kind('fail'), times: fc.integer({ min: 1, max: maxAttempts + 1 }) }) },
  { weight: 3, arbitrary: fc.record({ kind: kind('wait'), ms: fc.constantFrom(1, 499, 500, 1_000, 5_000) }) },
  { weight: 1, arbitrary: fc.record({ kind: kind('restart'), killed: fc.boolean() }) },
);

const leaseMs = 1_000;

it('the embedded queue does what a plain list per group would do', { timeout: 120_000 }, async () => {
  const root = freshDirectory();
  let runs = 0;
  const play = async (steps: readonly Step[]): Promise<void> => {
    runs += 1;
    const directory = `${root}/${runs}`;
    let now = Date.parse('2026-03-01T00:00:00Z');
    const clock = { now: () => new Date(now) };
    const model = createModel(() => now, maxAttempts);
    const received: Received[] = [];
    let sent = 0;
    let restarts = 0;
    let embedded = await openDatabase({ directory, clock });

    const letter = (name: string, delay: number) => {
      sent += 1;
      model.send(name, sent, delay);
      return { queue: 'investigate', group: name, body: sent, delayMs: delay } as const;
    };
    const receive = async (max: number): Promise<readonly Received[]> => {
      const possible = model.deliverable();
      const messages = await embedded.queue.receive('investigate', { max, leaseMs, waitMs: 0 });
      expect(messages.length).toBe(Math.min(max, possible));
      // Whose last lease ran out dies when it is looked at, and it is up to the queue where it looks first.
      for (const { body } of await embedded.queue.deadLetters()) expect(model.bury(Number(body))).toBe(true);
      for (const { group, body, attempt } of messages) {
        expect({ group, body, attempt }).toEqual({ group, ...model.receive(group, leaseMs) });
      }
      return messages;
    };
    const retry = async (message: Received, delay: number, countsAsAttempt: boolean): Promise<void> => {
      model.retry(message, delay, countsAsAttempt);
      await embedded.queue.retry(message, { delayMs: delay, reason: 'model', countsAsAttempt });
    };
    /** The most recent ones first: those are the ones that are likely to be held. */
    const picked = (pick: number) => received[received.length - 1 - pick];

    for (const next of steps) {
      if (next.kind === 'send') await embedded.queue.send([letter(next.group, next.delayMs)]);
      if (next.kind === 'receive') received.push(...(await receive(next.max)));
      if (next.kind === 'wait') now += next.ms;
      if (next.kind === 'fail') {
        for (let n = 0; n < next.times; n += 1) {
          for (const message of await receive(1)) await retry(message, 0, true);
        }
      }
      if (next.kind === 'done') {
        const message = picked(next.pick);
        if (!message) continue;
        const held = model.done(message);
        // Only what is really done sends.
        const sends = held ? next.sends.map((name) => letter(name, 0)) : [{ ...message, body: 'never' }];
        await embedded.queue.done(message, sends);
      }
      if (next.kind === 'retry') {
        const message = picked(next.pick);
        if (message) await retry(message, next.delayMs, next.countsAsAttempt);
      }
      if (next.kind === 'restart') {
        restarts += 1;
        const image = `${directory}-${restarts}`;
        model.restart(next.killed);
        embedded = await restart(
          embedded,
          restarts > 1 ? `${directory}-${restarts - 1}` : directory,
          image,
          next.killed,
          clock,
        );
      }
      await expectSameDepth(embedded, model);
    }

    // In the end everything comes out, each message once, or is dead.
    for (;;) {
      now += 10_000;
      const messages = await receive(3);
      for (const message of messages) {
        model.done(message);
        await embedded.queue.done(message);
      }
      if (messages.length === 0) break;
    }
    expect((await embedded.queue.deadLetters()).map(({ body }) => body)).toEqual(
      model.dead().toSorted((a, b) => a - b),
    );
    expect(await embedded.queue.depth('investigate')).toMatchObject({ waiting: 0, inFlight: 0 });
    await embedded.close();
    rmSync(directory, { recursive: true, force: true });
  };
  await fc.assert(fc.asyncProperty(fc.array(step, { maxLength: 80, size: 'max' }), play), { numRuns: 60 });
});

/** Killed: goes on with the files as they lay on the disk before the close. */
async function restart(
  embedded: Embedded,
  directory: string,
  image: string,
  killed: boolean,
  clock: { now(): Date },
): Promise<Embedded> {
  if (!killed) await embedded.close();
  cpSync(directory, image, { recursive: true });
  if (killed) await embedded.close();
  return openDatabase({ directory: image, clock });
}

async function expectSameDepth({ queue }: Embedded, model: Model): Promise<void> {
  const { waiting, inFlight, dead } = await queue.depth('investigate');
  expect(inFlight).toBe(model.inFlight());
  expect(waiting + inFlight + dead).toBe(model.total());
}
