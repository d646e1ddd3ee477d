import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { WebhookRecord } from '../../../engine/alert.ts';
import { TryLater } from '../../../engine/errors.ts';
import { MAX_BODY_BYTES } from '../../../functions/http.ts';
import { alertsEntry } from '../../../functions/lambda/alerts-entry.ts';
import { createMetrics } from '../../../functions/metrics.ts';
import { night } from '../../engine/night.ts';
import { httpEvent, type Sent } from './events.ts';

/** Requests of a real Alertmanager 0.25. */
const [firing] = JSON.parse(
  readFileSync(new URL('../../recorded/alertmanager/webhooks-0.25.json', import.meta.url), 'utf8'),
) as [{ readonly headers: Record<string, string>; readonly body: string }];
const token = 'test-bearer-token';

async function door() {
  const tonight = await night();
  const { store, clock } = tonight.desk;
  const untold: string[] = [];
  const parts = {
    store,
    clock,
    metrics: createMetrics(tonight.queue),
    token: async () => token,
    newest: async () => token,
    onNotStored: (failure: unknown) => void untold.push(String(failure)),
  };
  const post = (sent: Sent = {}, change: Partial<typeof parts> = {}) =>
    alertsEntry({ ...parts, ...change })(httpEvent({ path: '/alerts', ...firing, ...sent }));
  return { tonight, post, parts, untold, [Symbol.asyncDispose]: () => tonight[Symbol.asyncDispose]() };
}

describe('the function alerts', () => {
  it('answers 200 once the alerts of a real Alertmanager are stored, with the message that has them worked on', async () => {
    await using it = await door();

    expect(await it.post()).toMatchObject({ statusCode: 200, body: 'stored: 2\n' });
    expect(await it.tonight.desk.store.list('webhooks')).toHaveLength(1);
    expect(await it.tonight.queue.depth('investigate')).toMatchObject({ waiting: 1 });
  });

  it.each<[string, Sent]>([
    ['in base64', { base64: true }],
    ['behind a stage with a name', { stage: 'prod' }],
    [
      'with header names as it wrote them',
      { headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json; charset=UTF-8' } },
    ],
  ])('takes them %s', async (_how, sent) => {
    await using it = await door();

    expect(await it.post(sent)).toMatchObject({ statusCode: 200, body: 'stored: 2\n' });
  });

  it.each([
    ['no token', {}],
    ['another one', { authorization: 'Bearer other' }],
    ['the right one twice', { authorization: `Bearer ${token},Bearer ${token}` }],
  ])('answers 401 to %s, and stores nothing', async (_what, headers) => {
    await using it = await door();

    expect(await it.post({ headers })).toMatchObject({ statusCode: 401 });
    expect(await it.tonight.desk.store.list('webhooks')).toEqual([]);
  });

  it('lets nobody in by an empty token, nor by none', async () => {
    await using it = await door();

    expect(await it.post({ headers: {} }, { token: async () => '' })).toMatchObject({ statusCode: 401 });
  });

  it('takes a token that was rotated a moment ago, and the old one no longer', async () => {
    await using it = await door();
    let cached = 'old';
    const rotated = {
      token: async () => cached,
      newest: async () => {
        cached = token;
        return cached;
      },
    };

    expect(await it.post({}, rotated)).toMatchObject({ statusCode: 200 });
    expect(await it.post({ headers: { authorization: 'Bearer old' } }, rotated)).toMatchObject({ statusCode: 401 });
    expect(await it.tonight.desk.store.list('webhooks')).toHaveLength(1);
  });

  it('asks for a newer token for whoever has another one, and for nobody who has none', async () => {
    await using it = await door();
    let asked = 0;
    const counting = {
      newest: async () => {
        asked += 1;
        return token;
      },
    };

    await it.post({ headers: {} }, counting);
    await it.post({}, counting);
    expect(asked).toBe(0);
    await it.post({ headers: { authorization: 'Bearer other' } }, counting);
    expect(asked).toBe(1);
  });

  it('answers 413 to more than it reads, whatever way it came, and keeps a note: it does not come again', async () => {
    await using it = await door();
    const body = JSON.stringify({ padding: 'x'.repeat(MAX_BODY_BYTES) });

    expect(await it.post({ body })).toMatchObject({ statusCode: 413, body: expect.stringContaining('group_by') });
    expect(await it.post({ body, base64: true })).toMatchObject({ statusCode: 413 });
    const kept = await it.tonight.desk.store.list<WebhookRecord>('webhooks');
    expect(kept.map(({ value }) => value.rejected?.why)).toEqual(
      [1, 2].map(() => expect.stringContaining('too large')),
    );
    expect(await it.parts.metrics.registry.getSingleMetricAsString('nightshift_webhooks_total')).toContain(
      '{outcome="rejected"} 2',
    );
  });

  it('keeps nothing of it for whoever has no token', async () => {
    await using it = await door();
    const body = 'x'.repeat(MAX_BODY_BYTES + 1);

    expect(await it.post({ body, headers: {} })).toMatchObject({ statusCode: 401 });
    expect(await it.tonight.desk.store.list('webhooks')).toEqual([]);
  });

  it('keeps what is authentic but malformed, and answers 200: a 4xx would be sent again for ever', async () => {
    await using it = await door();

    expect(await it.post({ body: '{' })).toMatchObject({ statusCode: 200, body: expect.stringContaining('not JSON') });
    expect(await it.tonight.desk.store.list('webhooks')).toHaveLength(1);
  });

  it('answers 503 while it cannot store, or cannot learn its token: Alertmanager sends it again; why is told, and counted', async () => {
    await using it = await door();
    const later = () => Promise.reject(new TryLater('the table is throttled', 1_000));

    expect(await it.post({}, { store: { ...it.parts.store, put: later } })).toMatchObject({ statusCode: 503 });
    expect(await it.post({}, { token: later })).toMatchObject({ statusCode: 503 });
    expect(it.untold).toEqual(Array(2).fill(expect.stringContaining('the table is throttled')));
    const counted = await it.parts.metrics.registry.getSingleMetricAsString('nightshift_webhooks_total');
    expect(counted).toContain('{outcome="not-stored"} 2');
  });

  it('fails as a function when the store refuses for good, so that an alarm is raised and Alertmanager tries on', async () => {
    await using it = await door();
    const denied = () => Promise.reject(new Error('AccessDeniedException'));

    await expect(it.post({}, { store: { ...it.parts.store, put: denied } })).rejects.toThrow('AccessDeniedException');
  });

  it('counts what it did', async () => {
    await using it = await door();
    await it.post();
    await it.post({ headers: {} });
    await it.post({ body: '{' });

    const counted = await it.parts.metrics.registry.getSingleMetricAsString('nightshift_webhooks_total');
    for (const outcome of ['accepted', 'unauthorized', 'rejected'])
      expect(counted).toContain(`{outcome="${outcome}"} 1`);
  });
});
