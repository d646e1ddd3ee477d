import { expect, it } from 'vitest';
import { incidentById } from '../../engine/acting/stored.ts';
import { WriteFailure } from '../../engine/action.ts';
import { Refused } from '../../engine/errors.ts';
import { type Incident, slotOf } from '../../engine/incident.ts';
import { tick } from '../../functions/tick.ts';
import { lab } from '../engine/acting/lab.ts';
import { night, nodeAlert } from '../engine/night.ts';

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
