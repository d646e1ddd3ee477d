import { expect, it } from 'vitest';
import type { AlertRecord } from '../../engine/alert.ts';
import { triage } from '../../engine/triage.ts';
import { SEEN } from '../../functions/lost-alerts.ts';
import { tick } from '../../functions/tick.ts';
import { type Night, night, nodeAlert } from '../engine/night.ts';

const next = async ({ queue }: Night) =>
  (await queue.receive('investigate', { max: 1, leaseMs: 60_000, waitMs: 0 }))[0];

/** As when the message is a dead letter. Returns what it was about. */
async function lose(tonight: Night): Promise<unknown> {
  const message = await next(tonight);
  if (!message) throw new Error('there is no message');
  await tonight.queue.done(message);
  return message.body;
}

/** What it asks for of alerts. */
async function ticks(tonight: Night, minutes: number) {
  const asked: unknown[] = [];
  for (let left = minutes; left > 0; left -= 5) {
    tonight.pass(300);
    const { repaired } = await tick(tonight.desk, tonight.queue);
    asked.push(...repaired.filter(({ missing }) => missing === 'alerts'));
  }
  return asked;
}

it('asks again for a webhook that nobody took apart', async () => {
  await using tonight = await night();
  tonight.node('worker-3', false);
  await tonight.send(nodeAlert('worker-3'));
  expect(await lose(tonight)).toMatchObject({ type: 'webhook' });
  const [webhook] = await tonight.desk.store.list('webhooks');

  expect(await ticks(tonight, 10)).toEqual([]);
  expect(await ticks(tonight, 10)).toEqual([{ webhook: webhook?.id, alerts: 1, missing: 'alerts' }]);
  await tonight.settle();
  expect(tonight.channel.cards()).toMatchObject([{ target: 'Node worker-3', state: 'diagnosed' }]);
  expect(await ticks(tonight, 60)).toEqual([]);
});

it('asks again for an alert of which nobody decided what becomes of it, and for that alone', async () => {
  await using tonight = await night();
  for (const name of ['worker-3', 'worker-4']) tonight.node(name, false);
  await tonight.send(nodeAlert('worker-3'), nodeAlert('worker-4'));
  const message = await next(tonight);
  if (message) await tonight.handle(message);
  expect(await lose(tonight)).toMatchObject({ type: 'alert' });
  await tonight.settle();
  expect(tonight.channel.cards()).toHaveLength(1);

  expect(await ticks(tonight, 20)).toMatchObject([{ alerts: 1, missing: 'alerts' }]);
  await tonight.settle();
  expect(tonight.channel.cards()).toHaveLength(2);
  expect(await ticks(tonight, 60)).toEqual([]);
});

it('asks again for a webhook that said again what was over, and not for one that said nothing new', async () => {
  await using tonight = await night();
  tonight.node('worker-3', true);
  await tonight.send(nodeAlert('worker-3'));
  await tonight.send(nodeAlert('worker-3', { status: 'resolved' }));
  await tonight.settle();
  await ticks(tonight, 20);
  await tonight.send(nodeAlert('worker-3', { status: 'resolved' }));
  await tonight.settle();
  expect(await ticks(tonight, 20)).toEqual([]);

  tonight.node('worker-3', false);
  await tonight.send(nodeAlert('worker-3'));
  expect(await lose(tonight)).toMatchObject({ type: 'webhook' });
  expect(await ticks(tonight, 20)).toMatchObject([{ missing: 'alerts' }]);
  await tonight.settle();
  expect(tonight.channel.cards().at(-1)).toMatchObject({ target: 'Node worker-3', state: 'diagnosed' });
});

it('asks again for an alert that fires once more, when the message of that is lost', async () => {
  await using tonight = await night();
  tonight.node('worker-3', true);
  await tonight.send(nodeAlert('worker-3'));
  await tonight.send(nodeAlert('worker-3', { status: 'resolved' }));
  await tonight.settle();
  await ticks(tonight, 20);
  tonight.node('worker-3', false);
  await tonight.send(nodeAlert('worker-3'));
  const message = await next(tonight);
  if (message) await tonight.handle(message);
  expect(await lose(tonight)).toMatchObject({ type: 'alert' });

  expect(await ticks(tonight, 20)).toMatchObject([{ alerts: 1, missing: 'alerts' }]);
  await tonight.settle();
  expect(tonight.channel.cards().at(-1)).toMatchObject({ target: 'Node worker-3', state: 'diagnosed' });
});

it('asks ever more rarely for what dies every time, and no more when Alertmanager has said it again since', async () => {
  await using tonight = await night();
  tonight.node('worker-3', false);
  await tonight.send(nodeAlert('worker-3'));
  await lose(tonight);
  let asked = 0;
  for (let hour = 0; hour < 30; hour += 1) {
    asked += (await ticks(tonight, 60)).length;
    while (await next(tonight).then((message) => message && tonight.queue.done(message).then(() => true)));
  }
  expect(asked).toBeGreaterThan(40);
  expect(asked).toBeLessThan(60);
  expect(await ticks(tonight, 120)).toEqual([]);
});

it('is not waited for by what came later, and finds the messages of many alerts', async () => {
  await using tonight = await night();
  const names = Array.from({ length: 250 }, (_, n) => `worker-${n}`);
  for (const name of names) tonight.node(name, false);
  await tonight.send(...names.map((name) => nodeAlert(name)));
  const message = await next(tonight);
  if (message) await tonight.handle(message);
  for (;;) {
    const lost = await tonight.queue.receive('investigate', { max: 50, leaseMs: 60_000, waitMs: 0 });
    if (lost.length === 0) break;
    for (const one of lost) await tonight.queue.done(one);
  }
  await tonight.send(nodeAlert('late'));
  await lose(tonight);

  expect(await ticks(tonight, 20)).toMatchObject([{ alerts: 250 }, { alerts: 1 }]);
  for (const { id } of await tonight.desk.store.list<AlertRecord>('alerts')) await triage(tonight.desk, id);
  for (;;) {
    const [one] = await tonight.queue.receive('investigate', { max: 1, leaseMs: 60_000, waitMs: 0 });
    if (!one) break;
    const { type } = one.body as { readonly type: string };
    if (type === 'webhook') await tonight.handle(one);
    await tonight.queue.done(one).catch(() => {});
  }
  expect(await ticks(tonight, 30)).not.toContainEqual(expect.objectContaining({ alerts: 250 }));
});

it('reads two small things and writes nothing while nothing comes in', async () => {
  await using tonight = await night();
  tonight.node('worker-3', false);
  await tonight.send(nodeAlert('worker-3'));
  await tonight.settle();
  await ticks(tonight, 30);
  const read: string[] = [];
  const { store } = tonight.desk;
  const watched: typeof store = {
    ...store,
    get: (collection, id) => {
      if (['webhooks', 'alerts'].includes(collection) || id.startsWith('tick/webhooks')) read.push(`get ${id}`);
      return store.get(collection, id);
    },
    list: async (collection, options) => {
      const found = await store.list(collection, options);
      if (['webhooks', 'alerts'].includes(collection)) read.push(`list ${collection}: ${found.length}`);
      return found as never;
    },
    put: (write) => {
      if (write.collection === 'progress') throw new Error(`${write.id} is written`);
      return store.put(write);
    },
  };
  await tick({ ...tonight.desk, store: watched }, tonight.queue);

  expect(read).toEqual(['get tick/webhooks-seen', 'list webhooks: 0']);
});

it('stops when it takes long, and goes on from there the next time', async () => {
  await using tonight = await night();
  const { store } = tonight.desk;
  const names = Array.from({ length: 12 }, (_, n) => `worker-${n}`);
  for (const name of names) {
    tonight.node(name, false);
    await tonight.send(nodeAlert(name));
    await lose(tonight);
  }
  // As slow as a function that has hundreds of them: each takes three seconds.
  const slow: typeof store = {
    ...store,
    get: (collection, id) => {
      if (collection === 'alerts') tonight.pass(3);
      return store.get(collection, id);
    },
  };
  const rounds: number[] = [];
  const asked = new Set<string>();
  for (let round = 0; round < 8; round += 1) {
    tonight.pass(round === 0 ? 1_200 : 300);
    const { repaired } = await tick({ ...tonight.desk, store: slow }, tonight.queue);
    const webhooks = repaired.flatMap((one) => (one.missing === 'alerts' ? [one.webhook] : []));
    for (const webhook of webhooks) asked.add(webhook);
    rounds.push(webhooks.length);
  }

  expect(rounds[0]).toBe(3);
  expect(asked.size).toBe(12);
  // Those that are open are seen to in turn, however many they are, and keep no new one waiting.
  const webhooks = (await store.list('webhooks')).map(({ id }) => id);
  const seen = (await store.get<{ open: readonly string[] }>('progress', SEEN))?.value;
  expect(seen?.open.toSorted()).toEqual(webhooks.toSorted());
});

it('fails alone: when it cannot look for lost alerts, what else is overdue is asked for all the same', async () => {
  await using tonight = await night();
  tonight.node('worker-3', false);
  await tonight.send(nodeAlert('worker-3'));
  const message = await next(tonight);
  if (message) await tonight.handle(message);
  await triage(tonight.desk, (await tonight.desk.store.list('alerts'))[0]?.id ?? '');
  for (let one = await next(tonight); one; one = await next(tonight)) await tonight.queue.done(one);
  tonight.pass(1_200);
  const { store } = tonight.desk;
  const broken: typeof store = {
    ...store,
    get: (collection, id) => (id === SEEN ? Promise.reject(new Error('too slow')) : store.get(collection, id)),
  };

  await expect(tick({ ...tonight.desk, store: broken }, tonight.queue)).rejects.toThrow('too slow');
  expect(await lose(tonight)).toMatchObject({ type: 'look' });
});
