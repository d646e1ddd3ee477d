import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Logger, LogLevel, WebClient } from '@slack/web-api';
import { onTestFinished } from 'vitest';
import * as z from 'zod';
import { startConsole } from '../../../../infra/local/console/console.ts';
import type { ConsoleOptions, ConsoleServer } from '../../../../infra/local/console/options.ts';

export const botToken = 'xoxb-test-token';
export const signingSecret = 'a-signing-secret';
export const channel = 'C0INCIDENT';
export const you = 'U0ONCALL01';

/** A clock that moves only when told to. */
export function manualClock(start = new Date('2026-11-21T02:00:00Z')) {
  let time = start.getTime();
  return {
    now: () => new Date(time),
    advance(ms: number) {
      time += ms;
    },
  };
}

/** One request that the console sent to the app. */
export interface Received {
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
  readonly form: URLSearchParams;
}

export type App = (received: Received, response: ServerResponse) => void;
const acknowledge: App = (_received, response) => void response.end();

export interface TestConsole {
  readonly server: ConsoleServer;
  readonly slack: WebClient;
  /** Where the page is: `http://127.0.0.1:PORT`. */
  readonly origin: string;
  readonly received: readonly Received[];
  /** What the app does with the next requests. */
  behave(app: App): void;
  /** Does something on the page as its script would. */
  act(action: string, body: unknown): Promise<{ readonly ok: boolean; readonly error?: string | undefined }>;
  /** Ends every connection to the page's server, as a network does. */
  cut(): void;
  restart(): Promise<TestConsole>;
  close(): Promise<void>;
}

/** The console behind a main server on loopback, with an app that records what it is sent. Closed by itself. */
export async function openConsole(options: Partial<ConsoleOptions> = {}): Promise<TestConsole> {
  const received: Received[] = [];
  let app = acknowledge;
  const main = createServer(async (request, response) => {
    if (server.handlePage(request, response)) return;
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks).toString('utf8');
    const one = { headers: request.headers, body, form: new URLSearchParams(body) };
    received.push(one);
    app(one, response);
  });
  await new Promise<void>((resolve) => main.listen(0, '127.0.0.1', resolve));
  const { port } = main.address() as AddressInfo;
  const origin = `http://127.0.0.1:${port}`;
  const server = await startConsole({
    file: ':memory:',
    botToken,
    signingSecret,
    channel: { id: channel, name: 'incidents' },
    sendTo: () => new URL('/slack/events', origin),
    ...options,
  });

  let closed = false;
  const close = async () => {
    if (closed) return;
    closed = true;
    await server.close();
    main.closeAllConnections();
    await new Promise((resolve) => main.close(resolve));
  };
  onTestFinished(close);
  return {
    server,
    slack: client(server.apiUrl),
    origin,
    received,
    behave(next) {
      app = next;
    },
    async act(action, body) {
      const response = await fetch(`${origin}/console/${action}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', origin },
        body: JSON.stringify(body),
      });
      return z.object({ ok: z.boolean(), error: z.string().optional() }).parse(await response.json());
    },
    cut: () => main.closeAllConnections(),
    async restart() {
      await close();
      return openConsole(options);
    },
    close,
  };
}

/** The real client of Slack's Web API; it repeats nothing, so that each test sees what was answered. */
export function client(apiUrl: string, token: string | undefined = botToken, timeoutMs = 10_000): WebClient {
  return new WebClient(token, {
    timeout: timeoutMs,
    slackApiUrl: apiUrl,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    // Every refusal is logged as an error, and refusals are what these tests are about.
    logger: silent,
  });
}

const nothing = () => {};
const silent: Logger = {
  debug: nothing,
  info: nothing,
  warn: nothing,
  error: nothing,
  setLevel: nothing,
  getLevel: () => LogLevel.ERROR,
  setName: nothing,
};

/** What a refused call was answered: Slack's word, and the fields beside it. */
export async function refusal(call: Promise<unknown>): Promise<{ readonly error: string } & Record<string, unknown>> {
  try {
    await call;
  } catch (thrown) {
    if (typeof thrown === 'object' && thrown !== null && 'data' in thrown)
      return thrown.data as { error: string } & Record<string, unknown>;
    throw thrown;
  }
  throw new Error('The call was not refused.');
}

/** A section with mrkdwn: the shortest useful block. */
export const section = (text: string) => ({ type: 'section', text: { type: 'mrkdwn', text } }) as const;

/** A row of one button. */
export const buttons = (actionId: string, value = 'v') =>
  ({
    type: 'actions',
    block_id: 'row',
    elements: [{ type: 'button', action_id: actionId, value, text: { type: 'plain_text', text: 'Run Again' } }],
  }) as const;
