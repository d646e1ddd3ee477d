import { expect, it } from 'vitest';
import { Refused } from '../../engine/errors.ts';
import type { Incident } from '../../engine/incident.ts';
import { putAway } from '../../engine/put-away.ts';
import { tick } from '../../functions/tick.ts';
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
