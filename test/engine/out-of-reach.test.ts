import { expect, it } from 'vitest';
import { Refused } from '../../engine/errors.ts';
import { night, nodeAlert } from './night.ts';

it.each([
  ['message_not_found', 'somebody deleted'],
  ['cant_update_message', 'another bot posted, as before the Slack app was made anew'],
  ['edit_window_closed', 'the workspace lets nobody edit any more'],
])('posts a new card, once, with its thread, for one that cannot be edited: %s, one that %s', async (code) => {
  await using tonight = await night();
  tonight.node('worker-3', false);
  await tonight.send(nodeAlert('worker-3'));
  await tonight.settle();
  const posts = tonight.channel.posts.length;

  tonight.channel.faults.push(() => new Refused(code, 'Slack refused chat.update'));
  tonight.node('worker-3', true);
  tonight.pass(60);
  await tonight.send(nodeAlert('worker-3', { status: 'resolved' }));
  await tonight.settle();

  const [card, ...below] = tonight.channel.posts.slice(posts);
  expect(card?.message).toMatchObject({ kind: 'card', card: { state: 'closed' } });
  expect(below).toMatchObject([{ message: { kind: 'evidence' }, thread: card?.ref }]);
});

it('leaves a card alone whose edit is refused for another reason', async () => {
  await using tonight = await night();
  tonight.node('worker-3', false);
  await tonight.send(nodeAlert('worker-3'));
  await tonight.settle();

  tonight.channel.faults.push(() => new Refused('invalid_blocks', 'Slack refused what it should show'));
  tonight.node('worker-3', true);
  tonight.pass(60);
  await tonight.send(nodeAlert('worker-3', { status: 'resolved' }));
  await tonight.settle();

  expect(tonight.channel.cards()).toMatchObject([{ state: 'closed' }]);
});
