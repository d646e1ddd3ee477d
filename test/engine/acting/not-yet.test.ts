import { describe, expect, test } from 'vitest';
import { settleUnknown } from '../../../engine/acting/settle.ts';
import { ReadFailure } from '../../../engine/errors.ts';
import { lost } from './lost.ts';

const lead = { user: 'U0LEAD', channel: 'C0CRASH' };

describe('that a request came to nothing', () => {
  test('nobody can say while it may be under way', async () => {
    const { it, id } = await lost();
    await using _lab = it;
    await it.pass(30);
    expect(await settleUnknown(it.acting, id, lead, false)).toMatch(
      /^Nobody can know that yet: the request may be under way in the API server until \d\d:\d\d:\d\d UTC\. Press again then\.$/,
    );
    expect(await it.press(id, 'it-was-not-applied', 'U0LEAD')).toMatchObject({ state: 'unknown' });
    expect((await it.told()).at(-1)).toContain('Nobody can know that yet');
    await it.pass(31);
    expect(await it.press(id, 'it-was-not-applied', 'U0LEAD')).toMatchObject({ state: 'failed' });
  });

  test('nobody can say while its object cannot be looked at', async () => {
    const { it, id } = await lost();
    await using _lab = it;
    await it.pass(61);
    const read = () => Promise.reject(new ReadFailure('timed-out', 'no answer within 10 s'));
    const clusters = it.acting.clusters.map((cluster) => ({ ...cluster, source: { ...cluster.source, read } }));
    expect(await settleUnknown({ ...it.acting, clusters }, id, lead, false)).toBe(
      'Nobody can know that now: Could not look in the cluster: no answer within 10 s. Press again when it can be looked at.',
    );
    // The message follows, and what it says then is no obstacle once it can be looked at.
    expect(await it.plan(id)).toMatchObject({
      state: 'unknown',
      doubt: { seen: expect.stringContaining('Could not') },
    });
    expect(await settleUnknown(it.acting, id, lead, false)).toBeUndefined();
    expect(await it.plan(id)).toMatchObject({ state: 'failed' });
  });

  test('is looked up once more: it may have come late', async () => {
    const { it, id, arrives } = await lost();
    await using _lab = it;
    await it.pass(61);
    await arrives();
    expect(await settleUnknown(it.acting, id, lead, false)).toBe(
      'Looked in the cluster: the change is there, which the message did not say when you answered. Look at it as it is now, and press again.',
    );
    expect(await it.plan(id)).toMatchObject({ state: 'unknown', doubt: { seen: expect.stringContaining('is there') } });
    // Somebody else may have made the same change: whoever has read that may say so.
    expect(await settleUnknown(it.acting, id, lead, false)).toBeUndefined();
    expect(await it.plan(id)).toMatchObject({ state: 'failed' });
  });

  test('can be said of a cluster that is no longer configured: nothing will ever look there', async () => {
    const { it, id } = await lost();
    await using _lab = it;
    await it.pass(61);
    expect(await settleUnknown({ ...it.acting, clusters: [] }, id, lead, false)).toBeUndefined();
    expect(await it.plan(id)).toMatchObject({ state: 'failed' });
  });
});

test('that it was applied can be said at once', async () => {
  const { it, id, arrives } = await lost();
  await using _lab = it;
  await arrives();
  expect(await it.press(id, 'it-was-applied', 'U0LEAD')).toMatchObject({ state: 'applied' });
});
