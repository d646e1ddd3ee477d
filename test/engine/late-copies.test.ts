import { expect, it } from 'vitest';
import { accounts } from '../../engine/accounts.ts';
import { type Night, night, nodeAlert } from './night.ts';

const names = (count: number) => Array.from({ length: count }, (_, index) => `worker-${index}`);
const stormCard = (tonight: Night) => tonight.channel.cards().find(({ title }) => title.endsWith('in trouble at once'));

async function resolveAll(tonight: Night, count: number): Promise<void> {
  await tonight.send(...names(count).map((name) => nodeAlert(name, { status: 'resolved' })));
  await tonight.settle();
}

it('a late copy of what is over, while others of its kind began, has its card closed again by a look', async () => {
  await using tonight = await night();
  for (const name of names(3)) {
    tonight.node(name, false);
    await tonight.send(nodeAlert(name));
    await tonight.settle();
  }
  tonight.node('worker-1', true);
  await tonight.send(nodeAlert('worker-1', { status: 'resolved' }));
  await tonight.settle();
  tonight.pass(1);

  await tonight.send(nodeAlert('worker-1'));
  await tonight.settle();

  expect(tonight.channel.cards()).toMatchObject([
    { state: 'diagnosed', target: 'Node worker-0' },
    { state: 'closed', target: 'Node worker-1' },
    { state: 'diagnosed', target: 'Node worker-2' },
  ]);
  const { webhooks } = await accounts(tonight.desk.store);
  expect(webhooks.flatMap(({ alerts }) => alerts.map(({ outcome }) => outcome)).sort()).toEqual([
    'joined',
    'joined',
    'posted',
    'posted',
    'posted',
  ]);
});

it('a late copy of the webhook that made a storm, which is over, reopens its card and makes no other', async () => {
  await using tonight = await night();
  const all = names(8).map((name) => nodeAlert(name));
  for (const name of names(8)) tonight.node(name, false);
  await tonight.send(...all);
  await tonight.settle();
  for (const name of names(8)) tonight.node(name, true);
  await resolveAll(tonight, 8);
  const posted = tonight.channel.posts.length;
  expect(stormCard(tonight)).toMatchObject({ state: 'closed' });
  tonight.pass(60);

  await tonight.send(...all);
  await tonight.settle();
  expect(stormCard(tonight)?.title).toBe('8 nodes in trouble at once');
  expect(tonight.channel.posts.length).toBe(posted);

  await resolveAll(tonight, 8);
  expect((await tonight.incidents()).filter(({ state }) => state !== 'closed')).toEqual([]);
});

it.each(['Strange', 'NodeUnwell'])(
  'a "resolved" of an earlier time, late or once more, ends nothing of what fires since: %s',
  async (name) => {
    await using tonight = await night();
    tonight.node('worker-1', false);
    const at = (seconds: number) => new Date(Date.parse('2026-11-21T03:00:00Z') + seconds * 1000).toISOString();
    const first = nodeAlert('worker-1', { name, startsAt: at(-60) });
    const over = { ...first, status: 'resolved', endsAt: at(30) } as const;
    const second = nodeAlert('worker-1', { name, startsAt: at(90) });
    const send = async (alert: typeof first) => {
      await tonight.send(alert);
      await tonight.settle();
      tonight.pass(60);
    };

    await send(first);
    await send(over);
    await send(second);
    await send(over);
    expect(await tonight.incidents()).toMatchObject([{ firing: [first.fingerprint] }]);

    // Told for the first time after the alert fired anew.
    const third = nodeAlert('worker-1', { name, startsAt: at(400) });
    await send(third);
    await send({ ...second, status: 'resolved', endsAt: at(380) });
    expect(await tonight.incidents()).toMatchObject([{ firing: [first.fingerprint] }]);
    const { webhooks } = await accounts(tonight.desk.store);
    expect(webhooks.flatMap(({ alerts }) => alerts.flatMap(({ why }) => why ?? []))).toContain(
      'resolved before it began to fire again',
    );

    tonight.node('worker-1', true);
    await send({ ...third, status: 'resolved', endsAt: at(500) });
    expect(await tonight.incidents()).toMatchObject([{ state: 'closed' }]);
  },
);
