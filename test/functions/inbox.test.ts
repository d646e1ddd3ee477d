import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import pino from 'pino';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type Accounts, accounts } from '../../engine/accounts.ts';
import { messageOf } from '../../engine/errors.ts';
import { receiveAlerts } from '../../functions/alerts.ts';
import { rushInbox } from '../../functions/inbox.ts';
import { createMetrics } from '../../functions/metrics.ts';
import { frontDoorRush } from '../../functions/rush.ts';
import { openInbox } from '../../infra/local/inbox/inbox.ts';
import { type Embedded, openDatabase } from '../../infra/local/store/open.ts';
import { systemClock as clock } from '../contract/place.ts';
import { nightshift, server, until, workplace } from './process.ts';

interface Recorded {
  readonly headers: Record<string, string>;
  readonly body: string;
}
const [firing] = JSON.parse(
  readFileSync(join(import.meta.dirname, '../recorded/alertmanager/webhooks-0.25.json'), 'utf8'),
) as [Recorded];

const RUSH = 40;
const inARush = 'stored, to be read in a moment\n';
const calm = 'stored: 2\n';
const body = (n: number) => firing.body.replaceAll('5fc8dad536f5c359', `a${n}`).replaceAll('9332486abd522e74', `b${n}`);

function directory(): string {
  const place = workplace();
  onTestFinished(() => place[Symbol.dispose]());
  return place.directory;
}

async function database(place: string): Promise<Embedded> {
  const opened = await openDatabase({ directory: place, clock });
  onTestFinished(opened.close);
  return opened;
}

/** The front door with its inbox, as the server puts them together. */
async function door(place: string, { store, queue }: Embedded) {
  const unread = await openInbox({ directory: place });
  const metrics = createMetrics(queue, unread.waitingBytes);
  const rush = frontDoorRush();
  const inbox = rushInbox(unread, { store, clock, metrics }, { rush, log: pino({ enabled: false }) });
  onTestFinished(inbox.close);
  const parts = { store, clock, metrics, inbox, token: 'test-bearer-token' };
  const post = (text: string) =>
    rush.during(() => receiveAlerts(parts, { method: 'POST', path: '/alerts', headers: firing.headers, body: text }));
  return {
    post,
    burst: (count: number) => Promise.all(Array.from({ length: count }, (_, n) => post(body(n)))),
    allRead: () => until(() => (inbox.isOpen() ? undefined : true), 'the inbox to be read'),
    exposition: () => metrics.registry.metrics(),
  };
}

describe('the front door in a rush', () => {
  it('keeps requests unread when many come at once, reads them afterwards, and is its old self then', async () => {
    const place = directory();
    const embedded = await database(place);
    const { post, burst, allRead } = await door(place, embedded);

    const answers = await burst(RUSH);

    expect(answers.every(({ status }) => status === 200)).toBe(true);
    expect(answers.filter((answer) => answer.body === calm).length).toBeGreaterThan(10);
    expect(answers.filter((answer) => answer.body === inARush).length).toBeGreaterThan(10);
    await allRead();
    expect((await accounts(embedded.store)).totals.webhooks).toEqual({ received: RUSH, rejected: 0 });
    expect((await embedded.queue.depth('investigate')).waiting).toBe(RUSH);
    expect(await post(body(RUSH))).toMatchObject({ status: 200, body: calm });
    expect(readdirSync(place).filter((name) => name.startsWith('inbox'))).toEqual([]);
  });

  it('accounts for what it cannot understand, with the field that was wrong', async () => {
    const place = directory();
    const embedded = await database(place);
    const { burst, post, allRead, exposition } = await door(place, embedded);

    const [, misfit] = await Promise.all([burst(RUSH), post('{"version":"3","alerts":[]}')]);

    expect(misfit).toMatchObject({ status: 200, body: inARush });
    await allRead();
    const { totals, webhooks } = await accounts(embedded.store);
    expect(totals.webhooks).toEqual({ received: RUSH + 1, rejected: 1 });
    expect(webhooks.filter(({ rejected }) => rejected?.includes('version'))).toHaveLength(1);
    const text = await exposition();
    expect(text).toContain(`nightshift_webhooks_total{outcome="accepted"} ${RUSH}`);
    expect(text).toContain('nightshift_webhooks_total{outcome="rejected"} 1');
    expect(text).toContain('nightshift_inbox_unread_bytes 0');
  });

  it('keeps nothing of whoever has the wrong token', async () => {
    const embedded = await database(directory());
    const headers = { ...firing.headers, authorization: 'Bearer other' };
    const parts = {
      store: embedded.store,
      clock,
      metrics: createMetrics(embedded.queue),
      token: 'test-bearer-token',
      inbox: { isOpen: () => true, keep: () => Promise.reject(new Error('kept without a token')) },
    };

    expect(await receiveAlerts(parts, { method: 'POST', path: '/alerts', headers, body: body(1) })).toMatchObject({
      status: 401,
    });
  });

  it('goes on storing while another program holds the database, and reads when it can again', async () => {
    const place = directory();
    const embedded = await database(place);
    const { burst, allRead } = await door(place, embedded);
    const other = new DatabaseSync(join(place, 'nightshift.db'));
    other.exec('BEGIN IMMEDIATE');

    const answers = await burst(RUSH);
    const stored = answers.filter(({ status }) => status === 200);

    expect(stored.every((answer) => answer.body === inARush)).toBe(true);
    expect(stored.length).toBeGreaterThan(10);
    expect(answers.filter(({ status }) => status === 503)).toHaveLength(RUSH - stored.length);
    other.exec('ROLLBACK');
    other.close();
    await allRead();
    expect((await accounts(embedded.store)).totals.webhooks.received).toBe(stored.length);
  });

  it('says once in the log why it answers 503, however many ask, and again after it could keep something', async () => {
    const { store, queue } = await database(directory());
    const lines: string[] = [];
    const log = pino({ level: 'error' }, { write: (line) => lines.push(line) });
    const gone = join(directory(), 'unmounted');
    mkdirSync(gone);
    const unread = await openInbox({ directory: gone });
    const inbox = rushInbox(unread, { store, clock, metrics: createMetrics(queue) }, { rush: frontDoorRush(), log });
    onTestFinished(inbox.close);
    const keep = () => inbox.keep(Buffer.from(body(1))).then(() => 'kept', messageOf);
    rmSync(gone, { recursive: true });

    const enoent = expect.stringContaining('ENOENT');
    expect(await Promise.all([keep(), keep(), keep()])).toEqual([enoent, enoent, enoent]);
    expect(lines).toEqual([expect.stringMatching(/ENOENT.*webhooks cannot be kept now/)]);
    mkdirSync(gone);
    expect(await keep()).toBe('kept');
    await until(() => (inbox.isOpen() ? undefined : true), 'the inbox to be read');
    rmSync(gone, { recursive: true });
    expect(await keep()).toContain('ENOENT');
    expect(lines).toHaveLength(2);
  });

  it('reads what an earlier process left, once, also when that one had stored it without saying so', async () => {
    const place = directory();
    const embedded = await database(place);
    const left = await openInbox({ directory: place });
    for (const n of [1, 2, 3]) await left.keep(Buffer.from(body(n)), clock.now());
    await left.close();

    for (const life of [1, 2]) {
      // The files come back as if the process had died between storing and removing them.
      const files = readdirSync(place).filter((name) => name.startsWith('inbox'));
      expect(files, `life ${life}`).toHaveLength(1);
      const copies = files.map((name) => ({ name, bytes: readFileSync(join(place, name)) }));
      const { allRead } = await door(place, embedded);
      await allRead();
      expect((await accounts(embedded.store)).totals.webhooks.received, `life ${life}`).toBe(3);
      expect((await embedded.queue.depth('investigate')).waiting, `life ${life}`).toBe(3);
      for (const { name, bytes } of copies) writeFileSync(join(place, name), bytes);
    }
  });

  it('accounts for what the disk has damaged, and reads what came after it', async () => {
    const place = directory();
    const embedded = await database(place);
    const left = await openInbox({ directory: place });
    for (const n of [1, 2, 3]) await left.keep(Buffer.from(body(n)), clock.now());
    await left.close();
    const [name = ''] = readdirSync(place).filter((one) => one.startsWith('inbox'));
    const bytes = readFileSync(join(place, name));
    bytes.write('?', bytes.indexOf('a2"'));
    writeFileSync(join(place, name), bytes);

    const { allRead } = await door(place, embedded);
    await allRead();

    const { totals, webhooks } = await accounts(embedded.store);
    expect(totals.webhooks).toEqual({ received: 3, rejected: 1 });
    const aside = join(place, name.replace('.log', '.damaged'));
    expect(webhooks.map(({ rejected }) => rejected)).toContain(
      `one or more webhooks were damaged on the disk: see ${aside}`,
    );
    expect(readFileSync(aside)).toEqual(bytes);
  });

  it('loses nothing it answered 200 when it is killed in the burst, and tells what is unread meanwhile', async () => {
    const place = directory();
    const first = await server({ NIGHTSHIFT_DATA: place }, place);
    await until(async () => ((await accountsIn(place)).incidents.length > 0 ? true : undefined), 'the first drill');
    const before = (await accountsIn(place)).webhooks.length;
    let accepted = 0;
    const burst = Array.from({ length: 400 }, async (_, n) => {
      const answer = await fetch(`${first.url}/alerts`, { method: 'POST', body: body(n) }).catch(() => undefined);
      if (answer?.status !== 200) return;
      accepted += 1;
      if (accepted === 100) await first.kill('SIGKILL');
    });
    await Promise.all(burst);

    const { webhooks, unread } = await accountsIn(place);
    expect(webhooks.length - before + unread).toBeGreaterThanOrEqual(accepted);
    await using _second = await server({ NIGHTSHIFT_DATA: place }, place);
    const after = await until(async () => {
      const found = await accountsIn(place);
      return found.unread === 0 ? found : undefined;
    }, 'everything to be read');
    const fired = after.webhooks.filter(({ alerts }) => alerts.some(({ status }) => status === 'firing'));
    expect(fired).toHaveLength(webhooks.length + unread);
  }, 60_000);
});

async function accountsIn(place: string) {
  const { stdout } = await nightshift(['incidents', '--json'], { NIGHTSHIFT_DATA: place }, place);
  return JSON.parse(stdout) as Accounts & { unread: number };
}
