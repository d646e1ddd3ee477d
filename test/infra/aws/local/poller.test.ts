import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { Outgoing } from '../../../../engine/ports.ts';
import { type Emulators, startEmulators } from '../../../../infra/aws/local/emulators.ts';
import { startFunction } from '../../../../infra/aws/local/function.ts';
import { createResources, openPlace } from '../../../../infra/aws/local/place.ts';
import { type PollerOptions, pollQueue } from '../../../../infra/aws/local/poller.ts';
import { functionPool } from '../../../../infra/aws/local/pool.ts';
import { contentOf } from '../../../../infra/aws/queue/letter.ts';
import { tinyZip } from './tiny.ts';

/** The example in https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html */
const documented = JSON.parse(
  readFileSync(new URL('../../../recorded/aws/sqs-fifo-event.json', import.meta.url), 'utf8'),
) as SQSEvent;

let emulators: Emulators;
beforeAll(async () => {
  emulators = await startEmulators();
});
afterAll(() => emulators[Symbol.asyncDispose]());

const message = (n: number, group = `group ${n}`): Outgoing => ({ queue: 'announce', group, body: { n } });
const numberOf = ({ body }: SQSRecord) => (contentOf(body)?.body as { n: number } | undefined)?.n ?? 0;
const done: SQSBatchResponse = { batchItemFailures: [] };

/** A queue that hides for a second what it has handed over, and a function on it. */
async function polled(handle: PollerOptions['handle'], options: Partial<PollerOptions> = {}) {
  const resources = await createResources(emulators, { announce: 1 });
  const { queue, sqs, close } = openPlace(emulators, resources, { now: () => new Date() });
  const troubles: string[] = [];
  const poller = pollQueue({
    client: sqs,
    url: resources.urls.announce ?? '',
    batchSize: 10,
    atOnce: 2,
    handle,
    onTrouble: (reason) => void troubles.push(reason),
    ...options,
  });
  onTestFinished(async () => {
    await poller[Symbol.asyncDispose]();
    await close();
  });
  return { queue, poller, troubles };
}

describe("Lambda's poller", { timeout: 60_000 }, () => {
  it('hands over records shaped like those in the documentation', async () => {
    const records: SQSRecord[] = [];
    const { queue } = await polled(async (some) => {
      records.push(...some);
      return done;
    });
    await queue.send([message(1)]);
    await expect.poll(() => records.length).toBe(1);
    const [record] = records;
    const [example] = documented.Records;

    const shape = (value: object) =>
      Object.entries(value)
        .map(([key, inner]) => `${key}: ${typeof inner}`)
        .sort();
    expect(shape(record ?? {})).toEqual(shape(example ?? {}));
    expect(shape(record?.attributes ?? {})).toEqual(shape(example?.attributes ?? {}));
    expect(record?.eventSourceARN).toMatch(/^arn:aws:sqs:eu-central-1:000000000000:.*-announce\.fifo$/);
  });

  it('lets what a function does not name be done, and what it names come again', async () => {
    const seen: number[] = [];
    const { queue, poller } = await polled(async (records) => {
      seen.push(...records.map(numberOf));
      const again = records.filter(
        (record) => numberOf(record) === 2 && record.attributes.ApproximateReceiveCount === '1',
      );
      return { batchItemFailures: again.map(({ messageId }) => ({ itemIdentifier: messageId })) };
    });
    await queue.send([message(1), message(2), message(3)]);

    await expect.poll(() => seen.toSorted(), { timeout: 20_000 }).toEqual([1, 2, 2, 3]);
    await expect.poll(() => poller.read()).toEqual({ handed: 4, failed: 1 });
    expect(await queue.depth('announce')).toMatchObject({ waiting: 0 });
  });

  it('hands a message over again when the process that had it was killed, to another one', async () => {
    const dying = `const [{ attributes }] = event.Records;
      if (attributes.ApproximateReceiveCount === '1') process.kill(process.pid, 'SIGKILL');
      return { batchItemFailures: [] };`;
    const zip = tinyZip(dying);
    const pool = functionPool({ start: () => startFunction(zip, {}), most: 1 });
    onTestFinished(() => pool[Symbol.asyncDispose]());
    const { queue, poller, troubles } = await polled((Records) => pool.invoke({ Records }));
    await queue.send([message(1)]);

    await expect.poll(() => poller.read(), { timeout: 30_000 }).toEqual({ handed: 2, failed: 1 });
    expect(pool.read()).toMatchObject({ events: 2, errors: 1, coldStarts: 2 });
    expect(troubles).toEqual([expect.stringContaining('process ended (SIGKILL); its messages come again')]);
    expect(await queue.depth('announce')).toMatchObject({ waiting: 0 });
  });

  it('hands a group over in its order, never two of it at once, and groups side by side', async () => {
    const inHand = new Set<string>();
    const order = new Map<string, number[]>();
    let mostAtOnce = 0;
    let overlaps = 0;
    const { queue } = await polled(
      async (records) => {
        const groups = records.map(({ attributes }) => attributes.MessageGroupId ?? '');
        overlaps += groups.filter((group) => inHand.has(group)).length + groups.length - new Set(groups).size;
        for (const group of groups) inHand.add(group);
        mostAtOnce = Math.max(mostAtOnce, inHand.size);
        await pause(20);
        for (const [index, record] of records.entries()) {
          const group = groups[index] ?? '';
          order.set(group, [...(order.get(group) ?? []), numberOf(record)]);
          inHand.delete(group);
        }
        return done;
      },
      { batchSize: 1 },
    );
    const groups = ['a', 'b', 'c'];
    await queue.send(groups.flatMap((group) => [1, 2, 3, 4].map((n) => message(n, group))));

    await expect.poll(() => [...order.values()].flat().length, { timeout: 20_000 }).toBe(12);
    expect([...order.values()]).toEqual(groups.map(() => [1, 2, 3, 4]));
    expect({ overlaps, mostAtOnce }).toEqual({ overlaps: 0, mostAtOnce: 2 });
  });

  it('takes no more than the batch size, and no more batches than may run at once', async () => {
    const sizes: number[] = [];
    let running = 0;
    let most = 0;
    const { queue } = await polled(
      async (records) => {
        running += 1;
        most = Math.max(most, running);
        sizes.push(records.length);
        await pause(30);
        running -= 1;
        return done;
      },
      { batchSize: 3, atOnce: 1 },
    );
    await queue.send(Array.from({ length: 7 }, (_, n) => message(n)));

    await expect.poll(() => sizes.reduce((sum, size) => sum + size, 0), { timeout: 20_000 }).toBe(7);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(3);
    expect(most).toBe(1);
  });
});
