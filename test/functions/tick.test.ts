import { expect, it } from 'vitest';
import { Refused } from '../../engine/errors.ts';
import type { Incident } from '../../engine/incident.ts';
import { tick } from '../../functions/tick.ts';
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
