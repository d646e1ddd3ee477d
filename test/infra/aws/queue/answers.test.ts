import { ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { describe, expect, it } from 'vitest';
import { TryLater } from '../../../../engine/errors.ts';
import type { Outgoing } from '../../../../engine/ports.ts';
import { maxAttempts } from '../../../../engine/ports.ts';
import { deliveryOf } from '../../../../infra/aws/queue/delivery.ts';
import type { SqsQueue } from '../../../../infra/aws/queue/queue.ts';
import { drain, type Pace, receiveOne } from '../../../contract/place.ts';
import { emulated } from '../fresh.ts';

const place = emulated();
const pace: Pace = { patienceMs: 20_000, lookMs: 0, shortestMs: 1_000, maxAttempts };
const letter = (n: number, group = 'a'): Outgoing => ({ queue: 'investigate', group, body: { n } });
const card: Outgoing = { queue: 'announce', group: 'channel', body: { card: 1 } };
const bodies = async (queue: SqsQueue, name: 'investigate' | 'announce' = 'investigate') =>
  (await drain(queue, name, pace)).map(({ body }) => body);
const unavailable = { kind: 'refused', error: 'ServiceUnavailable', status: 503 } as const;

describe('a message that is done', () => {
  it('is done again after a crash before its deletion, and what it sent is delivered once', async () => {
    const { open, sqs } = await place.fresh();
    const { queue } = open();
    await queue.send([letter(1)]);
    const first = await receiveOne(queue, 'investigate', pace);
    sqs.fail('DeleteMessage', unavailable);
    await expect(queue.done(first, [card])).rejects.toBeInstanceOf(TryLater);
    sqs.heal();
    await queue.retry(first, { delayMs: 0, reason: 'the deletion failed' });
    await queue.done(await receiveOne(queue, 'investigate', pace), [card]);
    expect(await bodies(queue, 'announce')).toEqual([{ card: 1 }]);
    expect(await bodies(queue)).toEqual([]);
  });

  it('sends nothing when somebody else has it meanwhile', async () => {
    const { open } = await place.fresh();
    const { queue } = open();
    await queue.send([letter(1)]);
    const lost = await receiveOne(queue, 'investigate', pace, 1_000);
    await receiveOne(queue, 'investigate', pace);
    await queue.done(lost, [card]);
    expect(await queue.depth('announce')).toMatchObject({ waiting: 0 });
    expect(await queue.depth('investigate')).toMatchObject({ inFlight: 1 });
  });

  it.each([
    [
      'InvalidParameterValue',
      'Value AQEB for parameter ReceiptHandle is invalid. Reason: The receipt handle has expired.',
    ],
    ['ReceiptHandleIsInvalid', 'The input receipt handle is invalid.'],
    ['MessageNotInflight', 'Message does not exist or is not available for visibility timeout change.'],
  ])('has no say once its time is over, in whatever words SQS says so: %s', async (error, message) => {
    const { open, sqs } = await place.fresh();
    const { queue } = open();
    await queue.send([letter(1), letter(2, 'b')]);
    for (const operation of ['ChangeMessageVisibility', 'DeleteMessage']) {
      sqs.fail(operation, { kind: 'refused', error, message });
    }
    await queue.done(await receiveOne(queue, 'investigate', pace), [card]);
    await queue.done(await receiveOne(queue, 'investigate', pace));
    expect(await queue.depth('announce')).toMatchObject({ waiting: 0 });
    expect(await queue.depth('investigate')).toMatchObject({ inFlight: 2 });
  });

  it('may send the same twice, if that is what it wants', async () => {
    const { open } = await place.fresh();
    const { queue } = open();
    await queue.send([letter(1)]);
    await queue.done(await receiveOne(queue, 'investigate', pace), [card, card]);
    expect(await bodies(queue, 'announce')).toHaveLength(2);
  });
});

describe('a message that waits through nobody’s fault', () => {
  it('is hidden for longer, and not lost, while the table cannot be told so', async () => {
    const { open, dynamodb } = await place.fresh();
    const { queue } = open();
    await queue.send([letter(1), letter(2)]);
    dynamodb.fail('UpdateItem', unavailable);
    await queue.retry(await receiveOne(queue, 'investigate', pace), {
      delayMs: 0,
      reason: 'rate limit',
      countsAsAttempt: false,
    });
    expect(await bodies(queue)).toEqual([]);
    expect(await queue.depth('investigate')).toMatchObject({ waiting: 1, inFlight: 1, dead: 0 });
  });

  it('costs no look at the table when it is delivered for the first time, delayed or not', async () => {
    const { open, dynamodb } = await place.fresh();
    const { queue } = open();
    await queue.send([letter(1), { ...letter(2, 'b'), delayMs: 500 }]);
    const received = [await receiveOne(queue, 'investigate', pace), await receiveOne(queue, 'investigate', pace)];
    expect(received.map(({ attempt }) => attempt)).toEqual([1, 1]);
    expect(dynamodb.asked).toEqual([]);
  });
});

describe('a message that SQS would soon give up', () => {
  async function delivered(message: Outgoing) {
    const { open, resources } = await place.fresh();
    const { queue, sqs } = open();
    await queue.send([message]);
    const command = new ReceiveMessageCommand({ QueueUrl: resources.urls.investigate, VisibilityTimeout: 600 });
    const { Messages: [first = {}] = [] } = await sqs.send(command);
    const delivery = { ...deliveryOf(first), firstReceivedAt: Date.now() };
    return { queue, line: queue.line('investigate'), delivery };
  }

  it('because it was delivered 540 times, to wait for what is nobody’s fault, begins anew', async () => {
    const { queue, line, delivery } = await delivered(letter(1));
    const message = await line.take({ ...delivery, receiveCount: 540 });
    if (typeof message !== 'object') throw new Error(`it is ${message}`);
    expect(await line.retry(message, { delayMs: 500, reason: 'Slack is out', countsAsAttempt: false })).toBe('gone');
    expect(await bodies(queue)).toEqual([]);
    expect(await receiveOne(queue, 'investigate', pace)).toMatchObject({ group: 'a', body: { n: 1 }, attempt: 1 });
    expect(await queue.depth('investigate')).toMatchObject({ waiting: 0, inFlight: 1, dead: 0 });
  });

  it('because it has waited for ten days to fall due, waits on in a copy', async () => {
    const { queue, line, delivery } = await delivered({ ...letter(1), delayMs: 1_500 });
    expect(await line.take({ ...delivery, sentAt: Date.now() - 10 * 86_400_000 })).toBe('gone');
    expect(await bodies(queue)).toEqual([]);
    expect(await receiveOne(queue, 'investigate', pace)).toMatchObject({ body: { n: 1 }, attempt: 1 });
  });
});

it('does not lose a message when the table cannot be told that it is tried', async () => {
  const { open, healthy, dynamodb } = await place.fresh();
  const { queue } = open();
  await queue.send([letter(1)]);
  await queue.retry(await receiveOne(queue, 'investigate', pace), { delayMs: 0, reason: 'a fault' });
  dynamodb.fail('UpdateItem', unavailable);
  const receive = queue.receive('investigate', { max: 1, leaseMs: 1_000, waitMs: 0 });
  await expect(receive).rejects.toBeInstanceOf(TryLater);
  expect(await healthy().queue.depth('investigate')).toMatchObject({ waiting: 0, inFlight: 1, dead: 0 });
});

it('hands over what it has when the next message is trouble', async () => {
  const { open, dynamodb } = await place.fresh();
  const { queue } = open();
  await queue.send([letter(1, 'a'), letter(2, 'b')]);
  const failed = await queue.receive('investigate', { max: 2, leaseMs: 60_000, waitMs: 0 });
  for (const message of failed) await queue.retry(message, { delayMs: 0, reason: 'a fault' });
  dynamodb.meanwhile('UpdateItem', async () => dynamodb.fail('UpdateItem', unavailable));
  expect(await queue.receive('investigate', { max: 10, leaseMs: 60_000, waitMs: 0 })).toHaveLength(1);
});

describe('sending', () => {
  it('takes ten messages in one request', async () => {
    const { open, sqs } = await place.fresh();
    const { queue } = open();
    await queue.send(Array.from({ length: 25 }, (_, n) => letter(n)));
    expect(sqs.asked).toEqual(['SendMessageBatch', 'SendMessageBatch', 'SendMessageBatch']);
    expect(await bodies(queue)).toEqual(Array.from({ length: 25 }, (_, n) => ({ n })));
  });

  it('asks nothing when there is nothing to send', async () => {
    const { open, sqs } = await place.fresh();
    await open().queue.send([]);
    expect(sqs.asked).toEqual([]);
  });

  it('fits large messages into as many requests as they need', async () => {
    const { open, sqs } = await place.fresh();
    const { queue } = open();
    const text = 'x'.repeat(400_000);
    await queue.send([1, 2, 3].map((n) => ({ ...letter(n, `group ${n}`), body: { n, text } })));
    expect(sqs.asked).toHaveLength(2);
    expect(await bodies(queue)).toHaveLength(3);
  });

  it('refuses a message that is too large, and sends none of its company', async () => {
    const { open, sqs } = await place.fresh();
    const huge = { ...letter(2), body: 'x'.repeat(1_100_000) };
    await expect(open().queue.send([letter(1), huge])).rejects.toMatchObject({
      code: 'MESSAGE_TOO_LARGE',
      message: expect.stringContaining('send a reference'),
    });
    expect(sqs.asked).toEqual([]);
  });

  it('sends those of a batch again that SQS did not take', async () => {
    const { open, sqs } = await place.fresh();
    const { queue } = open();
    const Failed = [{ Id: '1', SenderFault: false, Code: 'InternalError', Message: 'again, please' }];
    sqs.fail('SendMessageBatch', { kind: 'answered', body: { Successful: [], Failed } }, 1);
    await queue.send([letter(1, 'a'), letter(2, 'b'), letter(3, 'c')]);
    expect(await bodies(queue)).toEqual([{ n: 2 }]);
  });

  it('asks to come back when SQS does not take one at all', async () => {
    const { open, sqs } = await place.fresh();
    const Failed = [{ Id: '0', SenderFault: false, Code: 'InternalError', Message: 'not now' }];
    sqs.fail('SendMessageBatch', { kind: 'answered', body: { Successful: [], Failed } });
    await expect(open().queue.send([letter(1)])).rejects.toMatchObject({ code: 'TRY_LATER' });
    expect(sqs.asked).toHaveLength(3);
  });

  it('says so when a message will never be taken', async () => {
    const { open, sqs } = await place.fresh();
    const Failed = [{ Id: '0', SenderFault: true, Code: 'InvalidMessageContents', Message: 'not these characters' }];
    sqs.fail('SendMessageBatch', { kind: 'answered', body: { Successful: [], Failed } });
    await expect(open().queue.send([letter(1)])).rejects.toMatchObject({
      code: 'MESSAGE_REFUSED',
      message: expect.stringContaining('not these characters'),
    });
  });

  it('delivers once when its answer is lost and the SDK repeats it', async () => {
    const { open, sqs } = await place.fresh();
    const { queue } = open();
    sqs.fail('SendMessageBatch', { kind: 'answer lost' }, 2);
    await queue.send([letter(1)]);
    expect(await bodies(queue)).toEqual([{ n: 1 }]);
  });

  it('survives a throttle, and asks to come back from a longer one', async () => {
    const { open, sqs } = await place.fresh();
    const { queue } = open();
    sqs.fail('SendMessageBatch', { kind: 'refused', error: 'RequestThrottled' }, 1);
    await queue.send([letter(1)]);
    sqs.fail('SendMessageBatch', { kind: 'refused', error: 'RequestThrottled' });
    await expect(queue.send([letter(2)])).rejects.toMatchObject({ code: 'TRY_LATER', retryAfterMs: 2_000 });
    expect(await bodies(queue)).toEqual([{ n: 1 }]);
  });
});
