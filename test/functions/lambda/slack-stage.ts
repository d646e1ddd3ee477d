import type { Card } from '../../../engine/card.ts';
import type { Received as Delivered } from '../../../engine/ports.ts';
import type { Desk } from '../../../engine/triage.ts';
import { investigateHandler } from '../../../functions/investigate.ts';
import { answering } from '../../../functions/lambda/asked.ts';
import { queuedSlackHandlers, slackEntry } from '../../../functions/lambda/slack-entry.ts';
import { createMetrics } from '../../../functions/metrics.ts';
import { createLambdaSlackApp } from '../../../infra/slack/app-lambda.ts';
import { slackChat } from '../../../infra/slack/chat.ts';
import type { Log } from '../../../infra/slack/log.ts';
import { isSlacks, respondTo } from '../../../infra/slack/respond.ts';
import { type Night, night } from '../../engine/night.ts';
import { ephemerals } from '../../infra/local/console/clicks.ts';
import { botToken, channel, openConsole, type Received, signingSecret } from '../../infra/local/console/harness.ts';
import { httpEvent } from './events.ts';

/** An address for answers of a Slack that is away. */
export const nobodyListens = 'http://127.0.0.1:1/';

/**
 * The function `slack` behind the console, which sends it what people do as API Gateway would, and the function that
 * answers from the queue. All on one store, one queue and one clock.
 */
export async function slackStage(
  options: {
    readonly desk?: (desk: Desk) => Desk;
    /** The function still has this signing secret; the one of the console has taken its place since. */
    readonly secretBefore?: string;
    /** The function has this signing secret, and will have no other. */
    readonly wrongSecret?: string;
  } = {},
) {
  const tonight: Night = await night();
  const { queue } = tonight;
  const desk = options.desk?.(tonight.desk) ?? tonight.desk;
  const console = await openConsole({ clock: desk.clock });
  const { apiUrl } = console.server;
  const logged: string[] = [];
  const note = (_: object, words: string) => logged.push(words);
  const log: Log = { info: note, warn: note, error: note };
  const teamId = (await console.slack.auth.test()).team_id ?? '';
  const appWith = (secret: string) =>
    createLambdaSlackApp({
      ...{ botToken, apiUrl, log, teamId, clock: desk.clock, botId: 'B1', botUserId: 'U0BOT' },
      signingSecret: secret,
      handlers: queuedSlackHandlers(queue, desk.clock),
    });
  let app = appWith(options.wrongSecret ?? options.secretBefore ?? signingSecret);
  const renewed = appWith(signingSecret);
  let asked = 0;
  let turnedAway = 0;
  const entry = slackEntry({
    app: async () => app,
    newest: async () => {
      asked += 1;
      if (options.secretBefore !== undefined) app = renewed;
      return app;
    },
    clock: desk.clock,
    metrics: { pressesUnauthorized: { inc: () => void turnedAway++ } },
  });
  const metrics = createMetrics(queue);
  const investigate = answering(investigateHandler(desk, metrics), {
    desk,
    mayAnswer: (answerTo) => answerTo === nobodyListens || isSlacks(answerTo, apiUrl),
    answer: (answerTo, reply) => respondTo(answerTo, reply, log),
  });

  /** As Slack's request, already behind API Gateway. */
  const deliver = async ({ headers, body }: Pick<Received, 'headers' | 'body'>, more: Record<string, string> = {}) => {
    const named = Object.entries(headers).map(([name, value]) => [name, String(value)]);
    return entry(
      httpEvent({ path: '/slack/events', stage: 'prod', body, headers: { ...Object.fromEntries(named), ...more } }),
    );
  };
  console.behave((received, response) => {
    void deliver(received).then(({ statusCode, headers, body }) =>
      response.writeHead(statusCode ?? 500, headers as Record<string, string>).end(body),
    );
  });

  const take = () => queue.receive('investigate', { max: 1, leaseMs: 60_000, waitMs: 0 });
  const work = async (message: Delivered) => {
    await queue.done(message, await investigate(message.body, new AbortController().signal));
  };
  return {
    tonight,
    /** How often somebody made us ask whether the secret was rotated. */
    askedForNewest: () => asked,
    /** How often somebody was counted whose signature is made with another secret. */
    turnedAway: () => turnedAway,
    console,
    desk,
    entry,
    deliver,
    logged,
    investigate,
    /** Everything that waits on a queue, taken from it. */
    async waiting(name: Delivered['queue']): Promise<readonly unknown[]> {
      const taken = await queue.receive(name, { max: 10, leaseMs: 60_000, waitMs: 0 });
      for (const message of taken) await queue.done(message);
      return taken.map(({ body }) => body);
    },
    /** The other function works off what was asked; returns how many messages. */
    async answerAll(): Promise<number> {
      let count = 0;
      for (let [message] = await take(); message; [message] = await take()) {
        await work(message);
        count += 1;
      }
      return count;
    },
    /** Posts a card; the function presses its button with this id. */
    async cardWithButton(card: Card, actionId: string) {
      const { ts } = await slackChat({ botToken, apiUrl }).post({ channel }, { kind: 'card', card }, 'key');
      const { messages = [] } = await console.slack.conversations.history({ channel });
      const [, blockId] =
        new RegExp(`"block_id":"([^"]+)","elements":\\[[^\\]]*"action_id":"${actionId}"`).exec(
          JSON.stringify(messages),
        ) ?? [];
      return () => console.act('click', { ts, blockId, actionId });
    },
    type: (text: string) => console.act('command', { text: `/nightshift ${text}` }),
    told: async () => (await ephemerals(console)).map(({ text }) => text),
    [Symbol.asyncDispose]: () => tonight[Symbol.asyncDispose](),
  };
}
