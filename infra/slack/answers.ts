import type { RespondFn } from '@slack/bolt';
import { messageOf } from '../../engine/errors.ts';
import type { Log } from './log.ts';
import { type Reply, renderReply } from './reply.ts';

/** How handlers are run and how what they say reaches the person who asked. */
export interface Answers {
  /** Seen by that person only, unless the reply says otherwise. Never throws. */
  tell(respond: RespondFn | undefined, reply: Reply | undefined): Promise<void>;
  /** What a handler throws becomes the reply, with its reason. */
  tried<T>(what: string, work: () => Promise<T>): Promise<T | Reply>;
}

export function answersOf(log: Log): Answers {
  return {
    async tell(respond, reply) {
      if (reply === undefined) return;
      try {
        await respond?.({ ...renderReply(reply), replace_original: false });
      } catch (failure) {
        // The address has expired (30 minutes, 5 answers) or Slack is away: what was asked for is done all the same.
        log.warn({ reason: messageOf(failure) }, 'could not answer a command or a click');
      }
    },

    async tried(what, work) {
      try {
        return await work();
      } catch (failure) {
        log.error({ reason: messageOf(failure) }, `${what} failed`);
        return { text: `That did not work: ${messageOf(failure)}` };
      }
    },
  };
}

/** The result if it is there within `ms`. */
export async function within<T>(work: Promise<T>, ms: number): Promise<{ readonly result: T } | undefined> {
  const late = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => late.resolve(undefined), Math.max(0, ms));
  try {
    return await Promise.race([work.then((result) => ({ result })), late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
