import type { Person, Workspace } from '../workspace.ts';
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

function userOf({ id, name, realName, isBot }: Person, { team }: Workspace) {
  return {
    id,
    team_id: team.id,
    name,
    real_name: realName,
    deleted: false,
    is_bot: isBot,
    is_app_user: false,
    is_restricted: false,
    is_ultra_restricted: false,
    profile: { real_name: realName, display_name: name },
  };
}

const userGroupMembers: Method = {
  scope: 'usergroups:read',
  run(args, { workspace }) {
    const users = workspace.userGroups[text(args, 'usergroup') ?? ''];
    if (!users) throw new SlackError('no_such_subteam');
    return { users };
  },
};

/** The trigger is checked and used up as in Slack; showing a modal is more than this console does, and it says so. */
const viewsOpen: Method = {
  run(args, { triggers }) {
    const problem = triggers.exchange(text(args, 'trigger_id') ?? '');
    if (problem) throw new SlackError(problem);
    throw new SlackError('not_implemented', {
      response_metadata: { messages: ['[ERROR] the practice console shows no modals'] },
    });
  },
};

export const workspaceMethods: Readonly<Record<string, Method>> = {
  'auth.test': authTest,
  'users.info': usersInfo,
  'usergroups.users.list': userGroupMembers,
  'views.open': viewsOpen,
};
