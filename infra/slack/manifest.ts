import type { AppsManifestCreateArguments } from '@slack/web-api';

type Manifest = AppsManifestCreateArguments['manifest'];

export interface ManifestOptions {
  /** Also read private channels' history: only needed when the incident channel is private. */
  readonly privateChannel?: boolean;
}

/** Where Slack posts commands and clicks, below the public URL. */
export const EVENTS_PATH = '/slack/events';

/**
 * The Slack app to install, as https://api.slack.com/apps takes it under "From a manifest". The scopes are the least
 * that work:
 * - `chat:write`: post the card into channels the bot was invited to, and edit it;
 * - `commands`: `/nightshift …`;
 * - `channels:history` (`groups:history` in a private channel): after a time-out, see whether a message arrived
 *   before posting it again. Without it that message may stand there twice;
 * - `users:read`: who presses a button, so that guests, bots and deactivated people approve nothing;
 * - `usergroups:read`: who belongs to the groups of approvers.
 *
 * There are no event subscriptions: the bot reads nothing that people write.
 */
export function slackManifest(publicUrl: string, { privateChannel = false }: ManifestOptions = {}): Manifest {
  const base = new URL(publicUrl);
  const url = new URL(`${base.pathname.replace(/\/$/, '')}${EVENTS_PATH}`, base).href;
  return {
    display_information: {
      name: 'Nightshift',
      description: 'Diagnoses Kubernetes incidents before you are awake',
      background_color: '#1a1d29',
    },
    features: {
      bot_user: { display_name: 'Nightshift', always_online: true },
      slash_commands: [
        {
          command: '/nightshift',
          url,
          description: 'Look into a problem, list runbooks and incidents',
          usage_hint: 'investigate <runbook> <target> | runbooks | incidents | help',
          should_escape: false,
        },
      ],
    },
    oauth_config: {
      scopes: {
        bot: [
          'chat:write',
          'commands',
          'channels:history',
          'users:read',
          'usergroups:read',
          ...(privateChannel ? ['groups:history' as const] : []),
        ],
      },
    },
    settings: {
      interactivity: { is_enabled: true, request_url: url },
      org_deploy_enabled: false,
      socket_mode_enabled: false,
      token_rotation_enabled: false,
    },
  };
}
