import { expect, it } from 'vitest';
import { openMessages } from '../../../../infra/local/console/messages.ts';

it('messages of more than thirty days ago are forgotten', () => {
  const messages = openMessages(':memory:');
  const at = (days: number) => `${1_790_000_000 + days * 86_400}.000100`;
  const say = (ts: string) => messages.insert({ channel: 'C1', ts, user: 'U1', text: ts } as never);
  for (const day of [0, 1, 29, 31]) say(at(day));

  expect(messages.history('C1', { limit: 10 }).map(({ ts }) => ts)).toEqual([at(31), at(29), at(1)]);
  messages.close();
});
