import type { ConsoleOptions } from './options.ts';
import { type Person, type PracticeUser, people, practiceApprovers, practiceUsers } from './practice-users.ts';

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
  readonly slackbot: Person;
  /** Whom the page can act as; the first of them unless it says otherwise. */
  readonly users: readonly [PracticeUser, ...PracticeUser[]];
  /** They and the bots. */
  readonly people: readonly Person[];
  /** The channel that the page shows. */
  readonly channel: Channel;
  readonly channels: readonly Channel[];
  /** Members of each user group, by its id. */
  readonly userGroups: Map<string, readonly string[]>;
  /** Ids of people whose accounts were closed. */
  readonly deactivated: Set<string>;
  readonly scopes: readonly string[];
}

const bot: Person = { id: 'U0NIGHTBOT', name: 'nightshift', realName: 'Nightshift', isBot: true };
const slackbot: Person = { id: 'USLACKBOT', name: 'console', realName: 'Console', isBot: true };

/** What the bot asks for in its manifest, and what it needs to find its own messages again. */
const defaultScopes = ['chat:write', 'commands', 'channels:history', 'channels:read', 'users:read', 'usergroups:read'];

/** One of those whom the page can act as; the first when it does not say. */
export function userOf({ users }: Workspace, id: string | null | undefined): PracticeUser | undefined {
  return id ? users.find((user) => user.id === id) : users[0];
}

const defaultUserGroups = { [practiceApprovers]: [practiceUsers.approver, practiceUsers.secondApprover] };

/** A workspace of the practice users, one bot and the one channel the bot is in, beside two that it cannot post to. */
export function createWorkspace(
  options: Pick<ConsoleOptions, 'channel' | 'workspaceName' | 'userGroups' | 'scopes'>,
): Workspace {
  const channel: Channel = { ...options.channel, isMember: true, isArchived: false };
  return {
    team: { id: 'T0PRACTICE', name: options.workspaceName ?? 'Nightshift', domain: 'practice' },
    appId: 'A0NIGHTAPP',
    botId: 'B0NIGHTBOT',
    bot,
    slackbot,
    users: people,
    people: [...people, bot, slackbot],
    channel,
    channels: [
      channel,
      { id: 'C0GENERAL0', name: 'general', isMember: false, isArchived: false },
      { id: 'C0ARCHIVED', name: 'incidents-old', isMember: true, isArchived: true },
    ],
    userGroups: new Map(Object.entries(options.userGroups ?? defaultUserGroups)),
    deactivated: new Set(),
    scopes: options.scopes ?? defaultScopes,
  };
}
