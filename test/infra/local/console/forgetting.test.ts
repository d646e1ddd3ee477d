import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Messages, openMessages } from '../../../../infra/local/console/messages.ts';

let messages: Messages;
beforeEach(() => {
  messages = openMessages(':memory:');
});
afterEach(() => messages.close());

const at = (days: number, digits = 100) => `${1_790_000_000 + days * 86_400}.000${digits}`;
const say = (ts: string, more: object = {}) =>
  messages.insert({ channel: 'C1', ts, user: 'U1', text: ts, ...more } as never);
const left = () => messages.history('C1', { limit: 10 }).map(({ ts }) => ts);

it('messages of more than ninety days ago are forgotten', () => {
  for (const day of [0, 1, 89, 91]) say(at(day));

  expect(left()).toEqual([at(91), at(89), at(1)]);
});

it('a card that is edited, or answered, is kept with all of its thread', () => {
  for (const day of [0, 1, 2]) say(at(day));
  for (const day of [0, 1, 2]) say(at(day, 101), { threadTs: at(day) });
  messages.replace({ channel: 'C1', ts: at(0), user: 'U1', text: 'news', editedTs: at(80) } as never);
  say(at(85), { threadTs: at(1) });
  say(at(120));

  expect(left()).toEqual([at(120), at(1), at(0)]);
  expect([0, 1, 2].map((day) => messages.thread('C1', at(day))?.count)).toEqual([1, 2, undefined]);
});
