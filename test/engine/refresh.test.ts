import { describe, expect, it } from 'vitest';
import type { Alert } from '../../engine/alert.ts';
import { tick } from '../../functions/tick.ts';
import { type Night, night, nodeAlert } from './night.ts';

const DAY = 86_400;
const looksAt = (tonight: Night, node: string) => tonight.asked.filter((asked) => asked === `get Node ${node}`).length;

async function send(tonight: Night, ...alerts: readonly Alert[]): Promise<void> {
  await tonight.send(...alerts);
  await tonight.settle();
}

describe('an alert that joins an open incident', () => {
  it('has the node looked at again, so that the card shows what is wrong now', async () => {
    await using tonight = await night();
    tonight.node('worker-3', true);
    await send(tonight, nodeAlert('worker-3'));
    expect(tonight.channel.cards()).toMatchObject([{ state: 'undiagnosed' }]);

    tonight.node('worker-3', false);
    tonight.pass(60);
    await send(tonight, nodeAlert('worker-3', { name: 'NodeUnwellToo' }));

    expect(tonight.channel.cards()).toMatchObject([{ state: 'diagnosed', likely: [{ title: 'The kubelet stopped' }] }]);
  });

  it('shares one look with all that join within half a minute of the last', async () => {
    await using tonight = await night();
    tonight.node('worker-3', true);
    await send(tonight, nodeAlert('worker-3'));
    tonight.node('worker-3', false);
    const many = Array.from({ length: 20 }, (_, index) => nodeAlert('worker-3', { fingerprint: `f${index}` }));
    for (const alert of many) await send(tonight, alert);
    const lookups = looksAt(tonight, 'worker-3');
    expect(await tonight.incidents()).toMatchObject([{ state: 'undiagnosed', look: { wanted: 2, done: 1 } }]);

    tonight.pass(31);
    await tonight.settle();

    expect(looksAt(tonight, 'worker-3')).toBe(lookups + 1);
    expect(await tonight.incidents()).toMatchObject([{ state: 'diagnosed' }]);
  });

  it('costs a storm one look in five minutes, however many alerts it is', async () => {
    await using tonight = await night();
    const names = Array.from({ length: 200 }, (_, index) => `worker-${index}`);
    for (const name of names) tonight.node(name, false);
    await send(tonight, ...names.slice(0, 5).map((name) => nodeAlert(name)));
    const before = tonight.asked.length;

    for (const name of names.slice(5)) {
      await tonight.send(nodeAlert(name));
      tonight.pass(1);
    }
    await tonight.settle();
    expect(tonight.asked.length).toBe(before);

    tonight.pass(300);
    await tonight.settle();
    expect(tonight.asked.length).toBe(before + 1);
  });
});

describe('an alert after a long silence', () => {
  const later = nodeAlert('worker-3', { startsAt: '2026-12-12T02:59:00.000Z' });

  it('gets a card at the end of the channel, which says how long the one before it stood open', async () => {
    await using tonight = await night();
    tonight.node('worker-3', false);
    await send(tonight, nodeAlert('worker-3'));

    tonight.pass(21 * DAY);
    await send(tonight, later);

    expect(tonight.channel.cards()).toMatchObject([
      { state: 'closed', summary: 'Closed: nothing was heard of it for 21 days; it fires again, on a new card' },
      {
        state: 'diagnosed',
        since: new Date('2026-12-12T02:59:00Z'),
        notes: [
          'The card before this one stood open since 2026-11-21 03:00 UTC, and nothing came since 2026-11-21 03:00 UTC',
        ],
      },
    ]);
  });

  it('joins the old card when Alertmanager has kept saying that its alert fires', async () => {
    await using tonight = await night();
    tonight.node('worker-3', false);
    await send(tonight, nodeAlert('worker-3'));
    for (let half = 0; half < 6; half += 1) {
      tonight.pass(DAY / 2);
      await send(tonight, nodeAlert('worker-3'));
    }

    await send(tonight, nodeAlert('worker-3', { name: 'NodeUnwellToo' }));

    expect(tonight.channel.cards()).toMatchObject([{ state: 'diagnosed', alert: { firing: 2 } }]);
  });
});

it('keeps looking at what stays broken, once an hour when it has lasted long', async () => {
  await using tonight = await night();
  tonight.node('worker-3', false);
  await send(tonight, nodeAlert('worker-3'), nodeAlert('worker-3', { status: 'resolved' }));
  for (let quarter = 0; quarter < 40; quarter += 1) {
    tonight.pass(901);
    await tonight.settle();
  }
  expect(await tonight.incidents()).toMatchObject([{ state: 'still-broken', rechecks: 25 }]);

  tonight.node('worker-3', true);
  await tick(tonight.desk, tonight.queue);
  await tonight.settle();

  expect(await tonight.incidents()).toMatchObject([{ state: 'closed', closedBecause: 'the node is ready' }]);
});
