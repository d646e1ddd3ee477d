import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, describe, expect, it } from 'vitest';
import { accounts } from '../../engine/accounts.ts';
import { TryLater } from '../../engine/errors.ts';
import type { Store } from '../../engine/ports.ts';
import { receiveAlerts } from '../../functions/alerts.ts';
import { createMetrics } from '../../functions/metrics.ts';
import { openDatabase } from '../../infra/local/store/open.ts';
import { systemClock as clock } from '../contract/place.ts';
import { type Night, night } from '../engine/night.ts';
import { workplace } from './process.ts';

interface Recorded {
  readonly headers: Record<string, string>;
  readonly body: string;
}
const recorded = JSON.parse(
  readFileSync(join(import.meta.dirname, '../recorded/alertmanager/webhooks-0.25.json'), 'utf8'),
) as Recorded[];
const [firing, retry] = recorded as [Recorded, Recorded];

function door({ desk, queue }: Night, change: { token?: string; store?: Store } = {}) {
  const parts = {
    store: desk.store,
    clock: desk.clock,
    metrics: createMetrics(queue),
    token: 'test-bearer-token',
    ...change,
  };
  return {
    metrics: parts.metrics,
    post: (body: string, headers: Record<string, string> = firing.headers) =>
      receiveAlerts(parts, { method: 'POST', path: '/alerts', headers, body }),
  };
}

describe('the front door', () => {
  it('answers 200 once the alerts of a real Alertmanager request are stored', async () => {
    await using tonight = await night();

    const response = await door(tonight).post(firing.body);

    expect(response).toMatchObject({ status: 200, body: 'stored: 2\n' });
    expect(await tonight.desk.store.list('webhooks')).toHaveLength(1);
    expect(await tonight.queue.depth('investigate')).toMatchObject({ waiting: 1 });
  });

  it('knows Alertmanager’s own retry as the same alerts', async () => {
    await using tonight = await night();
    const { post } = door(tonight);

    await post(firing.body);

    expect(await post(retry.body, retry.headers)).toMatchObject({ status: 200, body: 'stored: 2\n' });
    await tonight.settle();
    expect(await tonight.desk.store.list('alerts')).toHaveLength(2);
    expect((await accounts(tonight.desk.store)).totals).toMatchObject({
      webhooks: { received: 2, rejected: 0 },
      alerts: { posted: 2, joined: 2 },
    });
  });

  it.each([
    ['no token', {}],
    ['another token', { authorization: 'Bearer other' }],
    ['another token of the same length', { authorization: 'Bearer test-bearer-tokem' }],
    ['a shorter token', { authorization: 'Bearer test' }],
    ['another scheme', { authorization: 'Basic test-bearer-token' }],
  ])('answers 401 to %s, and stores nothing', async (_what, headers) => {
    await using tonight = await night();

    expect(await door(tonight).post(firing.body, headers)).toMatchObject({ status: 401 });
    expect(await tonight.desk.store.list('webhooks')).toEqual([]);
  });

  it.each([
    ['{', 'the body is not JSON'],
    ['[]', 'body: '],
    ['{"version":"3","alerts":[]}', 'version'],
    [firing.body.replaceAll('"status":"firing","labels":{', '"status":"fired","labels":{'), 'alerts.0.status'],
  ])('keeps what is authentic but malformed, answers 200, and names the field: %#', async (body, field) => {
    await using tonight = await night();
    const { post, metrics } = door(tonight);

    expect(await post(body)).toMatchObject({ status: 200, body: expect.stringContaining(field) });

    const { webhooks, totals } = await accounts(tonight.desk.store);
    expect(webhooks).toMatchObject([{ rejected: expect.stringContaining(field), alerts: [] }]);
    expect(totals).toMatchObject({ webhooks: { received: 1, rejected: 1 }, alerts: {} });
    expect(totals.alerts).toEqual({});
    expect(await metrics.registry.metrics()).toContain('nightshift_webhooks_total{outcome="rejected"} 1');
  });

  it.each([
    [firing.body.replace('"pod":"api-1"', '"pod":7'), 'alerts.0.labels.pod'],
    [firing.body.replace('5fc8dad536f5c359', ''), 'alerts.0.fingerprint'],
  ])('takes the alerts it understands, and names the field of the one it does not: %#', async (body, field) => {
    await using tonight = await night();

    expect(await door(tonight).post(body)).toMatchObject({ status: 200, body: expect.stringContaining(field) });
    await tonight.settle();

    const { webhooks, totals } = await accounts(tonight.desk.store);
    expect(webhooks).toMatchObject([{ refused: [expect.stringContaining(field)], alerts: [{ outcome: 'posted' }] }]);
    expect(totals).toMatchObject({ webhooks: { received: 1, rejected: 0 }, alerts: { rejected: 1, posted: 1 } });
  });

  it('keeps the alert it does not understand beside those it does, without its secrets, and cut', async () => {
    await using tonight = await night();
    const bad = { ...JSON.parse(firing.body).alerts[0], fingerprint: '' };
    bad.annotations = { description: 'redis://:s3cretPass@redis:6379/0', long: 'x'.repeat(100_000) };
    const body = JSON.parse(firing.body);

    await door(tonight).post(JSON.stringify({ ...body, alerts: [bad, ...body.alerts, bad] }));

    const { webhooks } = await accounts(tonight.desk.store);
    const [first = '', second] = webhooks[0]?.kept ?? [];
    expect(webhooks[0]?.refused).toHaveLength(2);
    expect(first).toContain('"description":"redis://:[redacted]@redis:6379/0"');
    expect(first.length).toBe(64 * 1024);
    expect(second).toBe('');
  });

  it('keeps the body it does not understand at all without its secrets', async () => {
    await using tonight = await night();

    await door(tonight).post('{"version":"3","password":"hunter2"}');

    const { webhooks } = await accounts(tonight.desk.store);
    expect(webhooks).toMatchObject([{ kept: ['{"version":"3","password":"[redacted]"}'] }]);
    expect(JSON.stringify(await tonight.desk.store.list('webhooks'))).not.toContain('hunter2');
  });

  it('lets fields through that newer Alertmanagers add', async () => {
    await using tonight = await night();
    const body = JSON.stringify({
      ...JSON.parse(firing.body),
      notification_reason: 'first notification',
      routeLabels: {},
    });

    expect(await door(tonight).post(body)).toMatchObject({ status: 200, body: 'stored: 2\n' });
  });

  it('answers 503 when the alerts cannot be stored, so that Alertmanager sends them again', async () => {
    await using tonight = await night();
    const full = { ...tonight.desk.store, put: () => Promise.reject(new TryLater('the disk is full', 1_000)) };

    expect(await door(tonight, { store: full }).post(firing.body)).toMatchObject({ status: 503 });
  });
});

describe('the front door when its store is in trouble', () => {
  const places: Disposable[] = [];
  afterEach(() => {
    for (const place of places.splice(0)) place[Symbol.dispose]();
  });

  async function doorOnDisk(options: { readonly maxBytes?: number } = {}) {
    const place = workplace();
    places.push(place);
    const { store, queue, close } = await openDatabase({ directory: place.directory, clock, ...options });
    const parts = { store, clock, metrics: createMetrics(queue), token: 'test-bearer-token' };
    let sent = 0;
    const post = async () => {
      sent += 1;
      const body = firing.body.replaceAll('5fc8dad536f5c359', `a${sent}`).replaceAll('9332486abd522e74', `b${sent}`);
      return (await receiveAlerts(parts, { method: 'POST', path: '/alerts', headers: firing.headers, body })).status;
    };
    return { directory: place.directory, store, post, close };
  }

  it('answers 503 while the disk is full, loses nothing it had answered 200, and takes alerts again once there is room', async () => {
    const { store, post, close } = await doorOnDisk({ maxBytes: 300_000 });
    let accepted = 0;
    while ((await post()) === 200) accepted += 1;

    expect(accepted).toBeGreaterThan(5);
    expect(await post()).toBe(503);
    expect(await store.list('webhooks')).toHaveLength(accepted);

    for (const { id } of await store.list('webhooks')) await store.delete('webhooks', id);
    expect(await post()).toBe(200);
    await close();
  });

  it('answers 503 while another program holds the file, and 200 after that', async () => {
    const { directory, post, close } = await doorOnDisk();
    const other = new DatabaseSync(join(directory, 'nightshift.db'));
    other.exec('BEGIN IMMEDIATE');

    expect(await post()).toBe(503);
    other.exec('ROLLBACK');
    other.close();
    expect(await post()).toBe(200);
    await close();
  });
});
