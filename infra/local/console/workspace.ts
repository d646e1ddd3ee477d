import type { ConsoleOptions } from './options.ts';

export interface Person {
  readonly id: string;
  /** The handle, as in `@on-call`. */
  readonly name: string;
  readonly realName: string;
  readonly isBot: boolean;
}

export interface Channel {
  readonly id: string;
  readonly name: string;
  /** Whether the bot was invited. */
  readonly isMember: boolean;
  readonly isArchived: boolean;
}

export interface Workspace {
  readonly team: { readonly id: string; readonly name: string; readonly domain: string };
  readonly appId: string;
  readonly botId: string;
  readonly bot: Person;
  /** The person at the page. */
  readonly you: Person;
  readonly slackbot: Person;
  readonly people: readonly Person[];
  /** The channel that the page shows. */
  readonly channel: Channel;
  readonly channels: readonly Channel[];
  readonly userGroups: Readonly<Record<string, readonly string[]>>;
  readonly scopes: readonly string[];
}

const bot: Person = { id: 'U0NIGHTBOT', name: 'nightshift', realName: 'Nightshift', isBot: true };
const you: Person = { id: 'U0ONCALL01', name: 'on-call', realName: 'You', isBot: false };
const slackbot: Person = { id: 'USLACKBOT', name: 'console', realName: 'Console', isBot: true };

/** What the bot asks for in its manifest, and what it needs to find its own messages again. */
const defaultScopes = ['chat:write', 'commands', 'channels:history', 'channels:read', 'users:read', 'usergroups:read'];

/** A workspace of one person, one bot and the one channel the bot is in, beside two that it cannot post to. */
export function createWorkspace(
  options: Pick<ConsoleOptions, 'channel' | 'workspaceName' | 'userGroups' | 'scopes'>,
): Workspace {
  const channel: Channel = { ...options.channel, isMember: true, isArchived: false };
  return {
    team: { id: 'T0PRACTICE', name: options.workspaceName ?? 'Nightshift', domain: 'practice' },
    appId: 'A0NIGHTAPP',
    botId: 'B0NIGHTBOT',
    bot,
    you,
    slackbot,
    people: [you, bot, slackbot],
    channel,
    channels: [
      channel,
      { id: 'C0GENERAL0', name: 'general', isMember: false, isArchived: false },
      { id: 'C0ARCHIVED', name: 'incidents-old', isMember: true, isArchived: true },
    ],
    userGroups: options.userGroups ?? { S0ONCALL00: [you.id] },
    scopes: options.scopes ?? defaultScopes,
  };
}
