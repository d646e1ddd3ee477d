import { describe, expect, it } from 'vitest';
import { TryLater } from '../../../../engine/errors.ts';
import type { Store } from '../../../../engine/ports.ts';
import { accessTo } from '../../../../infra/aws/local/emulators.ts';
import { freePort } from '../../../harness/ports.ts';
import { emulated, impatient } from '../fresh.ts';

const place = emulated();
const write = { collection: 'incidents', id: 'i', value: { state: 'open' }, expect: 'any' } as const;
const operations: Record<string, (store: Store) => Promise<unknown>> = {
  UpdateItem: (store) => store.put(write),
  GetItem: (store) => store.get('incidents', 'i'),
  Query: (store) => store.list('incidents'),
  DeleteItem: (store) => store.delete('incidents', 'i'),
};
const failureOf = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );

describe('a table that is throttled', () => {
  it.each(Object.keys(operations))('for a moment only costs time (%s)', async (operation) => {
    const { dynamodb, open } = await place.fresh();
    dynamodb.fail(operation, { kind: 'refused', error: 'ThrottlingException' }, 1);
    await operations[operation]?.(open().store);
    expect(dynamodb.asked).toEqual([operation, operation]);
  });

  it.each(Object.keys(operations))('for longer asks to come back, after three requests (%s)', async (operation) => {
    const { dynamodb, open } = await place.fresh();
    dynamodb.fail(operation, { kind: 'refused', error: 'ProvisionedThroughputExceededException' });
    const failure = await failureOf(operations[operation]?.(open().store) ?? Promise.resolve());
    expect(failure).toBeInstanceOf(TryLater);
    expect(failure).toMatchObject({ retryAfterMs: 2_000, message: expect.stringContaining('throttled') });
    expect(dynamodb.asked).toEqual([operation, operation, operation]);
  });

  it('in the middle of many writes keeps what was written, and says that not all was', async () => {
    const { dynamodb, open, healthy } = await place.fresh();
    const { store } = open();
    const writes = Array.from({ length: 50 }, (_, n) => ({ ...write, id: String(n), expect: 'absent' }) as const);
    dynamodb.meanwhile('UpdateItem', async () =>
      dynamodb.fail('UpdateItem', { kind: 'refused', error: 'ThrottlingException' }),
    );
    await expect(store.putAll(writes)).rejects.toBeInstanceOf(TryLater);
    dynamodb.heal();
    const before = (await healthy().store.list('incidents')).length;
    expect(before).toBeGreaterThan(0);
    const results = await store.putAll(writes);
    expect(results.filter(Boolean)).toHaveLength(50 - before);
    expect(await healthy().store.list('incidents')).toHaveLength(50);
  });
});

describe('a table that does not answer', () => {
  it.each(Object.keys(operations))('is not waited for: three time-outs, then later (%s)', async (operation) => {
    const { dynamodb, open } = await place.fresh();
    dynamodb.fail(operation, { kind: 'silent' });
    const { store } = open({ limits: impatient });
    const begun = performance.now();
    const failure = await failureOf(operations[operation]?.(store) ?? Promise.resolve());
    expect(failure).toBeInstanceOf(TryLater);
    expect(failure).toMatchObject({ message: expect.stringContaining('did not answer in time') });
    expect(performance.now() - begun).toBeGreaterThan(3 * impatient.answerMs - 50);
    expect(dynamodb.asked).toEqual([operation, operation, operation]);
  });

  it('is not there at all', async () => {
    const { open } = await place.fresh();
    const nobody = accessTo(await freePort());
    const { store } = open({ dynamodb: nobody, limits: impatient });
    await expect(store.get('incidents', 'i')).rejects.toMatchObject({ code: 'TRY_LATER', retryAfterMs: 5_000 });
  });
});

describe('a table that cannot be used', () => {
  it.each([
    ['AccessDeniedException', 'lacks a permission'],
    ['ResourceNotFoundException', 'does not exist'],
    ['UnrecognizedClientException', 'credentials'],
  ])('says what to do about %s, and loses nothing', async (error, words) => {
    const { dynamodb, open } = await place.fresh();
    dynamodb.fail('GetItem', { kind: 'refused', error }, 1);
    const failure = await failureOf(open().store.get('incidents', 'i'));
    expect(failure).toBeInstanceOf(TryLater);
    expect(failure).toMatchObject({ retryAfterMs: 30_000, message: expect.stringContaining(words) });
  });

  it('does not hide a mistake of ours behind later', async () => {
    const { dynamodb, open } = await place.fresh();
    dynamodb.fail('GetItem', { kind: 'refused', error: 'ValidationException' }, 1);
    const failure = await failureOf(open().store.get('incidents', 'i'));
    expect(failure).not.toBeInstanceOf(TryLater);
    expect(failure).toMatchObject({ name: 'ValidationException' });
  });
});
