import { describe, expect, it } from 'vitest';
import { Refused } from '../../engine/errors.ts';
import { announceMessage } from '../../engine/messages.ts';
import type { Posts } from '../../engine/posted.ts';
import { announceHandler } from '../../functions/announce.ts';
import { createMetrics } from '../../functions/metrics.ts';
import { tick } from '../../functions/tick.ts';
import { night, nodeAlert } from '../engine/night.ts';

const DAY_SECONDS = 86_400;

async function broken() {
  const tonight = await night();
  tonight.node('worker-3', false);
  await tonight.send(nodeAlert('worker-3'));
  await tonight.settle();
  return tonight;
}

describe('an incident that lasts for months', () => {
  it('has one card while its alert goes on firing', async () => {
    await using tonight = await broken();
    for (let day = 1; day <= 65; day += 1) {
      tonight.pass(DAY_SECONDS);
      await tonight.send(nodeAlert('worker-3'));
      await tick(tonight.desk, tonight.queue);
      await tonight.settle();
    }

    expect(tonight.channel.cards()).toHaveLength(1);
  });

  it('is looked at when nothing was heard of it for a day, and closed if the object is well', async () => {
    await using tonight = await broken();
    tonight.node('worker-3', true);
    for (let day = 1; day <= 2; day += 1) {
      tonight.pass(DAY_SECONDS);
      await tick(tonight.desk, tonight.queue);
      await tonight.settle();
    }

    expect(await tonight.incidents()).toMatchObject([{ state: 'closed' }]);
    expect(tonight.channel.cards()).toHaveLength(1);
  });

  it('closes when its cluster is no longer configured: nobody can look at it any more', async () => {
    await using tonight = await broken();
    const elsewhere = { ...tonight.desk, clusters: tonight.desk.clusters.map((one) => ({ ...one, name: 'prod-us' })) };
    await tick(elsewhere, tonight.queue);

    expect(await tonight.incidents()).toMatchObject([
      { state: 'closed', closedBecause: 'cluster prod-eu is no longer configured' },
    ]);
  });

  it('closes when its runbook was switched off, and asks for no look for ever', async () => {
    await using tonight = await broken();
    const { repaired } = await tick({ ...tonight.desk, runbooks: [] }, tonight.queue);

    expect(repaired).toEqual([]);
    expect(await tonight.incidents()).toMatchObject([
      { state: 'closed', closedBecause: 'its runbook sample is switched off, or no longer there' },
    ]);
  });

  it('that comes and goes all day fills neither the thread nor the store', async () => {
    await using tonight = await broken();
    const [{ id = '' } = {}] = await tonight.incidents();
    for (let turn = 0; turn < 120; turn += 1) {
      tonight.pass(120);
      tonight.node('worker-3', turn % 2 === 0);
      await tonight.send(nodeAlert('worker-3', { status: turn % 2 === 0 ? 'resolved' : 'firing' }));
      await tonight.settle();
    }

    const posts = (await tonight.desk.store.get<Posts>('posts', id))?.value;
    expect(Object.keys(posts?.thread ?? {}).length).toBeLessThan(10);
    expect(tonight.channel.posts.filter(({ thread }) => thread).length).toBeLessThan(30);
  });
});

describe('a channel that is another one now', () => {
  it('gets a card of what is open, and none of what is over', async () => {
    await using tonight = await broken();
    const moved = { ...tonight.desk, channel: 'C2' };
    const posted: string[] = [];
    const chat = {
      ...tonight.channel.chat,
      post: async (...[place, message, key]: Parameters<typeof tonight.channel.chat.post>) => {
        if (message.kind === 'card') posted.push(place.channel);
        return { ...(await tonight.channel.chat.post(place, message, key)), channel: place.channel };
      },
    };
    const announce = announceHandler(
      { ...moved, rules: async () => ({ policy: [] }) } as never,
      chat,
      createMetrics(tonight.queue),
    );
    const [{ id = '' } = {}] = await tonight.incidents();
    const { body } = announceMessage('C2', id);

    tonight.pass(301);
    expect((await tick(moved, tonight.queue)).repaired).toEqual([{ incident: id, missing: 'card' }]);
    await announce(body, new AbortController().signal);
    await announce(body, new AbortController().signal);

    expect(posted).toEqual(['C2']);
  });
});

it('a message that Slack refuses steps aside once, so that the next card does not wait for it', async () => {
  await using tonight = await night();
  tonight.node('worker-3', false);
  await tonight.send(nodeAlert('worker-3'));
  const [message] = await tonight.queue.receive('investigate', { max: 1, leaseMs: 60_000, waitMs: 0 });
  if (message) await tonight.handle(message);
  for (let [next] = await taken(); next; [next] = await taken()) await tonight.handle(next);
  const [{ id = '' } = {}] = await tonight.incidents();
  const refuse = async (): Promise<never> => {
    throw new Refused('channel_not_found', 'invite the bot');
  };
  const chat = { ...tonight.channel.chat, post: refuse };
  const announce = announceHandler(tonight.desk as never, chat, createMetrics(tonight.queue));
  const { body } = announceMessage('C1', id);

  const [aside, ...others] = await announce(body, new AbortController().signal);

  expect(others).toEqual([]);
  expect(aside).toMatchObject({ queue: 'announce', group: `aside/${id}`, delayMs: 30_000 });
  await expect(announce(aside?.body, new AbortController().signal)).rejects.toThrow('invite the bot');

  function taken() {
    return tonight.queue.receive('investigate', { max: 1, leaseMs: 60_000, waitMs: 0 });
  }
});
