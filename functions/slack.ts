import type { Queue } from '../engine/ports.ts';
import type { SlackApp } from '../infra/slack/app.ts';
import type { SlackHandlers } from '../infra/slack/listeners.ts';
import { answerCommand, type Commanded } from './commands.ts';
import type { HttpRequest, HttpResponse } from './http.ts';
import { runAgain } from './run-again.ts';
import { breakGlass, wishes } from './wishes.ts';

/** `POST /slack/events`: commands and clicks, signed by Slack. */
export async function receiveSlack(app: SlackApp, request: HttpRequest): Promise<HttpResponse> {
  return app.handle({ headers: request.headers, body: request.body });
}

/** What the bot does when somebody asks it. `desk` is asked for late: the channel is part of it. */
export function slackHandlers(desk: () => Commanded, queue: Pick<Queue, 'send'>) {
  const clock = { now: () => desk().clock.now() };
  return {
    ...wishes(queue, clock),
    command: async (command, asking) =>
      (await breakGlass(queue, command, asking, clock)) ?? answerCommand(desk(), command.text, command.userId),
    runAgain: ({ incident }) => runAgain(desk(), incident),
  } satisfies SlackHandlers;
}
