import { messageOf, Refused, TryLater } from '../../engine/errors.ts';
import { lookIntoChannel } from '../../infra/slack/channel-seen.ts';
import { whoseToken } from '../../infra/slack/whose-token.ts';
import { ConfigError } from '../config/error.ts';
import { slackIn } from './desks.ts';
import type { House } from './house.ts';

/** https://docs.slack.dev/authentication/tokens: a bot token, and one that is rotated. */
const BOT_TOKEN = /^xox(b-|e\.xoxb-)/;
const SWAPPED = 'was it swapped with the other one?';

/** The text of a secret, if it looks like a bot token. Costs nothing, so a cold start asks it too. No word of it is told. */
export function botTokenIn(text: string): string {
  if (BOT_TOKEN.test(text)) return text;
  throw new ConfigError(
    `slack.botToken: what the secret holds is no bot token, which begins with xoxb-: put the Bot User OAuth Token of the app there (${SWAPPED})`,
  );
}

export function signingSecretIn(text: string): string {
  if (!/^xox/.test(text)) return text;
  throw new ConfigError(
    `slack.signingSecret: what the secret holds is a token: put the Signing Secret there, from Basic Information of the app (${SWAPPED})`,
  );
}

/** Whether Slack takes the token, and takes it for the workspace that is configured. Throws `ConfigError` if not. */
export async function lookAtSlack({ name, config, secret, wasRefused, log }: House): Promise<void> {
  const { botToken, apiUrl, teamId } = slackIn(config);
  const token = botTokenIn(await secret(botToken, 'slack.botToken'));
  try {
    const { team } = await whoseToken({ botToken: token, ...(apiUrl === undefined ? {} : { apiUrl }), log });
    if (teamId !== undefined && team !== teamId)
      throw new ConfigError(
        `slack.teamId is ${teamId}, and slack.botToken belongs to the workspace ${team}: mend one of them`,
      );
  } catch (failure) {
    // That Slack is away says nothing about the configuration.
    if (failure instanceof TryLater)
      return log.info({ reason: messageOf(failure) }, 'Slack did not answer to the check');
    if (!(failure instanceof Refused)) throw failure;
    // Whoever clicks must not wait for it to be asked for anew: `slack` has another one within minutes.
    if (name !== 'slack') wasRefused(botToken);
    throw new ConfigError(`slack.botToken: ${failure.message}`);
  }
}

/** Whether the channel is there and the bot was invited. Throws `ConfigError` if not: otherwise the first card would tell. */
export async function lookAtChannel({ config, secret, log }: Pick<House, 'config' | 'secret' | 'log'>): Promise<void> {
  const { botToken, apiUrl, channel } = slackIn(config);
  const token = botTokenIn(await secret(botToken, 'slack.botToken'));
  try {
    await lookIntoChannel({ channel, botToken: token, ...(apiUrl === undefined ? {} : { apiUrl }), log });
  } catch (failure) {
    if (failure instanceof TryLater)
      return log.info({ reason: messageOf(failure) }, 'Slack did not answer to the check');
    if (!(failure instanceof Refused)) throw failure;
    throw new ConfigError(`slack.channel: ${failure.message}`);
  }
}
