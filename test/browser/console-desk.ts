import { onTestFinished } from 'vitest';
import type { Chat, MessageRef } from '../../engine/ports.ts';
import { practiceApprovers, practiceUsers } from '../../infra/local/console/practice-users.ts';
import { createSlackApp } from '../../infra/slack/app.ts';
import { slackChat } from '../../infra/slack/chat.ts';
import type { SlackHandlers } from '../../infra/slack/listeners.ts';
import { botToken, channel, openConsole, signingSecret, type TestConsole } from '../infra/local/console/harness.ts';
import { diagnosed } from '../infra/slack/cards.ts';
import { requested, shown } from '../infra/slack/plans.ts';

const { requester } = practiceUsers;
const approvers = { users: [], userGroups: [practiceApprovers] };
const request = { ...requested.plan.request, by: requester } as NonNullable<typeof requested.plan.request>;

/** The fixtures, with people of the practice workspace in them. */
export const card = { ...diagnosed, offered: ['cordonNode'] };
export const plan = { ...shown, approvers };
export const waiting = { ...requested, approvers, plan: { ...requested.plan, request } };

/** The console with the real app behind it, whose handlers note what they are asked and answer as the test says. */
export interface ConsoleDesk {
  readonly console: TestConsole;
  readonly chat: Chat;
  readonly asked: { readonly what: keyof SlackHandlers; readonly question: object }[];
  /** Answers the next questions of this kind. */
  answer<What extends keyof SlackHandlers>(what: What, handler: SlackHandlers[What]): void;
  postCard(): Promise<MessageRef>;
}

export async function openDesk(): Promise<ConsoleDesk> {
  const console = await openConsole();
  const { apiUrl } = console.server;
  const asked: ConsoleDesk['asked'] = [];
  const answers: Partial<SlackHandlers> = {};
  const noting =
    <What extends keyof SlackHandlers>(what: What) =>
    async (question: object, asking?: object) => {
      asked.push({ what, question });
      return answers[what]?.(question as never, asking as never);
    };
  const handlers = {
    command: noting('command') as SlackHandlers['command'],
    runAgain: noting('runAgain'),
    openPlan: noting('openPlan'),
    request: noting('request'),
    decide: noting('decide'),
    doneByHand: noting('doneByHand'),
  } as SlackHandlers;
  const app = createSlackApp({ botToken, signingSecret, apiUrl, handlers });
  console.behave((received, response) => {
    void app.handle(received).then(({ status, headers, body }) => response.writeHead(status, headers).end(body));
  });
  onTestFinished(() => app.idle());
  const chat = slackChat({ botToken, apiUrl });
  return {
    console,
    chat,
    asked,
    answer(what, handler) {
      answers[what] = handler;
    },
    postCard: () => chat.post({ channel }, { kind: 'card', card }, `${card.incident}/card`),
  };
}
