import { Refused } from '../engine/errors.ts';
import type { Chat, Clock } from '../engine/ports.ts';
import { type Reach, type Seen, seenFailing, wordsOf } from './reach.ts';

/** Notes what comes of every message, and sends none of its own: the same chat, watched, and a line with its name for `/readyz`. */
export function watchChat(name: string, chat: Chat, clock: Clock): Pick<Reach, 'lines'> & { readonly chat: Chat } {
  const seen: Seen = {};

  async function noted<T>(call: Promise<T>, isLost: (failure: unknown) => boolean): Promise<T> {
    try {
      const answer = await call;
      seen.answeredAt = clock.now();
      return answer;
    } catch (failure) {
      if (isLost(failure)) seenFailing(seen, failure, clock);
      else seen.answeredAt = clock.now();
      throw failure;
    }
  }

  return {
    chat: {
      ...chat,
      // A post that Slack refuses is a card that nobody sees; an edit may be refused because its message is gone.
      post: (...args) => noted(chat.post(...args), () => true),
      update: (...args) => noted(chat.update(...args), (failure) => !(failure instanceof Refused)),
      find: (...args) => noted(chat.find(...args), (failure) => !(failure instanceof Refused)),
    },
    lines: () => [`${name}: ${wordsOf(seen)}`],
  };
}
