import { describe, expect, it } from 'vitest';
import { accounts } from '../../engine/accounts.ts';
import type { Alert } from '../../engine/alert.ts';
import { openWebhook } from '../../engine/records.ts';
import { tick } from '../../functions/tick.ts';
import { type Night, night, nodeAlert } from './night.ts';

const firing = nodeAlert('worker-3');
const resolved: Alert = { ...firing, status: 'resolved' };
const looksAt = (tonight: Night) => tonight.asked.filter((asked) => asked === 'get Node worker-3').length;

async function send(tonight: Night, ...alerts: readonly Alert[]): Promise<void> {
  await tonight.send(...alerts);
  await tonight.settle();
}

/** Fired, was resolved, and the node was seen to be well. */
async function closedOnce(tonight: Night, alert = firing): Promise<void> {
  tonight.node('worker-3', false);
  await send(tonight, alert);
  tonight.node('worker-3', true);
  tonight.pass(60);
  await send(tonight, { ...alert, status: 'resolved' });
  expect(await tonight.incidents()).toMatchObject([{ state: 'closed' }]);
}

describe('an alert that fires again with the startsAt it had before its resolution', () => {
  it('has a card again, with what is wrong now', async () => {
    await using tonight = await night();
    await closedOnce(tonight);

    tonight.node('worker-3', false);
    tonight.pass(60);
    await send(tonight, firing);

    expect(tonight.channel.cards()).toMatchObject([{ state: 'diagnosed', alert: { firing: 1 } }]);
  });

  it('has a card of its own when the first is long closed, and both webhooks are accounted for', async () => {
    await using tonight = await night();
    await closedOnce(tonight);

    tonight.node('worker-3', false);
    tonight.pass(1_200);
    await send(tonight, firing);

    expect(tonight.channel.cards().map(({ state }) => state)).toEqual(['closed', 'diagnosed']);
    expect((await accounts(tonight.desk.store)).totals.alerts).toEqual({ posted: 2, joined: 1 });
  });

  it('closes when it is resolved again, however often that happens', async () => {
    await using tonight = await night();
    await closedOnce(tonight);
    for (const _time of [1, 2, 3]) {
      tonight.node('worker-3', false);
      tonight.pass(60);
      await send(tonight, firing);
      expect(await tonight.incidents()).toMatchObject([{ state: 'diagnosed' }]);

      tonight.node('worker-3', true);
      tonight.pass(60);
      await send(tonight, resolved);
      expect(await tonight.incidents()).toMatchObject([{ state: 'closed' }]);
    }
  });

  it('reopens the card of an alert no runbook answers', async () => {
    await using tonight = await night();
    const odd = { ...firing, labels: { alertname: 'Odd', job: 'postgres' } };
    await send(tonight, odd);
    tonight.pass(60);
    await send(tonight, { ...odd, status: 'resolved' });

    tonight.pass(60);
    await send(tonight, odd);

    expect(tonight.channel.cards()).toMatchObject([{ state: 'undiagnosed', alert: { firing: 1 } }]);
  });
});

describe('an alert whose message was lost before anybody worked on it', () => {
  const loseMessages = async (tonight: Night) => {
    const { queue, desk } = tonight;
    for (const message of await queue.receive('investigate', { max: 10, leaseMs: 60_000, waitMs: 0 })) {
      const body = message.body as { readonly type: string; readonly webhook?: string };
      if (body.type === 'webhook') await openWebhook(desk, body.webhook ?? '');
      await queue.done(message);
    }
    for (const message of await queue.receive('investigate', { max: 10, leaseMs: 60_000, waitMs: 0 }))
      await queue.done(message);
  };

  it('has its card when it is said again half an hour later, and not before', async () => {
    await using tonight = await night();
    tonight.node('worker-3', false);
    await tonight.send(firing);
    await loseMessages(tonight);

    tonight.pass(1_200);
    await send(tonight, firing);
    expect(tonight.channel.cards()).toEqual([]);
    tonight.pass(1_200);
    await send(tonight, firing);
    expect(tonight.channel.cards()).toMatchObject([{ state: 'diagnosed', alert: { firing: 1 } }]);
    await send(tonight, firing);
    expect(tonight.channel.cards()).toHaveLength(1);
  });
});

describe('a webhook that says many alerts again', () => {
  it('reads each incident once, and several alerts at the same time', async () => {
    await using tonight = await night();
    tonight.node('worker-3', false);
    const many = Array.from({ length: 40 }, (_, n) => ({
      ...firing,
      labels: { ...firing.labels, instance: `10.0.0.3:${n}` },
      fingerprint: `${n}`.padStart(16, '0'),
    }));
    await send(tonight, ...many);
    tonight.pass(60);
    await tonight.send(...many);
    const { desk } = tonight;
    const [latest] = (await desk.store.list('webhooks')).toSorted((a, b) => (a.id < b.id ? 1 : -1));
    let [under, most, incidents] = [0, 0, 0];
    const get: typeof desk.store.get = async (collection, id) => {
      under += 1;
      most = Math.max(most, under);
      if (collection === 'incidents') incidents += 1;
      await new Promise(setImmediate);
      under -= 1;
      return desk.store.get(collection, id);
    };

    const { resent } = await openWebhook({ ...desk, store: { ...desk.store, get } }, latest?.id ?? '');

    expect(resent).toHaveLength(40);
    expect(incidents).toBeLessThanOrEqual(2);
    expect(most).toBeGreaterThan(10);
    expect(most).toBeLessThanOrEqual(32);
  });
});

describe('a report that says nothing new', () => {
  it('costs one look when it is the late copy of what is over, and the card closes again', async () => {
    await using tonight = await night();
    await closedOnce(tonight);
    const before = looksAt(tonight);

    tonight.pass(15);
    await send(tonight, firing);
    tonight.pass(30);
    await tonight.settle();

    expect(tonight.channel.cards()).toMatchObject([{ state: 'closed', summary: 'Closed: the node is ready' }]);
    expect(looksAt(tonight) - before).toBeLessThanOrEqual(2);
  });

  it('is looked at again by the tick when the late copy came while the node was still broken', async () => {
    await using tonight = await night();
    tonight.node('worker-3', false);
    await send(tonight, firing);
    tonight.pass(60);
    await send(tonight, resolved);
    tonight.pass(1);
    await send(tonight, firing);
    expect(await tonight.incidents()).toMatchObject([{ state: 'diagnosed', firing: [firing.fingerprint] }]);

    tonight.pass(60);
    await tonight.settle();
    tonight.node('worker-3', true);
    tonight.pass(3_601);
    await tick(tonight.desk, tonight.queue);
    await tonight.settle();

    expect(await tonight.incidents()).toMatchObject([{ state: 'closed' }]);
  });

  it('changes nothing when a webhook is worked on a second time, long after', async () => {
    await using tonight = await night();
    await closedOnce(tonight);
    const webhooks = await tonight.desk.store.list('webhooks');

    for (const { id } of webhooks) await openWebhook(tonight.desk, id);
    await tonight.settle();

    expect(await tonight.incidents()).toMatchObject([{ state: 'closed', alertCount: 1, reopened: 0 }]);
  });

  it('changes nothing while its alert fires', async () => {
    await using tonight = await night();
    tonight.node('worker-3', false);
    await send(tonight, firing);
    const before = looksAt(tonight);

    tonight.pass(60);
    await send(tonight, firing);
    await send(tonight, firing);

    expect(looksAt(tonight)).toBe(before);
    expect(await tonight.incidents()).toMatchObject([{ alertCount: 1 }]);
  });

  it('counts once as posted when one webhook lists its alert twice', async () => {
    await using tonight = await night();
    tonight.node('worker-3', false);

    await send(tonight, firing, firing);

    const { totals, webhooks } = await accounts(tonight.desk.store);
    expect(totals.alerts).toEqual({ posted: 1, joined: 1 });
    expect(webhooks[0]?.alerts[1]).toMatchObject({ outcome: 'joined', why: 'sent again' });
  });
});

describe('an alert whose "resolved" is worked on before it', () => {
  it.each([
    ['that no runbook answers', nodeAlert('worker-3', { name: 'Strange' }), /no runbook or no object to look at/],
    ['whose node is well', firing, /the node is ready/],
    ['whose node is unknown', nodeAlert('worker-3', { labels: { node: 'gone' } }), /resolved/],
  ])('%s: its card comes, closed', async (_which, alert, because) => {
    await using tonight = await night();
    tonight.node('worker-3', true);
    await tonight.send(alert);
    const options = { max: 1, leaseMs: 30_000, waitMs: 0 };
    // A process took it, and was killed.
    expect(await tonight.queue.receive('investigate', options)).toHaveLength(1);
    await send(tonight, { ...alert, status: 'resolved' });
    tonight.pass(60);
    await tonight.settle();

    const [incident] = await tonight.incidents();
    expect(incident).toMatchObject({ state: 'closed', closedBecause: expect.stringMatching(because) });
    expect(tonight.channel.cards()).toMatchObject([{ state: 'closed' }]);
  });
});
