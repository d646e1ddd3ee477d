import { describe, expect, it } from 'vitest';
import type { Outgoing } from '../../../../engine/ports.ts';
import { maxAttempts } from '../../../../engine/ports.ts';
import { createAttempts, longestHiddenMs } from '../../../../infra/aws/queue/attempts.ts';
import { createDeadLetters } from '../../../../infra/aws/queue/dead-letters.ts';
import type { Delivery } from '../../../../infra/aws/queue/delivery.ts';
import type { Letter } from '../../../../infra/aws/queue/letter.ts';
import type { SqsQueue } from '../../../../infra/aws/queue/queue.ts';
import type { Wire } from '../../../../infra/aws/queue/wire.ts';
import { drain, type Pace, receiveOne } from '../../../contract/place.ts';
import { emulated, type Fresh } from '../fresh.ts';

const place = emulated();
const pace: Pace = { patienceMs: 20_000, lookMs: 0, shortestMs: 1_000, maxAttempts };
const letter = (n: number, group = 'a'): Outgoing => ({ queue: 'investigate', group, body: { n } });
const unavailable = { kind: 'refused', error: 'ServiceUnavailable', status: 503 } as const;
const numbers = async (queue: SqsQueue) =>
  (await drain(queue, 'investigate', pace)).map(({ body, attempt }) => ({ body, attempt }));

/** Works on the next message until it is a dead letter. */
async function poison(queue: SqsQueue): Promise<void> {
  for (let attempt = 1; attempt <= maxAttempts; attempt += 1) {
    const message = await receiveOne(queue, 'investigate', pace);
    await queue.retry(message, { delayMs: 0, reason: `failure ${attempt}` });
  }
}

/** As if nobody of ours had written it: something straight from SQS, or by hand. */
function putInto(fresh: Fresh, which: 'urls' | 'deadLetterUrls', text: string, group: string): void {
  const name = fresh.resources[which].investigate?.split('/').at(-1) ?? '';
  place.emulators().fauxqs.sendMessage(name, text, { messageGroupId: group, messageDeduplicationId: text });
}

describe('dead letters', () => {
  it('may be looked at as often as one likes, also many of one group', async () => {
    const { open } = await place.fresh();
    const { queue } = open();
    await queue.send([letter(1), letter(2), letter(3)]);
    for (const _ of [1, 2, 3]) await poison(queue);
    for (const _look of [1, 2]) {
      const letters = await queue.deadLetters();
      expect(letters).toMatchObject([1, 2, 3].map((n) => ({ group: 'a', body: { n }, reason: 'failure 8' })));
    }
    expect(await queue.depth('investigate')).toMatchObject({ waiting: 0, inFlight: 0, dead: 3 });
  });

  it('get a new life one by one, with all their attempts and in their group', async () => {
    const { open } = await place.fresh();
    const { queue } = open();
    await queue.send([letter(1), letter(2)]);
    for (const _ of [1, 2]) await poison(queue);
    const [, second] = await queue.deadLetters();
    expect(await queue.redrive(second?.id ?? '')).toBe(true);
    expect(await queue.redrive(second?.id ?? '')).toBe(false);
    expect(await receiveOne(queue, 'investigate', pace)).toMatchObject({ group: 'a', body: { n: 2 }, attempt: 1 });
    expect(await queue.deadLetters()).toMatchObject([{ body: { n: 1 } }]);
  });

  it('get a new life all at once, in order', async () => {
    const { open } = await place.fresh();
    const { queue } = open();
    await queue.send([letter(1), letter(2)]);
    for (const _ of [1, 2]) await poison(queue);
    expect(await queue.redriveAll()).toBe(2);
    expect(await queue.redriveAll()).toBe(0);
    expect(await numbers(queue)).toEqual([
      { body: { n: 1 }, attempt: 1 },
      { body: { n: 2 }, attempt: 1 },
    ]);
    expect(await queue.deadLetters()).toEqual([]);
  });

  it('come back once after a crash in the middle of a redrive', async () => {
    const { open, sqs } = await place.fresh();
    const { queue } = open();
    await queue.send([letter(1)]);
    await poison(queue);
    sqs.fail('DeleteMessage', unavailable);
    await expect(queue.redriveAll()).rejects.toMatchObject({ code: 'TRY_LATER' });
    sqs.heal();
    expect(await queue.redriveAll()).toBe(1);
    expect(await numbers(queue)).toHaveLength(1);
  });

  it('are one after a crash in the middle of a burial', async () => {
    const { open, sqs } = await place.fresh();
    const { queue } = open();
    await queue.send([letter(1)]);
    sqs.fail('DeleteMessage', unavailable);
    await expect(poison(queue)).rejects.toMatchObject({ code: 'TRY_LATER' });
    sqs.heal();
    const line = queue.line('investigate');
    expect(line.oldestHeld()).toBeUndefined();
    expect(await queue.deadLetters()).toHaveLength(1);
    expect(await queue.depth('investigate')).toMatchObject({ inFlight: 1, dead: 1 });
  });

  it('are what cannot be read: it does not stand in the way of its group', async () => {
    const fresh = await place.fresh();
    const { queue } = fresh.open();
    putInto(fresh, 'urls', 'not ours', 'a');
    await queue.send([letter(1)]);
    expect(await receiveOne(queue, 'investigate', pace)).toMatchObject({ body: { n: 1 } });
    expect(await queue.deadLetters()).toMatchObject([
      { body: 'not ours', reason: expect.stringContaining('cannot be read') },
    ]);
  });

  it('are shown too where SQS itself gave a message up', async () => {
    const fresh = await place.fresh();
    const { queue } = fresh.open();
    putInto(fresh, 'deadLetterUrls', JSON.stringify({ group: 'a b', body: { n: 1 } }), 'sha256/of-a-b');
    expect(await queue.deadLetters()).toMatchObject([
      { group: 'a b', body: { n: 1 }, reason: expect.stringContaining('SQS gave it up') },
    ]);
    expect(await queue.redriveAll()).toBe(1);
    expect(await numbers(queue)).toEqual([{ body: { n: 1 }, attempt: 1 }]);
  });
});

/** Many dead letters, far away: each request takes its time, and after its own a receipt is good for nothing. */
function farAway(count: number, requestMs: number) {
  let now = 0;
  const waiting = new Map(Array.from({ length: count }, (_, n) => [`m${n}`, { hiddenUntil: 0, receipt: '' }]));
  const sent = new Set<string>();
  const took = async () => {
    now += requestMs;
  };
  const holder = ({ id, receipt }: Delivery) => {
    const one = waiting.get(id);
    return one?.receipt === receipt && one.hiddenUntil > now ? one : undefined;
  };
  const deadWire: Wire = {
    async receive({ max, leaseMs }) {
      await took();
      const due = [...waiting].filter(([, { hiddenUntil }]) => hiddenUntil <= now).slice(0, max);
      return due.map(([id, one]) => {
        Object.assign(one, { hiddenUntil: now + leaseMs, receipt: `${id} at ${now}` });
        return {
          id,
          receipt: one.receipt,
          text: '{"group":"a","body":1}',
          receiveCount: 1,
          firstReceivedAt: 0,
          sentAt: 0,
        };
      });
    },
    async hide(delivery, forMs) {
      await took();
      const one = holder(delivery);
      if (one) one.hiddenUntil = now + forMs;
      return one !== undefined;
    },
    async remove(delivery) {
      await took();
      return holder(delivery) !== undefined && waiting.delete(delivery.id);
    },
  };
  const sender = {
    async send(letters: readonly Letter[]) {
      await took();
      for (const { id } of letters) sent.add(id);
    },
  };
  const clock = { now: () => new Date(now) };
  const parts = {
    queue: 'investigate',
    wire: deadWire,
    deadWire,
    sender,
    deadSender: sender,
    clock,
    lookMs: 0,
  } as const;
  return { dead: createDeadLetters(parts), sent, left: () => waiting.size };
}

describe('very many dead letters, far away,', () => {
  it('are all sent again, and none is left behind that is said to be', async () => {
    const { dead, sent, left } = farAway(1_000, 1_000);

    expect(await dead.redrive(() => true)).toBe(1_000);
    expect([sent.size, left()]).toEqual([1_000, 0]);
  });

  it('are listed, and come to an end when the first ones are seen again before the last one was', async () => {
    const { dead, left } = farAway(1_000, 2_000);
    expect(new Set((await dead.list()).map(({ id }) => id)).size).toBe(1_000);
    expect(left()).toBe(1_000);

    // As many as can be looked through in five minutes.
    expect(await farAway(2_000, 2_000).dead.list()).toHaveLength(1_500);
  });

  it('let one of them be sent again', async () => {
    const { dead, sent } = farAway(300, 40);

    expect(await dead.redrive((id) => id === 'm299')).toBe(1);
    expect([...sent]).toEqual(['again/m299']);
  });
});

describe('the attempt', () => {
  const delivery = { id: 'm', receipt: 'r', text: '', sentAt: 0, firstReceivedAt: 0 };

  it('does not count deliveries of a message that was not due, however long it had to wait', async () => {
    const { open, resources } = await place.fresh();
    const attempts = createAttempts(open().dynamodb, resources.table, { now: () => new Date() });
    const threeHides = 2 * longestHiddenMs + 1;
    expect(await attempts.begin({ ...delivery, receiveCount: 4 }, threeHides)).toBe(1);
    expect(await attempts.begin({ ...delivery, receiveCount: 5 }, threeHides)).toBe(2);
    expect(await attempts.begin({ ...delivery, id: 'another', receiveCount: 2 }, undefined)).toBe(2);
  });

  it('does count them when it was due already at the first delivery', async () => {
    const { open, resources } = await place.fresh();
    const attempts = createAttempts(open().dynamodb, resources.table, { now: () => new Date() });
    expect(await attempts.begin({ ...delivery, firstReceivedAt: 1_000, receiveCount: 2 }, 500)).toBe(2);
  });

  it('does not count deliveries that nobody of ours has seen, however many they were', async () => {
    const { open, resources } = await place.fresh();
    const attempts = createAttempts(open().dynamodb, resources.table, { now: () => new Date() });
    expect(await attempts.begin({ ...delivery, receiveCount: 9 }, undefined)).toBe(2);
    expect(await attempts.begin({ ...delivery, receiveCount: 400 }, undefined)).toBe(3);
    await attempts.forgive(delivery.id);
    expect(await attempts.begin({ ...delivery, receiveCount: 401 }, undefined)).toBe(3);
  });

  it('counts a message that ends its process each time, until it is a dead letter', async () => {
    const { open } = await place.fresh();
    const { queue } = open();
    await queue.send([letter(1)]);
    const begun: number[] = [];
    // Nobody answers for it: its lease runs out.
    while ((await queue.depth('investigate')).dead === 0) {
      const [message] = await queue.receive('investigate', { max: 1, leaseMs: 1_000, waitMs: 0 });
      if (message) begun.push(message.attempt);
    }
    expect(begun).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(await queue.deadLetters()).toMatchObject([{ reason: expect.stringContaining('No answer') }]);
  });
});
