import type { Person } from '../practice-users.ts';
import type { Workspace } from '../workspace.ts';
import { type Method, SlackError, text } from './call.ts';

const authTest: Method = {
  run: (_args, { workspace, pageOrigin }) => ({
    url: new URL('/', pageOrigin()).href,
    team: workspace.team.name,
    team_id: workspace.team.id,
    user: workspace.bot.name,
    user_id: workspace.bot.id,
    bot_id: workspace.botId,
    is_enterprise_install: false,
  }),
};

const usersInfo: Method = {
  scope: 'users:read',
  run(args, { workspace }) {
    const person = workspace.people.find(({ id }) => id === text(args, 'user'));
    if (!person) throw new SlackError('user_not_found');
    return { user: userOf(person, workspace) };
  },
};

/** Somebody who shares a channel is no stranger, wherever they come from. */
function userOf({ id, name, realName, isBot, teamId, isGuest = false }: Person, { team, deactivated }: Workspace) {
  return {
    id,
    team_id: teamId ?? team.id,
    name,
    real_name: realName,
    deleted: deactivated.has(id),
    // Slackbot is none, says Slack.
    is_bot: isBot && id !== 'USLACKBOT',
    is_app_user: false,
    is_restricted: isGuest,
    is_ultra_restricted: false,
    is_stranger: false,
    profile: { real_name: realName, display_name: name },
  };
}

const userGroupMembers: Method = {
  scope: 'usergroups:read',
  run(args, { workspace }) {
    const users = workspace.userGroups.get(text(args, 'usergroup') ?? '');
    if (!users) throw new SlackError('no_such_subteam');
    return { users };
  },
};

export const workspaceMethods: Readonly<Record<string, Method>> = {
  'auth.test': authTest,
  'users.info': usersInfo,
  'usergroups.users.list': userGroupMembers,
};
