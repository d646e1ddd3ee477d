import { amend } from '../engine/documents.ts';
import { type Incident, lookWanted, slotOf } from '../engine/incident.ts';
import { announceMessage, lookMessage } from '../engine/messages.ts';
import type { Desk } from '../engine/triage.ts';
import type { SlackApp } from '../infra/slack/app.ts';
import type { SlackHandlers } from '../infra/slack/listeners.ts';
import { answerCommand } from './commands.ts';
import type { HttpRequest, HttpResponse } from './http.ts';

/** `POST /slack/events`: commands and clicks, signed by Slack. */
export async function receiveSlack(app: SlackApp, request: HttpRequest): Promise<HttpResponse> {
  return app.handle({ headers: request.headers, body: request.body });
}

/** What the bot does when somebody asks it. `desk` is asked for late: the channel is part of it. */
export function slackHandlers(desk: () => Desk): SlackHandlers {
  return {
    command: ({ text, userId }) => answerCommand(desk(), text, userId),
    runAgain: ({ incident }) => runAgain(desk(), incident),
  };
}

async function runAgain(desk: Desk, id: string): Promise<{ text: string } | undefined> {
  return amend<Incident, { text: string } | undefined>(desk.store, 'incidents', slotOf(id), (incident) => {
    if (incident?.id !== id)
      return { result: { text: 'This incident is over and its record was replaced by a newer one.' } };
    if (incident.runbook === null)
      return { result: { text: 'No runbook answers this alert, so there is nothing to run.' } };
    if (incident.state === 'closed') {
      const { runbook, target } = incident;
      return {
        result: {
          text: `This incident is closed. To look anyway: /nightshift investigate ${runbook} ${'name' in target ? target.name : ''}`,
        },
      };
    }
    const value = lookWanted(incident, 'asked', desk.clock.now());
    const send = [lookMessage(id, value.look.wanted), announceMessage(desk.channel, id)];
    return { result: undefined, value: { ...value, state: incident.state === 'folded' ? 'folded' : 'looking' }, send };
  });
}
