import type { Queue } from '../../engine/ports.ts';
import type { SlackApp } from '../../infra/slack/app.ts';
import type { SlackHandlers } from '../../infra/slack/listeners.ts';
import { breakGlass, wishes } from '../wishes.ts';
import { type Asked, askedMessage } from './asked-message.ts';
import { type HttpEntry, requestOf, resultOf } from './http.ts';

export interface SlackEntry {
  /**
   * Made by `createLambdaSlackApp`: nothing is left to do after its answer. Asked for once more when a signature does not
   * fit: the secret may have been rotated, and then this is another app.
   */
  readonly app: (refused: boolean) => Promise<SlackApp>;
}

/** `POST /slack/events` as a function. */
export function slackEntry({ app }: SlackEntry): HttpEntry {
  return async (event) => {
    const { headers, body } = requestOf(event);
    const known = await app(false);
    const answer = await known.handle({ headers, body });
    if (answer.status !== 401) return resultOf(answer);
    const newer = await app(true);
    return resultOf(newer === known ? answer : await newer.handle({ headers, body }));
  };
}

/**
 * What the bot does where it is frozen with its answer: everything is stored on a queue, and answered from there. So
 * this function needs neither a cluster nor the store, and is allowed neither.
 */
export function queuedSlackHandlers(queue: Pick<Queue, 'send'>): SlackHandlers {
  const later = async (body: Asked): Promise<undefined> => queue.send([askedMessage(body)]).then();
  return {
    ...wishes(queue),
    command: async (command, asking) =>
      (await breakGlass(queue, command)) ??
      later({ type: 'command', text: command.text, by: command.userId, ...asking }),
    runAgain: ({ incident, userId }, asking) => later({ type: 'run-again', incident, by: userId, ...asking }),
  };
}
