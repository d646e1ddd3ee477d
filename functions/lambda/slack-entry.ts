import type { Clock, Queue } from '../../engine/ports.ts';
import type { SlackApp } from '../../infra/slack/app.ts';
import type { SlackHandlers } from '../../infra/slack/listeners.ts';
import { checkSignature, isFormed } from '../../infra/slack/signature.ts';
import { systemClock } from '../clock.ts';
import type { HttpRequest } from '../http.ts';
import { breakGlass, wishes } from '../wishes.ts';
import { type Asked, askedMessage } from './asked-message.ts';
import { type HttpEntry, requestOf, resultOf } from './http.ts';
import type { FunctionMetrics } from './metrics.ts';

export interface SlackEntry {
  /** Made by `createLambdaSlackApp`: nothing is left to do after its answer. */
  readonly app: () => Promise<SlackApp>;
  /**
   * Asked for once more when a signature does not fit: the secret may have been rotated, and then this is another app. It
   * may take its time, for whoever sent that request, and for nobody else: the address is open to the world.
   */
  readonly newest: () => Promise<SlackApp>;
  readonly clock: Clock;
  readonly metrics: Pick<FunctionMetrics, 'pressesUnauthorized'>;
}

/** `POST /slack/events` as a function. */
export function slackEntry({ app, newest, clock, metrics }: SlackEntry): HttpEntry {
  return async (event) => {
    const request = requestOf(event);
    const { headers, body } = request;
    const known = await app();
    const answer = await known.handle({ headers, body });
    if (answer.status !== 401 || !isSigned(request, clock)) return resultOf(answer);
    const newer = await newest();
    const last = newer === known ? answer : await newer.handle({ headers, body });
    if (last.status === 401) metrics.pressesUnauthorized.inc();
    return resultOf(last);
  };
}

/** As Slack signs, and now: with the secret in its hands it would be genuine. Nothing else says a word about the secret. */
function isSigned({ headers, body }: HttpRequest, clock: Clock): boolean {
  const { 'x-slack-signature': signature, 'x-slack-request-timestamp': timestamp } = headers;
  const signed = { signature: textOf(signature), timestamp: textOf(timestamp), body: Buffer.from(body) };
  return isFormed(signed.signature) && checkSignature(signed, 'any', clock.now()) === 'forged';
}

function textOf(header: string | readonly string[] | undefined): string | undefined {
  return typeof header === 'string' ? header : header?.[0];
}

/**
 * What the bot does where it is frozen with its answer: everything is stored on a queue, and answered from there. So
 * this function needs neither a cluster nor the store, and is allowed neither.
 */
export function queuedSlackHandlers(queue: Pick<Queue, 'send'>, clock: Clock = systemClock): SlackHandlers {
  const later = async (body: Asked): Promise<undefined> => queue.send([askedMessage(body)]).then();
  return {
    ...wishes(queue, clock),
    command: async (command, asking) =>
      (await breakGlass(queue, command, asking, clock)) ??
      later({ type: 'command', text: command.text, by: command.userId, ...asking }),
    runAgain: ({ incident, userId }, asking) => later({ type: 'run-again', incident, by: userId, ...asking }),
  };
}
