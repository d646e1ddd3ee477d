import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Logger } from 'pino';
import type { People } from '../engine/people.ts';
import type { Chat } from '../engine/ports.ts';
import { startConsole } from '../infra/local/console/console.ts';
import type { ConsoleServer, Drill } from '../infra/local/console/options.ts';
import { makePrivate } from '../infra/local/store/directory.ts';
import { createSlackApp, type SlackApp } from '../infra/slack/app.ts';
import { slackChat } from '../infra/slack/chat.ts';
import type { SlackHandlers } from '../infra/slack/listeners.ts';
import type { Log } from '../infra/slack/log.ts';
import { slackPeople } from '../infra/slack/people.ts';
import { systemClock } from './clock.ts';
import type { Settings } from './compose.ts';

export interface ChannelOptions {
  readonly settings: Settings;
  readonly log: Logger;
  readonly handlers: SlackHandlers;
  /** This server's own URL, once it listens. */
  readonly url: () => string;
  readonly drills: { readonly list: () => readonly Drill[]; readonly start: (id: string) => Promise<void> };
}

/** The one channel: a Slack workspace, or the console that stands in for it. Bolt and the WebClient speak to both. */
export interface Channel {
  readonly id: string;
  readonly chat: Chat;
  readonly people: People;
  readonly app: SlackApp;
  readonly console?: ConsoleServer;
  close(): Promise<void>;
}

const CONSOLE_FILE = 'console.db';
export const PRACTICE_CHANNEL = { id: 'C0NIGHTSHIFT', name: 'incidents' };

export async function openChannel(options: ChannelOptions): Promise<Channel> {
  const { slack } = options.settings.config;
  if (!slack) return openConsole(options);
  const botToken = await options.settings.secret(slack.botToken, 'slack.botToken');
  const signingSecret = await options.settings.secret(slack.signingSecret, 'slack.signingSecret');
  const { channel, apiUrl, teamId } = slack;
  const api = { ...(apiUrl === undefined ? {} : { apiUrl }), ...(teamId === undefined ? {} : { teamId }) };
  const log = logOf(options.log);
  const app = createSlackApp({ botToken, signingSecret, ...api, handlers: options.handlers, clock: systemClock, log });
  const chat = slackChat({ botToken, ...api, log });
  const people = slackPeople({ botToken, ...api, clock: systemClock, log });
  return { id: channel, chat, people, app, close: () => app.idle() };
}

/** The stand-in keeps its messages in the data directory; its secrets live only as long as this process. */
async function openConsole({ settings, log, handlers, url, drills }: ChannelOptions): Promise<Channel> {
  makePrivate(settings.directory, [CONSOLE_FILE]);
  const secrets = {
    botToken: `xoxb-${randomBytes(12).toString('hex')}`,
    signingSecret: randomBytes(16).toString('hex'),
  };
  const console = await startConsole({
    file: join(settings.directory, CONSOLE_FILE),
    ...secrets,
    channel: PRACTICE_CHANNEL,
    sendTo: () => new URL('/slack/events', url()),
    // Where nothing is real the glass may be broken by way of trial; elsewhere the console acts on nothing.
    hints: () => (settings.config.clusters.length === 0 ? [...hints, glassHint] : hints),
    drills: drills.list,
    startDrill: drills.start,
    log: (event, details) => log.debug(details, event),
  });
  const { apiUrl } = console;
  const app = createSlackApp({ ...secrets, apiUrl, handlers, clock: systemClock, log: logOf(log) });
  const chat = slackChat({ botToken: secrets.botToken, apiUrl, log: logOf(log) });
  const close = async () => {
    await app.idle();
    await console.close();
  };
  const people = slackPeople({ botToken: secrets.botToken, apiUrl, clock: systemClock, log: logOf(log) });
  return { id: PRACTICE_CHANNEL.id, chat, people, app, console, close };
}

export const hints = [
  { text: '/nightshift', description: 'What I can do' },
  { text: '/nightshift investigate ', usage: '<runbook> <target>', description: 'Run a runbook now' },
  { text: '/nightshift runbooks', description: 'Causes I can tell apart, and fixes' },
  { text: '/nightshift incidents', description: 'What stands open' },
];

export const glassHint = {
  text: '/nightshift break-glass ',
  usage: '<plan> <reason>',
  description: 'Go on in spite of a freeze',
};

function logOf(log: Logger): Log {
  return {
    info: (details, words) => log.info(details, words),
    warn: (details, words) => log.warn(details, words),
    error: (details, words) => log.error(details, words),
  };
}
