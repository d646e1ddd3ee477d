import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createSlackApp, type SlackApp, type SlackAppOptions } from '../../../infra/slack/app.ts';
import { createLambdaSlackApp } from '../../../infra/slack/app-lambda.ts';
import type { SlackHandlers } from '../../../infra/slack/listeners.ts';
import { sign } from '../../../infra/slack/signature.ts';
import { type FakeSlack, startFakeSlack } from './fake-slack.ts';

const secret = '8f742231b10e8888abcd99yyyzzz85a5';
const now = new Date('2026-11-21T02:45:00Z');
/** The app's clock, in Slack's seconds. */
export const seconds = Math.floor(now.getTime() / 1_000);

export interface Signing {
  readonly at?: number;
  readonly by?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A request as Slack sends it; `signing` says what is wrong with it. */
export function request(body: string, contentType: string, { at = seconds, by = secret, headers = {} }: Signing = {}) {
  const timestamp = String(at);
  return {
    headers: {
      'content-type': contentType,
      'x-slack-request-timestamp': timestamp,
      'x-slack-signature': sign(Buffer.from(body), timestamp, by),
      ...headers,
    },
    body,
  };
}

export function form(fields: Readonly<Record<string, string>>, signing?: Signing) {
  return request(new URLSearchParams(fields).toString(), 'application/x-www-form-urlencoded', signing);
}

export function json(value: unknown, signing?: Signing) {
  return request(JSON.stringify(value), 'application/json', signing);
}

/** An app with handlers that note what they were asked, and everything around it that answers. */
export interface AppRoom {
  readonly slack: FakeSlack;
  /** What the handlers were called with. */
  readonly asked: unknown[];
  /** What people of other workspaces wanted. */
  readonly turnedAway: unknown[];
  /** What came to the address for later answers (`response_url`). */
  readonly told: Readonly<Record<string, unknown>>[];
  readonly logged: string[];
  readonly handlers: SlackHandlers;
  open(more?: Partial<SlackAppOptions>): SlackApp;
  /** An app that does not know its workspace. */
  openUnnamed(): SlackApp;
  /** The app of a process that is frozen with its answer. */
  openFrozen(more?: Partial<SlackAppOptions>): SlackApp;
  openFrozenUnnamed(): SlackApp;
  command(text: string, signing?: Signing): ReturnType<typeof request>;
  click(actionId: string, more?: object): ReturnType<typeof request>;
  /** A click on a button that holds this value. */
  press(actionId: string, value: string, more?: object): ReturnType<typeof request>;
  /** Somebody submits the window with this id. */
  submit(view: object, more?: object): ReturnType<typeof request>;
  answersGet(status: number): void;
  close(): Promise<void>;
}

export async function openAppRoom(): Promise<AppRoom> {
  const slack = await startFakeSlack();
  const asked: unknown[] = [];
  const turnedAway: unknown[] = [];
  const told: Readonly<Record<string, unknown>>[] = [];
  const logged: string[] = [];
  let answerStatus = 200;
  const answers = createServer((incoming, response) => {
    let body = '';
    incoming.on('data', (chunk: Buffer) => {
      body += chunk.toString();
    });
    incoming.on('end', () => {
      told.push(JSON.parse(body));
      response.writeHead(answerStatus).end('ok');
    });
  });
  await new Promise<void>((listening) => answers.listen(0, '127.0.0.1', listening));
  const answerUrl = `http://127.0.0.1:${(answers.address() as AddressInfo).port}/`;

  const handlers: SlackHandlers = {
    async command(command) {
      asked.push(command);
      return { text: 'Two runbooks', items: [{ name: 'node-not-ready', text: 'Node is not ready' }] };
    },
    runAgain: noting(asked),
    openPlan: noting(asked),
    request: noting(asked),
    decide: noting(asked),
    doneByHand: noting(asked),
    async turnedAway(attempt) {
      turnedAway.push(attempt);
    },
  };
  const note = (_: object, words: string) => logged.push(words);
  const unnamed = {
    botToken: slack.token,
    signingSecret: secret,
    apiUrl: slack.apiUrl,
    handlers,
    clock: { now: () => now },
    log: { info: note, warn: note, error: note },
  };

  const press: AppRoom['press'] = (actionId, value, more = {}) =>
    form({
      payload: JSON.stringify({
        type: 'block_actions',
        user: { id: 'U1', team_id: slack.team },
        team: { id: slack.team },
        channel: { id: 'C1' },
        trigger_id: 'trigger',
        response_url: answerUrl,
        actions: [{ type: 'button', action_id: actionId, block_id: 'b', value }],
        ...more,
      }),
    });

  return {
    slack,
    asked,
    turnedAway,
    told,
    logged,
    handlers,
    open: (more = {}) => createSlackApp({ ...unnamed, teamId: slack.team, ...more }),
    openUnnamed: () => createSlackApp(unnamed),
    openFrozenUnnamed: () => createLambdaSlackApp(unnamed),
    openFrozen: (more = {}) => createLambdaSlackApp({ ...unnamed, teamId: slack.team, ...more }),
    command: (text, signing) =>
      form(
        {
          command: '/nightshift',
          text,
          user_id: 'U1',
          channel_id: 'C1',
          team_id: slack.team,
          response_url: answerUrl,
          trigger_id: '1.2',
        },
        signing,
      ),
    click: (actionId, more) => press(actionId, 'incident-1', more),
    press,
    submit: (view, more = {}) =>
      form({
        payload: JSON.stringify({
          type: 'view_submission',
          user: { id: 'U1', team_id: slack.team },
          team: { id: slack.team },
          view: { id: 'V1', type: 'modal', callback_id: 'request-plan', ...view },
          ...more,
        }),
      }),
    answersGet(status) {
      answerStatus = status;
    },
    async close() {
      await slack.close();
      answers.closeAllConnections();
      await new Promise((closed) => answers.close(closed));
    },
  };
}

/** A handler that notes what it was asked, and has nothing to say. */
function noting(asked: unknown[]) {
  return async (question: unknown): Promise<undefined> => {
    asked.push(question);
  };
}
