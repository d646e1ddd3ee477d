import { ChangeMessageVisibilityCommand } from '@aws-sdk/client-sqs';
import { describe, expect, it } from 'vitest';
import type { Outgoing, Received, RetryOptions } from '../../../../engine/ports.ts';
import { maxAttempts } from '../../../../engine/ports.ts';
import { handOver, recordOf } from '../../../../infra/aws/local/event-source.ts';
import { answerBatch, type Work } from '../../../../infra/aws/queue/batch.ts';
import { deliveryOfRecord } from '../../../../infra/aws/queue/delivery.ts';
import type { Line } from '../../../../infra/aws/queue/line.ts';
import { emulated, type Fresh } from '../fresh.ts';

const place = emulated();
const letter = (n: number, group = 'a'): Outgoing => ({ queue: 'investigate', group, body: { n } });
const fault: RetryOptions = { delayMs: 0, reason: 'a fault' };
const unavailable = { kind: 'refused', error: 'ServiceUnavailable', status: 503 } as const;

/** A function on the queue `investigate`, and how often it was started. */
function functionOf(fresh: Fresh, work: Work) {
  const { queue, sqs } = fresh.open();
  const url = fresh.resources.urls.investigate ?? '';
  const handed = () => handOver(sqs, url, (records) => answerBatch(queue.line('investigate'), records, work));
  return { queue, handed };
}

const number = ({ body }: Received) => (body as { n: number }).n;

describe('a Lambda function on a queue', () => {
  it('is handed every message once, when all goes well, and what they lead to is sent', async () => {
    const fresh = await place.fresh();
    const worked: number[] = [];
    const { queue, handed } = functionOf(fresh, async (message) => {
      worked.push(number(message));
      return { send: [{ queue: 'announce', group: 'channel', body: message.body }] };
    });
    await queue.send([letter(1, 'a'), letter(2, 'b'), letter(3, 'c')]);
    expect(await handed()).toEqual({ handed: 3, failed: 0 });
    expect(await handed()).toEqual({ handed: 0, failed: 0 });
    expect(worked.toSorted()).toEqual([1, 2, 3]);
    expect(await queue.depth('investigate')).toMatchObject({ waiting: 0, inFlight: 0 });
    expect(await queue.depth('announce')).toMatchObject({ waiting: 3 });
  });

  it('gets one failed record again and no other, as the next attempt', async () => {
    const fresh = await place.fresh();
    const seen: [number, number][] = [];
    const { queue, handed } = functionOf(fresh, async (message) => {
      seen.push([number(message), message.attempt]);
      return number(message) === 2 && message.attempt === 1 ? { retry: fault } : { send: [] };
    });
    await queue.send([letter(1, 'a'), letter(2, 'b'), letter(3, 'c')]);
    expect(await handed()).toEqual({ handed: 3, failed: 1 });
    expect(await handed()).toEqual({ handed: 1, failed: 0 });
    expect(seen.toSorted()).toEqual([
      [1, 1],
      [2, 1],
      [2, 2],
      [3, 1],
    ]);
  });

  it('is not handed what is not due: the message waits, and its first attempt is its first', async () => {
    const fresh = await place.fresh();
    const attempts: number[] = [];
    const { queue, handed } = functionOf(fresh, async ({ attempt }) => {
      attempts.push(attempt);
      return { send: [] };
    });
    await queue.send([{ ...letter(1), delayMs: 700 }, letter(2)]);
    expect(await handed()).toEqual({ handed: 1, failed: 1 });
    expect(await handed()).toEqual({ handed: 0, failed: 0 });
    await expect.poll(handed, { timeout: 20_000 }).toEqual({ handed: 1, failed: 0 });
    await expect.poll(handed, { timeout: 20_000 }).toEqual({ handed: 1, failed: 0 });
    expect(attempts).toEqual([1, 1]);
  });

  it('frees the group of a poisoned message: that is a dead letter, visible, and can be redriven', async () => {
    const fresh = await place.fresh();
    let mended = false;
    const done: number[] = [];
    const { queue, handed } = functionOf(fresh, async (message) => {
      if (number(message) === 1 && !mended) return { retry: { ...fault, reason: `failure ${message.attempt}` } };
      done.push(number(message));
      return { send: [] };
    });
    await queue.send([letter(1), letter(2)]);
    for (let attempt = 1; attempt < maxAttempts; attempt += 1) expect(await handed()).toEqual({ handed: 1, failed: 1 });
    expect(await handed()).toEqual({ handed: 1, failed: 0 });
    expect(await handed()).toEqual({ handed: 1, failed: 0 });
    expect(done).toEqual([2]);
    expect(await queue.deadLetters()).toMatchObject([{ group: 'a', body: { n: 1 }, reason: `failure ${maxAttempts}` }]);
    mended = true;
    expect(await queue.redriveAll()).toBe(1);
    expect(await handed()).toEqual({ handed: 1, failed: 0 });
    expect(done).toEqual([2, 1]);
  });

  it('never kills a message that waits through nobody’s fault', async () => {
    const fresh = await place.fresh();
    const attempts: number[] = [];
    const { queue, handed } = functionOf(fresh, async ({ attempt }) => {
      attempts.push(attempt);
      return { retry: { delayMs: 0, reason: 'rate limit', countsAsAttempt: false } };
    });
    await queue.send([letter(1)]);
    for (let n = 0; n < 2 * maxAttempts; n += 1) expect(await handed()).toEqual({ handed: 1, failed: 1 });
    expect(new Set(attempts)).toEqual(new Set([1]));
    expect(await queue.deadLetters()).toEqual([]);
  });

  it('may be killed in the middle: what it worked on comes again, and what it had sent arrives once', async () => {
    const fresh = await place.fresh();
    const { queue, sqs } = fresh.open();
    await queue.send([letter(1)]);
    const url = fresh.resources.urls.investigate ?? '';
    const follow = async () => ({ send: [{ queue: 'announce', group: 'channel', body: 'card' } as const] });
    const killed = handOver(sqs, url, async (records) => {
      await answerBatch(queue.line('investigate'), records, follow);
      // Lambda hears nothing from it; made to come sooner than after the six minutes.
      for (const record of records) await queue.line('investigate').handBack(deliveryOfRecord(record));
      throw new Error('killed');
    });
    await expect(killed).rejects.toThrow('killed');
    const again = await handOver(sqs, url, (records) => answerBatch(queue.line('investigate'), records, follow));
    expect(again).toEqual({ handed: 1, failed: 0 });
    expect(await queue.depth('announce')).toMatchObject({ waiting: 1 });
  });

  it('may be ended by one of ten: that one alone is a dead letter, since it is worked on alone in time', async () => {
    const fresh = await place.fresh();
    const { queue, sqs } = fresh.open();
    const url = fresh.resources.urls.investigate ?? '';
    await queue.send(Array.from({ length: 10 }, (_, n) => letter(n, `group ${n}`)));
    for (let start = 1; start < 40; start += 1) {
      let handed: readonly string[] = [];
      const line = fresh.open().queue.line('investigate');
      const result = handOver(sqs, url, async (records) => {
        handed = records.map(({ receiptHandle }) => receiptHandle);
        const ended: number[] = [];
        const answer = await answerBatch(line, records, async (message) => {
          if (number(message) === 4) ended.push(4);
          return { send: [] };
        });
        if (ended.length > 0) throw new Error('killed');
        return answer;
      });
      const done = await result.catch(() => undefined);
      if (done?.handed === 0) break;
      if (done) continue;
      // Made to come sooner than after six minutes.
      const show = (ReceiptHandle: string) =>
        sqs.send(new ChangeMessageVisibilityCommand({ QueueUrl: url, ReceiptHandle, VisibilityTimeout: 0 }));
      await Promise.allSettled(handed.map(show));
    }
    expect(await queue.deadLetters()).toMatchObject([{ body: { n: 4 } }]);
    expect(await queue.depth('investigate')).toMatchObject({ waiting: 0, inFlight: 0, dead: 1 });
  });

  it('keeps a message whose follow-up cannot be sent', async () => {
    const fresh = await place.fresh();
    const { queue, handed } = functionOf(fresh, async () => ({
      send: [{ queue: 'announce', group: 'channel', body: 'card' }],
    }));
    await queue.send([letter(1)]);
    fresh.sqs.fail('SendMessageBatch', unavailable);
    expect(await handed()).toEqual({ handed: 1, failed: 1 });
    expect(await fresh.healthy().queue.depth('investigate')).toMatchObject({ inFlight: 1, dead: 0 });
  });
});

describe('a batch with several messages of one group, which Lambda hands over and the emulator does not', () => {
  /** A line that notes what is asked of it. */
  function noting(untakeable: ReadonlySet<string> = new Set()) {
    const asked: string[] = [];
    const note = (what: string, id: string) => void asked.push(`${what} ${id}`);
    const line: Line = {
      take: async ({ id, receiveCount }) => {
        if (untakeable.has(id)) throw new Error('the table is out');
        return { id, queue: 'investigate', group: id[0] ?? '', body: {}, attempt: receiveCount };
      },
      finish: async ({ id }) => note('finish', id),
      done: async ({ id }) => note('done', id),
      retry: async ({ id }, { delayMs }) => {
        note(`retry in ${delayMs}`, id);
        return 'again';
      },
      handBack: async ({ id }) => note('hand back', id),
      oldestHeld: () => undefined,
    };
    return { line, asked };
  }
  const records = ['a1', 'b1', 'a2', 'a3', 'b2'].map((id) => {
    const MessageGroupId = id[0] ?? '';
    return recordOf({ MessageId: id, ReceiptHandle: `receipt of ${id}`, Body: '{}', Attributes: { MessageGroupId } });
  });
  const failures = (...ids: string[]) => ({ batchItemFailures: ids.map((itemIdentifier) => ({ itemIdentifier })) });

  it('keeps the order within a group, and lets groups go side by side', async () => {
    const { line } = noting();
    const begun: string[] = [];
    const { promise: otherGroup, resolve } = Promise.withResolvers<void>();
    const response = await answerBatch(line, records, async ({ id }) => {
      begun.push(id);
      if (id === 'b1') resolve();
      if (id === 'a1') await otherGroup;
      return { send: [] };
    });
    expect(response).toEqual(failures());
    expect(begun.filter((id) => id.startsWith('a'))).toEqual(['a1', 'a2', 'a3']);
    expect(begun.filter((id) => id.startsWith('b'))).toEqual(['b1', 'b2']);
  });

  it('makes the rest of a group wait for a message that comes again, and does not count that against them', async () => {
    const { line, asked } = noting();
    const begun: string[] = [];
    const response = await answerBatch(line, records, async ({ id }) => {
      begun.push(id);
      return id === 'a2' ? { retry: { delayMs: 5_000, reason: 'a fault' } } : { send: [] };
    });
    expect(response).toEqual(failures('a2', 'a3'));
    expect(begun).not.toContain('a3');
    expect(asked.toSorted()).toEqual(['finish a1', 'finish b1', 'finish b2', 'hand back a3', 'retry in 5000 a2']);
  });

  it('names all of them when all have to come again, and does not fail as a whole', async () => {
    const { line } = noting();
    const response = await answerBatch(line, records, async () => ({ retry: fault }));
    expect(new Set(response.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier))).toEqual(
      new Set(['a1', 'a2', 'a3', 'b1', 'b2']),
    );
  });

  it('lets a message come again of which it cannot be known how often it was tried', async () => {
    const { line, asked } = noting(new Set(['a1']));
    const response = await answerBatch(line, records, async () => ({ send: [] }));
    expect(response).toEqual(failures('a1', 'a2', 'a3'));
    expect(asked.toSorted()).toEqual(['finish b1', 'finish b2', 'hand back a2', 'hand back a3']);
  });

  it('answers an empty batch', async () => {
    expect(await answerBatch(noting().line, [], async () => ({ send: [] }))).toEqual(failures());
  });
});
