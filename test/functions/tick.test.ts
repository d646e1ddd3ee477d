import { expect, it } from 'vitest';
import { incidentById } from '../../engine/acting/stored.ts';
import { WriteFailure } from '../../engine/action.ts';
import { Refused, TryLater } from '../../engine/errors.ts';
import { type Incident, slotOf } from '../../engine/incident.ts';
import { putAway } from '../../engine/put-away.ts';
import { tick } from '../../functions/tick.ts';
import { lab } from '../engine/acting/lab.ts';
import { type Night, night, nodeAlert } from '../engine/night.ts';

it('asks again for a card that Slack refused until its message died', async () => {
  await using tonight = await night();
  tonight.node('worker-3', false);
  tonight.channel.faults.push(
    ...Array.from({ length: 50 }, () => () => new Refused('not_in_channel', 'invite the bot')),
  );
  await tonight.send(nodeAlert('worker-3'));
  const kill = async () => {
    const [message] = await tonight.queue.receive('announce', { max: 1, leaseMs: 1_000, waitMs: 0 });
    if (message) await tonight.queue.done(message);
    return message;
  };
  const next = async () => (await tonight.queue.receive('investigate', { max: 1, leaseMs: 60_000, waitMs: 0 }))[0];
  for (let message = await next(); message; message = await next()) await tonight.handle(message);
  while (await kill());
  tonight.channel.faults.length = 0;

  expect((await tick(tonight.desk, tonight.queue)).repaired).toEqual([]);
  tonight.pass(301);
  expect((await tick(tonight.desk, tonight.queue)).repaired).toHaveLength(1);
  await tonight.settle();

  expect(tonight.channel.cards()).toMatchObject([{ state: 'diagnosed' }]);
});

it('has what it notes as asked for asked for, also where the rest of its round fails', async () => {
  await using tonight = await night();
  tonight.node('worker-3', false);
  await tonight.send(nodeAlert('worker-3'));
  const next = async () => (await tonight.queue.receive('investigate', { max: 1, leaseMs: 60_000, waitMs: 0 }))[0];
  for (let message = await next(); message; message = await next()) await tonight.handle(message);
  for (;;) {
    const lost = await tonight.queue.receive('announce', { max: 8, leaseMs: 60_000, waitMs: 0 });
    if (lost.length === 0) break;
    for (const message of lost) await tonight.queue.done(message);
  }
  tonight.pass(301);
  const throttled = { send: () => Promise.reject(new TryLater('SQS throttles', 1_000)) };
  await tick(tonight.desk, throttled).catch(() => undefined);
  expect((await tick(tonight.desk, tonight.queue)).repaired).toEqual([]);
  await tonight.settle();

  expect(tonight.channel.cards()).toMatchObject([{ state: 'diagnosed' }]);
});

it('asks ever more rarely for a card that Slack refuses all day', async () => {
  await using tonight = await night();
  tonight.node('worker-3', false);
  await tonight.send(nodeAlert('worker-3'));
  const next = async () => (await tonight.queue.receive('investigate', { max: 1, leaseMs: 60_000, waitMs: 0 }))[0];
  for (let message = await next(); message; message = await next()) await tonight.handle(message);
  let asked = 0;
  for (let halfMinute = 0; halfMinute < 2 * 60 * 24; halfMinute += 1) {
    tonight.pass(30);
    const { repaired } = await tick(tonight.desk, tonight.queue);
    asked += repaired.filter(({ missing }) => missing === 'look' || missing === 'card').length;
  }

  expect(asked).toBeGreaterThan(40);
  expect(asked).toBeLessThan(60);
});

it('leaves alone what is in order', async () => {
  await using tonight = await night();
  tonight.node('worker-3', false);
  await tonight.send(nodeAlert('worker-3'));
  await tonight.settle();
  tonight.pass(3_600);

  expect((await tick(tonight.desk, tonight.queue)).repaired).toEqual([]);
});

/** One node's trouble, over in a moment. */
async function passing(tonight: Night): Promise<void> {
  tonight.node('worker-3', true);
  await tonight.send(nodeAlert('worker-3'));
  await tonight.send(nodeAlert('worker-3', { status: 'resolved' }));
  await tonight.settle();
}

it('puts a closed incident away after an hour, so that it goes through what is open; the next one there goes on counting', async () => {
  await using tonight = await night();
  const { store } = tonight.desk;
  await passing(tonight);
  const [first] = await store.list<Incident>('incidents');
  tonight.pass(3_500);
  await tick(tonight.desk, tonight.queue);
  expect(await store.list('incidents')).toHaveLength(1);
  tonight.pass(200);
  await tick(tonight.desk, tonight.queue);

  expect(await store.list('incidents')).toEqual([]);
  expect(await store.list('closed')).toMatchObject([{ id: first?.value.id, value: first?.value }]);
  await passing(tonight);
  expect(await store.list('incidents')).toMatchObject([{ value: { id: `${first?.id}-2`, state: 'closed' } }]);
  expect(tonight.channel.cards()).toHaveLength(2);
});

it('does not put away what opens again at that moment', async () => {
  await using tonight = await night();
  const { store } = tonight.desk;
  await passing(tonight);
  tonight.pass(3_700);
  const [before] = await store.list<Incident>('incidents');
  if (!before) throw new Error('there is no incident');
  tonight.node('worker-3', false);
  await tonight.send(nodeAlert('worker-3', { startsAt: tonight.desk.clock.now().toISOString() }));
  await tonight.settle();
  await putAway(store, before);

  expect(await store.list('incidents')).toMatchObject([{ value: { state: 'diagnosed' } }]);
});

it('goes through thousands, some hundred at a time', async () => {
  await using tonight = await night();
  const { store, clock } = tonight.desk;
  await passing(tonight);
  const [{ value } = { value: undefined }] = await store.list<Incident>('incidents');
  const slots = Array.from({ length: 1_234 }, (_, n) => `${n}`.padStart(12, 'f'));
  const writes = slots.map((id) => ({ collection: 'incidents', id, value: { ...value, id: `${id}-1` } }) as const);
  await store.putAll(writes.map((write) => ({ ...write, expect: 'absent' })));
  tonight.pass(7_200);
  const asked: number[] = [];
  const counting: typeof store = {
    ...store,
    list: async (collection, options) => {
      const found = await store.list<never>(collection, options);
      asked.push(found.length);
      return found;
    },
  };
  const left = async () => (await store.list('incidents')).length;
  for (const expected of [735, 235, 0]) {
    await tick({ ...tonight.desk, clock, store: counting }, tonight.queue);
    expect(await left()).toBe(expected);
  }
  expect(Math.max(...asked)).toBe(100);
  expect(await store.list('closed')).toHaveLength(1_235);
});

it('forgets a closed incident, its alerts and webhooks after thirty days', async () => {
  await using tonight = await night();
  tonight.node('worker-3', true);
  await tonight.send(nodeAlert('worker-3'));
  await tonight.send(nodeAlert('worker-3', { status: 'resolved' }));
  await tonight.settle();
  tonight.pass(31 * 86_400);

  await tick(tonight.desk, tonight.queue);

  expect(await tonight.desk.store.list<Incident>('incidents')).toEqual([]);
  expect(await tonight.desk.store.list('webhooks')).toEqual([]);
});

it('gives no id twice: who fires again after thirty days has a message of its own', async () => {
  await using tonight = await night();
  await passing(tonight);
  for (let day = 0; day < 33; day += 1) {
    tonight.pass(86_400);
    await tick(tonight.desk, tonight.queue);
  }
  await passing(tonight);

  expect((await tonight.incidents()).map(({ id }) => id)).toEqual([expect.stringMatching(/-2$/)]);
  expect(tonight.channel.cards()).toHaveLength(2);
});

it('keeps what was done as long as its incident is open: it can still be taken back', async () => {
  await using it = await lab([{ verb: 'cordon', node: 'worker-3' }]);
  const { id } = await it.requested();
  await it.approved(id);
  for (let day = 0; day < 40; day += 1) {
    await it.pass(86_400);
    await tick(it.acting, it.queue);
  }

  expect((await it.card(id)).buttons).toEqual(['undo']);
});

it('forgets no change of which nobody has said whether it was made, however long that takes', async () => {
  await using it = await lab([{ verb: 'cordon', node: 'worker-3' }]);
  const { id, incident } = await it.requested();
  it.faults.before = () => new WriteFailure('timed-out', 'no answer', true);
  expect(await it.approved(id)).toMatchObject({ state: 'unknown' });
  delete it.faults.before;
  const record = await incidentById(it.store, incident);
  if (!record) throw new Error('there is no incident');
  const over = { ...record, state: 'closed', closedAt: it.acting.clock.now().toISOString() };
  await it.store.put({ collection: 'incidents', id: slotOf(incident), value: over, expect: 'any' });

  for (let month = 0; month < 2; month += 1) {
    await it.pass(31 * 86_400);
    await tick(it.acting, it.queue);
  }

  expect(await it.card(id)).toMatchObject({ buttons: ['it-was-applied', 'it-was-not-applied'] });
  expect(await incidentById(it.store, incident)).toMatchObject({ id: incident });
  // And once it is over it is forgotten like any other.
  expect(await it.press(id, 'it-was-not-applied', 'U0LEAD')).toMatchObject({ state: 'failed' });
  await it.pass(32 * 86_400);
  await tick(it.acting, it.queue);
  expect(await it.store.get('plans', id)).toBeUndefined();
});
