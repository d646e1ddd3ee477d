import { fork } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { TryLater } from '../../../../engine/errors.ts';
import type { Outgoing } from '../../../../engine/ports.ts';
import { patient } from '../../../../infra/aws/local/place.ts';
import { drain } from '../../../contract/place.ts';
import { until } from '../../../harness/until.ts';
import { emulated, type Fresh } from '../fresh.ts';

const place = emulated();
const unlimited = { patienceMs: 20_000, lookMs: 0, shortestMs: 1_000, maxAttempts: 8 };
const message = (n: number): Outgoing => ({ queue: 'investigate', group: 'g', body: { n } });
const write = (id: string, ...numbers: number[]) =>
  ({ collection: 'alerts', id, value: { id }, expect: 'any', send: numbers.map(message) }) as const;
/** Later than anybody who wrote a message into an item still sends it. */
const later = { now: () => new Date(Date.now() + 11_000) };

async function delivered({ healthy }: Fresh): Promise<unknown[]> {
  return (await drain(healthy().queue, 'investigate', unlimited)).map(({ body }) => body);
}

describe('a message that travels with a write', () => {
  it('leaves nothing behind: one write, one send, one clearing', async () => {
    const fresh = await place.fresh();
    const { store } = fresh.open();
    await store.put(write('a', 1, 2));
    expect(fresh.dynamodb.asked).toEqual(['UpdateItem', 'UpdateItem']);
    expect(fresh.sqs.asked).toEqual(['SendMessageBatch']);
    expect(await fresh.open({ clock: later }).store.sweep()).toBe(0);
    expect(fresh.dynamodb.asked.slice(2)).toEqual(['Scan']);
    expect(await delivered(fresh)).toEqual([{ n: 1 }, { n: 2 }]);
  });

  it('is delivered once after a process was killed between the write and the send', { timeout: 120_000 }, async () => {
    const fresh = await place.fresh();
    fresh.sqs.fail('SendMessageBatch', { kind: 'silent' });
    const { dynamodb, sqs, resources } = fresh;
    const told = { dynamodb: dynamodb.access, sqs: sqs.access, resources, limits: patient };
    const child = fork(`${import.meta.dirname}/child.ts`, { env: { ...process.env, PLACE: JSON.stringify(told) } });
    await until('the child to be about to send', () => sqs.asked.includes('SendMessageBatch'), { deadlineMs: 100_000 });
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect((await fresh.healthy().store.get('alerts', 'of a child'))?.version).toBe(1);
    expect(await delivered(fresh)).toEqual([]);

    expect(await fresh.healthy({ clock: later }).store.sweep()).toBe(1);
    expect(await delivered(fresh)).toEqual([{ n: 1 }]);
    expect(await fresh.healthy({ clock: later }).store.sweep()).toBe(0);
    expect(await delivered(fresh)).toEqual([]);
  });

  it('is delivered once after a crash between the send and the clearing', async () => {
    const fresh = await place.fresh();
    const troubles: unknown[] = [];
    const { store } = fresh.open({ onTrouble: (failure) => troubles.push(failure) });
    const out = { kind: 'refused', error: 'ServiceUnavailable', status: 503 } as const;
    fresh.sqs.meanwhile('SendMessageBatch', async () => fresh.dynamodb.fail('UpdateItem', out));
    expect(await store.put(write('a', 1))).toBe(true);
    expect(troubles).toHaveLength(1);
    fresh.dynamodb.heal();

    expect(await fresh.healthy({ clock: later }).store.sweep()).toBe(1);
    expect(await delivered(fresh)).toEqual([{ n: 1 }]);
    expect(await fresh.healthy({ clock: later }).store.sweep()).toBe(0);
  });

  it('that finds no room beside all that SQS has not taken is for later, and costs no attempt', async () => {
    const fresh = await place.fresh();
    const { store } = fresh.open();
    fresh.sqs.fail('SendMessageBatch', { kind: 'refused', error: 'ServiceUnavailable', status: 503 });
    const large = (n: number) => ({
      ...write('a'),
      send: [{ queue: 'investigate', group: 'g', body: { n, pad: 'x'.repeat(90_000) } }] as const,
    });
    for (const n of [1, 2, 3, 4]) expect(await store.put(large(n))).toBe(true);
    await expect(store.put(large(5))).rejects.toThrow(TryLater);

    fresh.sqs.heal();
    expect(await fresh.healthy({ clock: later }).store.sweep()).toBe(4);
    expect(await fresh.healthy().store.put(large(5))).toBe(true);
    expect(await delivered(fresh)).toMatchObject([1, 2, 3, 4, 5].map((n) => ({ n })));
  });

  it('does not make the write fail when SQS takes nothing: the sweep sends it', async () => {
    const fresh = await place.fresh();
    const troubles: unknown[] = [];
    const { store } = fresh.open({ onTrouble: (failure) => troubles.push(failure) });
    fresh.sqs.fail('SendMessageBatch', { kind: 'refused', error: 'RequestThrottled' });
    expect(await store.putAll([write('a', 1), write('b', 2)])).toEqual([true, true]);
    expect(troubles).toMatchObject([{ code: 'TRY_LATER', message: expect.stringContaining('throttled') }]);
    fresh.sqs.heal();
    expect(await fresh.open({ clock: later }).store.sweep()).toBe(2);
    expect(new Set(await delivered(fresh))).toEqual(new Set([{ n: 1 }, { n: 2 }]));
  });

  it('is sent by the next writer of the document, before their own', async () => {
    const fresh = await place.fresh();
    fresh.sqs.fail('SendMessageBatch', { kind: 'refused', error: 'ServiceUnavailable', status: 503 });
    await fresh.open().store.put(write('a', 1));
    fresh.sqs.heal();
    await fresh.open().store.put(write('a', 2));
    expect(await delivered(fresh)).toEqual([{ n: 1 }, { n: 2 }]);
    expect(await fresh.open({ clock: later }).store.sweep()).toBe(0);
  });

  it('is not taken away by a slow sender that somebody has overtaken', async () => {
    const fresh = await place.fresh();
    const slow = fresh.open();
    // While the first message is on its way, another process writes a second one, and dies before it sends it.
    fresh.sqs.meanwhile('SendMessageBatch', async () => {
      fresh.sqs.fail('SendMessageBatch', { kind: 'refused', error: 'ServiceUnavailable', status: 503 });
      await fresh.open().store.put(write('a', 2));
    });
    await slow.store.put(write('a', 1));
    fresh.sqs.heal();
    expect(await delivered(fresh)).toEqual([{ n: 1 }]);
    expect(await fresh.open({ clock: later }).store.sweep()).toBe(2);
    expect(await delivered(fresh)).toEqual([{ n: 2 }]);
  });

  it('stays with its document when somebody writes it without a message', async () => {
    const fresh = await place.fresh();
    fresh.sqs.fail('SendMessageBatch', { kind: 'refused', error: 'ServiceUnavailable', status: 503 });
    await fresh.open().store.put(write('a', 1));
    await fresh.healthy().store.put(write('a'));
    expect(await fresh.healthy({ clock: later }).store.sweep()).toBe(1);
    expect(await delivered(fresh)).toEqual([{ n: 1 }]);
  });

  it.each(['delete', 'prune'] as const)('is sent before its document goes (%s)', async (how) => {
    const fresh = await place.fresh();
    fresh.sqs.fail('SendMessageBatch', { kind: 'refused', error: 'ServiceUnavailable', status: 503 });
    await fresh.open().store.put(write('a', 1));
    const { store } = fresh.healthy();
    if (how === 'delete') await store.delete('alerts', 'a');
    else expect(await store.prune('alerts', later.now())).toBe(1);
    expect(await store.get('alerts', 'a')).toBeUndefined();
    expect(await delivered(fresh)).toEqual([{ n: 1 }]);
  });

  it('is left to its writer for ten seconds', async () => {
    const fresh = await place.fresh();
    fresh.sqs.fail('SendMessageBatch', { kind: 'refused', error: 'ServiceUnavailable', status: 503 });
    const now = Date.now();
    await fresh.open({ clock: { now: () => new Date(now) } }).store.put(write('a', 1));
    const sweptAfter = (ms: number) => fresh.healthy({ clock: { now: () => new Date(now + ms) } }).store.sweep();
    expect(await sweptAfter(9_999)).toBe(0);
    expect(await sweptAfter(10_000)).toBe(1);
  });

  it('does not stand in the way of others when it cannot be sent', async () => {
    const fresh = await place.fresh();
    fresh.sqs.fail('SendMessageBatch', { kind: 'refused', error: 'ServiceUnavailable', status: 503 });
    await fresh.open().store.putAll([write('a', 1), write('b', 2), write('c', 3)]);
    fresh.sqs.heal();
    const troubles: unknown[] = [];
    const { store } = fresh.open({ clock: later, onTrouble: (failure) => troubles.push(failure) });
    fresh.sqs.fail('SendMessageBatch', { kind: 'refused', error: 'InvalidParameterValue' }, 1);
    expect(await store.sweep()).toBe(2);
    expect(troubles).toHaveLength(1);
    expect(await store.sweep()).toBe(1);
    expect(await delivered(fresh)).toHaveLength(3);
  });
});
