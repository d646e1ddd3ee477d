import { ChangeMessageVisibilityCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import type { Context, SQSBatchResponse } from 'aws-lambda';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Refused, TryLater } from '../../../engine/errors.ts';
import type { Outgoing } from '../../../engine/ports.ts';
import { queueEntry } from '../../../functions/lambda/worker.ts';
import type { Handler } from '../../../functions/worker.ts';
import { failureOf } from '../../../infra/aws/failures.ts';
import { type Emulators, startEmulators } from '../../../infra/aws/local/emulators.ts';
import { handOver } from '../../../infra/aws/local/event-source.ts';
import { createResources, openPlace } from '../../../infra/aws/local/place.ts';

let emulators: Emulators;
beforeAll(async () => {
  emulators = await startEmulators();
});
afterAll(() => emulators[Symbol.asyncDispose]());

const message = (n: number, group = `group ${n}`): Outgoing => ({ queue: 'announce', group, body: { n } });
const number = (body: unknown) => (body as { n: number }).n;

/** A function on the queue `announce`, which Lambda gives so many milliseconds. */
async function functionWith(handler: Handler, leftMs = 60_000, made: () => Promise<Handler> = async () => handler) {
  const resources = await createResources(emulators);
  const { queue, sqs } = openPlace(emulators, resources, { now: () => new Date() });
  const url = resources.urls.announce ?? '';
  const logged: { readonly fields: object; readonly words: string }[] = [];
  const note = (fields: object, words: string) => void logged.push({ fields, words });
  let failures = 0;
  let misconfigured = 0;
  const refused: unknown[] = [];
  let receipts: readonly string[] = [];
  const entry = queueEntry(
    { name: 'announce', client: sqs, url, line: queue.line('announce') },
    {
      log: { info: note, warn: note, error: note },
      metrics: {
        failures: {
          inc: () => {
            failures += 1;
          },
        },
        misconfigured: {
          inc: () => {
            misconfigured += 1;
          },
        },
      },
    },
    { handler: made, onFailure: (failure) => void refused.push(failure) },
  );
  const context = { getRemainingTimeInMillis: () => leftMs } as Context;
  return {
    queue,
    logged,
    refused,
    failures: () => failures,
    misconfigured: () => misconfigured,
    /** Delivered, and hidden for no time at all. */
    async unseen() {
      const asked = { QueueUrl: url, MaxNumberOfMessages: 1, VisibilityTimeout: 0 };
      return (await sqs.send(new ReceiveMessageCommand(asked))).Messages?.length ?? 0;
    },
    /** What was handed over last is hidden no longer. */
    async pass() {
      for (const ReceiptHandle of receipts)
        await sqs.send(new ChangeMessageVisibilityCommand({ QueueUrl: url, ReceiptHandle, VisibilityTimeout: 0 }));
    },
    hand: (instead?: () => Promise<SQSBatchResponse>) =>
      handOver(sqs, url, async (records) => {
        receipts = records.map(({ receiptHandle }) => receiptHandle);
        const answer = await entry({ Records: [...records] }, context);
        return (await instead?.()) ?? answer;
      }),
  };
}

describe('a function on a queue', () => {
  it('does its messages, sends what they lead to, and has none left', async () => {
    const it = await functionWith(async (body) => [{ ...message(10), body: { after: number(body) } }]);
    await it.queue.send([message(1)]);

    expect(await it.hand()).toEqual({ handed: 1, failed: 0 });
    const [next] = await it.queue.receive('announce', { max: 1, leaseMs: 60_000, waitMs: 0 });
    expect(next?.body).toEqual({ after: 1 });
  });

  it('has one message that fails come again, and says why; the others are done', async () => {
    const it = await functionWith(async (body) => {
      if (number(body) === 2) throw new Refused('not_in_channel', 'invite the bot');
      return [];
    });
    await it.queue.send([message(1), message(2), message(3)]);

    expect(await it.hand()).toEqual({ handed: 3, failed: 1 });
    expect([it.failures(), it.refused]).toEqual([1, [expect.any(Refused)]]);
    expect(it.logged).toEqual([
      { fields: expect.objectContaining({ attempt: 1, reason: 'invite the bot' }), words: 'will try again' },
    ]);
  });

  it('waits here for what passes in a moment: the message does not go back for it', async () => {
    let tries = 0;
    const it = await functionWith(async () => {
      tries += 1;
      if (tries <= 2) throw new TryLater('the channel is paced', 20);
      return [];
    });
    await it.queue.send([message(1)]);

    expect(await it.hand()).toEqual({ handed: 1, failed: 0 });
    expect([tries, it.failures()]).toEqual([3, 0]);
  });

  it('never writes what somebody typed, or where the answer goes, into its log as it is', async () => {
    const text = 'investigate x password=hunter2';
    const body = { type: 'command', text, answerTo: 'https://hooks.slack.com/commands/T1/2/hunter2' };
    for (const failure of [new TryLater('Slack is away', 1_000), new Error('wrong')]) {
      const it = await functionWith(async () => {
        throw failure;
      });
      await it.queue.send([{ queue: 'announce', group: 'g', body }]);
      await it.hand();
      expect(JSON.stringify(it.logged)).toContain('[redacted]');
      expect(JSON.stringify(it.logged)).not.toContain('hunter2');
    }
  });

  it('waits here neither for long nor for ever, counts neither as a failure, and says why it waits', async () => {
    let tries = 0;
    const it = await functionWith(async (body) => {
      tries += 1;
      throw new TryLater('Slack is away', number(body) === 1 ? 30_000 : 1);
    });
    await it.queue.send([message(1), message(2)]);

    expect(await it.hand()).toEqual({ handed: 2, failed: 2 });
    expect(tries).toBe(1 + 6);
    expect([it.failures(), it.misconfigured()]).toEqual([0, 0]);
    const waits = { fields: expect.objectContaining({ reason: 'Slack is away' }), words: 'waits, and will try again' };
    expect(it.logged).toEqual([waits, waits]);
  });

  it('raises the alarm where no waiting will mend what it waits for', async () => {
    const denied = Object.assign(new Error('no'), { name: 'AccessDeniedException' });
    const it = await functionWith(async () => {
      throw failureOf(denied, 'The table nightshift');
    });
    await it.queue.send([message(1)]);

    expect(await it.hand()).toEqual({ handed: 1, failed: 1 });
    expect([it.failures(), it.misconfigured()]).toEqual([0, 1]);
    expect(it.logged).toMatchObject([{ fields: { reason: expect.stringContaining('lacks a permission') } }]);
  });

  it('has messages wait while what it works with cannot be had: no attempt is used up, and it says why', async () => {
    const gone = new Refused('SECRET_UNUSABLE', 'The secret is scheduled for deletion: restore it');
    const done: number[] = [];
    let isBack = false;
    const handler: Handler = async (body) => {
      done.push(number(body));
      return [];
    };
    const it = await functionWith(handler, 60_000, async () => (isBack ? handler : Promise.reject(gone)));
    await it.queue.send([message(1)]);
    for (let delivery = 1; delivery <= 10; delivery += 1) {
      expect(await it.hand()).toEqual({ handed: 1, failed: 1 });
      await it.pass();
    }
    expect(await it.queue.deadLetters()).toEqual([]);
    expect([it.failures(), it.misconfigured(), it.logged.at(-1)]).toMatchObject([
      10,
      10,
      { fields: { reason: gone.message } },
    ]);

    isBack = true;
    expect(await it.hand()).toEqual({ handed: 1, failed: 0 });
    expect(done).toEqual([1]);
  });

  it('begins nothing when its time is nearly over: what it has not begun comes again, as if it had not come', async () => {
    const begun: number[] = [];
    const handler: Handler = async (body) => {
      begun.push(number(body));
      return [];
    };
    const late = await functionWith(handler, 1_500);
    await late.queue.send([message(1)]);

    expect(await late.hand()).toEqual({ handed: 1, failed: 1 });
    expect(begun).toEqual([]);
    const [again] = await late.queue.receive('announce', { max: 1, leaseMs: 60_000, waitMs: 0 });
    expect(again).toMatchObject({ body: { n: 1 }, attempt: 1 });
  });

  it('ends what takes too long, and says that this was why', async () => {
    const it = await functionWith(
      (_body, signal) => new Promise((_done, fail) => signal.addEventListener('abort', () => fail(signal.reason))),
      2_200,
    );
    await it.queue.send([message(1)]);

    expect(await it.hand()).toEqual({ handed: 1, failed: 1 });
    expect(it.logged).toMatchObject([
      { fields: { reason: expect.stringContaining('longer than the function may run') } },
    ]);
    expect(it.failures()).toBe(1);
  });

  it('tries what waited while it could not start, for however many deliveries that was', async () => {
    const done: number[] = [];
    const it = await functionWith(async (body) => {
      done.push(number(body));
      return [];
    });
    await it.queue.send([message(1)]);
    // Lambda hands over; the cold start throws (a secret was deleted, say), and nothing of ours runs.
    for (let delivery = 1; delivery <= 9; delivery += 1) expect(await it.unseen()).toBe(1);

    expect(await it.hand()).toEqual({ handed: 1, failed: 0 });
    expect(done).toEqual([1]);
    expect(await it.queue.deadLetters()).toEqual([]);
  });

  it('is killed in the middle: the message comes again soon after its time, not after six times that', async () => {
    const it = await functionWith(async () => [], 1_000);
    await it.queue.send([message(1)]);
    const killed = it.hand(() => Promise.reject(new Error('killed')));
    await expect(killed).rejects.toThrow('killed');

    // `handOver` hides for 360 s, as the queue does; the function has made 6 s of it.
    const again = () => it.queue.receive('announce', { max: 1, leaseMs: 60_000, waitMs: 0 });
    await expect.poll(async () => (await again()).length, { timeout: 15_000, interval: 500 }).toBe(1);
  });
});
