import { expect, it } from 'vitest';
import { Refused, TryLater } from '../../engine/errors.ts';
import type { Chat } from '../../engine/ports.ts';
import { watchChat } from '../../functions/chat-reach.ts';

const ref = { channel: 'C1', ts: '1.0' };
const message = { kind: 'text', text: 'x' } as unknown as Parameters<Chat['post']>[1];

/** A chat whose next calls end so. */
function answering(...ends: readonly (Error | 'well')[]) {
  const left = [...ends];
  const end = async () => {
    const next = left.shift();
    if (next instanceof Error) throw next;
    return ref;
  };
  const chat = { post: end, update: end, find: end } as unknown as Chat;
  let minute = 0;
  return watchChat('Slack', chat, { now: () => new Date(Date.UTC(2026, 10, 21, 3, minute++)) });
}

it('a channel that Slack does not let the bot post to is told of, with when it last answered', async () => {
  const { chat, lines } = answering('well', new Refused('NOT_IN_CHANNEL', 'invite the bot'), 'well');
  expect(lines()).toEqual(['Slack: not asked since the start']);

  await chat.post({ channel: 'C1' }, message, 'k');
  await expect(chat.post({ channel: 'C1' }, message, 'k')).rejects.toThrow('invite the bot');
  expect(lines()).toEqual([
    'Slack: failed at 2026-11-21T03:01:00.000Z: invite the bot; last answered at 2026-11-21T03:00:00.000Z',
  ]);
  await chat.post({ channel: 'C1' }, message, 'k');
  expect(lines()).toEqual(['Slack: last answered at 2026-11-21T03:02:00.000Z']);
});

it('a message that is gone is an answer, a Slack that cannot be reached is none', async () => {
  const { chat, lines } = answering(new Refused('MESSAGE_GONE', 'gone'), new TryLater('cannot be reached', 5_000));

  await expect(chat.update(ref, message, 'k')).rejects.toThrow('gone');
  expect(lines()).toEqual(['Slack: last answered at 2026-11-21T03:00:00.000Z']);
  await expect(chat.find('C1', 'k', new Date())).rejects.toThrow('cannot be reached');
  expect(lines()[0]).toContain('failed at 2026-11-21T03:01:00.000Z: cannot be reached');
});
