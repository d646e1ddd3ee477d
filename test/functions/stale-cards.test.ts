import { expect, it } from 'vitest';
import { announceCard } from '../../engine/announce.ts';
import type { Incident } from '../../engine/incident.ts';
import { tick } from '../../functions/tick.ts';
import { type Night, night, nodeAlert } from '../engine/night.ts';

/** What `announce` is asked for while Slack refuses everything: it dies. */
async function dies(tonight: Night): Promise<void> {
  const next = async () => (await tonight.queue.receive('investigate', { max: 1, leaseMs: 60_000, waitMs: 0 }))[0];
  for (let message = await next(); message; message = await next()) await tonight.handle(message);
  for (;;) {
    const lost = await tonight.queue.receive('announce', { max: 8, leaseMs: 60_000, waitMs: 0 });
    if (lost.length === 0) return;
    for (const message of lost) await tonight.queue.done(message);
  }
}

/** Its card says what is wrong; while Slack refuses the bot's token it is mended, and closed. */
async function closedUnsaid(tonight: Night): Promise<void> {
  tonight.node('worker-3', false);
  await tonight.send(nodeAlert('worker-3'));
  await tonight.settle();
  tonight.node('worker-3', true);
  await tonight.send(nodeAlert('worker-3', { status: 'resolved' }));
  await dies(tonight);
}

it('has the card of a closed incident say so when its last edit died with the token of the bot', async () => {
  await using tonight = await night();
  await closedUnsaid(tonight);
  expect(tonight.channel.cards()).toMatchObject([{ state: 'diagnosed' }]);

  tonight.pass(301);
  expect((await tick(tonight.desk, tonight.queue)).repaired).toMatchObject([{ missing: 'card' }]);
  await tonight.settle();
  expect(tonight.channel.cards()).toMatchObject([{ state: 'closed' }]);
  tonight.pass(1_800);
  expect((await tick(tonight.desk, tonight.queue)).repaired).toEqual([]);
});

it('finds nothing amiss with a card for its buttons where the policy is not known, as by the clock on AWS', async () => {
  await using tonight = await night();
  const withButtons = {
    ...tonight.desk,
    offers: async () => ({ note: 'nobody may approve here', plans: [], offered: [] }),
  };
  tonight.node('worker-3', false);
  await tonight.send(nodeAlert('worker-3'));
  await dies(tonight);
  const [incident] = (await tonight.desk.store.list<Incident>('incidents')).map(({ value }) => value);
  await announceCard(withButtons, tonight.channel.chat, incident?.id ?? '');
  tonight.pass(301);

  expect((await tick(tonight.desk, tonight.queue)).repaired).toEqual([]);
});

it('asks for the last edit of a closed card ever more rarely, and after a day not any more', async () => {
  await using tonight = await night();
  await closedUnsaid(tonight);
  const asked: number[] = [];
  for (let minute = 0; minute < 60 * 30; minute += 1) {
    tonight.pass(60);
    const { repaired } = await tick(tonight.desk, tonight.queue);
    if (repaired.length > 0) asked.push(minute);
  }

  expect(asked.length).toBeGreaterThan(40);
  expect(asked.length).toBeLessThan(60);
  expect(asked.at(-1)).toBeLessThan(60 * 24);
  expect(await tonight.desk.store.list('incidents')).toEqual([]);
});

it('has an open card say what was found when that edit died', async () => {
  await using tonight = await night();
  tonight.node('worker-3', true);
  await tonight.send(nodeAlert('worker-3'));
  await tonight.settle();
  tonight.node('worker-3', false);
  tonight.pass(60);
  await tonight.send(
    nodeAlert('worker-3', {
      labels: { ...nodeAlert('worker-3').labels, alertname: 'NodeUnwellToo' },
      fingerprint: 'other',
    }),
  );
  await dies(tonight);
  tonight.pass(301);
  await tick(tonight.desk, tonight.queue);
  await tonight.settle();

  expect(tonight.channel.cards()).toMatchObject([{ state: 'diagnosed' }]);
});
