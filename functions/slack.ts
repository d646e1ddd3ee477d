import { type RemediateMessage, remediateMessage } from '../engine/acting/messages.ts';
import { amend } from '../engine/documents.ts';
import { type Incident, lookWanted, slotOf } from '../engine/incident.ts';
import { announceMessage, lookMessage } from '../engine/messages.ts';
import type { Queue } from '../engine/ports.ts';
import type { Desk } from '../engine/triage.ts';
import type { SlackApp } from '../infra/slack/app.ts';
import type { Caller, SlackHandlers } from '../infra/slack/listeners.ts';
import { answerCommand, type Commanded } from './commands.ts';
import type { HttpRequest, HttpResponse } from './http.ts';

/** `POST /slack/events`: commands and clicks, signed by Slack. */
export async function receiveSlack(app: SlackApp, request: HttpRequest): Promise<HttpResponse> {
  return app.handle({ headers: request.headers, body: request.body });
}

/**
 * What the bot does when somebody asks it. `desk` is asked for late: the channel is part of it. A wish that concerns a
 * plan is stored and acknowledged; who may, and whether it still fits, is asked when it is worked on.
 */
export function slackHandlers(desk: () => Commanded, queue: Pick<Queue, 'send'>): SlackHandlers {
  const stored = async (body: RemediateMessage): Promise<undefined> => queue.send([remediateMessage(body)]).then();
  const by = ({ userId, channelId }: Caller) => ({ by: userId, channel: channelId });
  return {
    command: async ({ text, userId, channelId }) => {
      const glass = breakGlassIn(text);
      if (!glass) return answerCommand(desk(), text, userId);
      if ('usage' in glass) return { text: glass.usage };
      await stored({ type: 'break-glass', ...glass, by: userId, channel: channelId });
      return { text: 'Noted: what comes of it stands in the channel.' };
    },
    runAgain: ({ incident }) => runAgain(desk(), incident),
    openPlan: ({ incident, remedy, viewId, caller }) =>
      stored({ type: 'open', incident, remedy, view: viewId, ...by(caller) }),
    request: ({ plan, caller }) => stored({ type: 'request', plan, ...by(caller) }),
    decide: ({ plan, button, caller }) => stored({ type: 'decide', plan, button, ...by(caller) }),
    doneByHand: ({ incident, manual, caller }) => stored({ type: 'done-by-hand', incident, manual, ...by(caller) }),
  };
}

function breakGlassIn(
  text: string,
): { readonly plan: string; readonly reason: string } | { readonly usage: string } | undefined {
  const [word = '', plan, ...reason] = text.trim().split(/\s+/);
  if (word.toLowerCase() !== 'break-glass') return undefined;
  if (!plan || reason.length === 0) return { usage: 'Usage: /nightshift break-glass <plan> <reason, in a sentence>' };
  return { plan, reason: reason.join(' ') };
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
