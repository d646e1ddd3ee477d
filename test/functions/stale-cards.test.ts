import { describe, expect, it } from 'vitest';
import { announceCard } from '../../engine/announce.ts';
import type { Incident } from '../../engine/incident.ts';
import { Ambiguous } from '../../engine/ports.ts';
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

describe('a card that may have arrived when its incident becomes part of another', () => {
  /** Its first card is posted as told; only then the others follow, and all are one storm. */
  async function folds(tonight: Night, fault: (channel: Night['channel']) => unknown): Promise<void> {
    const names = Array.from({ length: 8 }, (_, index) => `worker-${index}`);
    for (const name of names) tonight.node(name, false);
    const [first, ...others] = names.map((name) => nodeAlert(name));
    if (first) await tonight.send(first);
    await dies(tonight);
    fault(tonight.channel);
    const [incident] = await tonight.incidents();
    await expect(announceCard(tonight.desk, tonight.channel.chat, incident?.id ?? '')).rejects.toThrow('lost');
    await tonight.send(...others);
    await tonight.settle();
    tonight.pass(5);
    await tonight.settle();
  }
  const aboutFirst = (tonight: Night) =>
    tonight.channel.cards().filter(({ title }) => title.startsWith('Node worker-0'));
  const lost = () => new Ambiguous('the answer was lost');

  it('says so, where it did arrive', async () => {
    await using tonight = await night();
    await folds(tonight, ({ afterwards }) => afterwards.push(lost));

    expect(aboutFirst(tonight)).toMatchObject([{ state: 'folded' }]);
    tonight.pass(301);
    expect((await tick(tonight.desk, tonight.queue)).repaired).toEqual([]);
  });

  it('is not posted any more, where it did not', async () => {
    await using tonight = await night();
    await folds(tonight, ({ faults }) => faults.push(lost));

    expect(aboutFirst(tonight)).toEqual([]);
    tonight.pass(301);
    expect((await tick(tonight.desk, tonight.queue)).repaired).toEqual([]);
  });
});
