import { messageOf, Refused, TryLater } from '../../engine/errors.ts';
import { lookIntoChannel } from '../../infra/slack/channel-seen.ts';
import { NotSlack } from '../../infra/slack/failures.ts';
import { whoseToken } from '../../infra/slack/whose-token.ts';
import { ConfigError } from '../config/error.ts';
import { slackIn } from './desks.ts';
import type { House } from './house.ts';

/** https://docs.slack.dev/authentication/tokens: a bot token, and one that is rotated. */
const BOT_TOKEN = /^xox(b-|e\.xoxb-)/;
/** And an app-level token; any other kind begins with `xox` as well. */
const ANY_TOKEN = /^(xox|xapp-)/;
/** As every one that was seen. Slack calls it "a unique string" and promises no form, so another one is not refused. */
const SIGNING_SECRET = /^[0-9a-f]{32}$/;
const SWAPPED = 'was it swapped with the other one?';

/** The text of a secret, if it looks like a bot token. Costs nothing, so a cold start asks it too. No word of it is told. */
export function botTokenIn(text: string): string {
  if (BOT_TOKEN.test(text)) return text;
  throw new ConfigError(
    `slack.botToken: what the secret holds is no bot token, which begins with xoxb-: put the Bot User OAuth Token of the app there (${SWAPPED})`,
  );
}

export function signingSecretIn(text: string): string {
  if (!ANY_TOKEN.test(text)) return text;
  throw new ConfigError(
    `slack.signingSecret: what the secret holds is a token: put the Signing Secret there, from Basic Information of the app (${SWAPPED})`,
  );
}

/** Nobody can be asked whether a signing secret is right before somebody presses: what looks wrong is at least said. */
export function doubtSigningSecret(text: string, log: Pick<House['log'], 'warn'>): void {
  if (SIGNING_SECRET.test(text)) return;
  log.warn(
    { characters: text.length },
    'slack.signingSecret: what the secret holds does not look like a Signing Secret, which is 32 of 0-9 and a-f. Is it the Verification Token, or cut off? If it is, every press is refused; compare it with Basic Information of the app',
  );
}

/** Whether Slack takes the token, and takes it for the workspace that is configured. Throws `ConfigError` if not. */
export async function lookAtSlack({ name, config, secret, wasRefused, log }: House): Promise<void> {
  const { botToken, apiUrl, teamId } = slackIn(config);
  const token = botTokenIn(await secret(botToken, 'slack.botToken'));
  const seen = await asked(
    log,
    apiUrl,
    whoseToken({ botToken: token, ...(apiUrl === undefined ? {} : { apiUrl }), log }),
  );
  if (seen === 'no answer') return;
  if (seen instanceof Refused) {
    // Whoever clicks must not wait for it to be asked for anew: `slack` has another one within minutes.
    if (name !== 'slack') wasRefused(botToken);
    throw new ConfigError(`slack.botToken: ${seen.message}`);
  }
  if (teamId !== undefined && seen.team !== teamId)
    throw new ConfigError(
      `slack.teamId is ${teamId}, and slack.botToken belongs to the workspace ${seen.team}: mend one of them`,
    );
}

/**
 * Whether the channel is there and the bot was invited. Throws `ConfigError` if not: otherwise the first card would tell.
 * A token that may not read the channel may still post: that is only said.
 */
export async function lookAtChannel({ config, secret, log }: Pick<House, 'config' | 'secret' | 'log'>): Promise<void> {
  const { botToken, apiUrl, channel } = slackIn(config);
  const token = botTokenIn(await secret(botToken, 'slack.botToken'));
  const look = lookIntoChannel({ channel, botToken: token, ...(apiUrl === undefined ? {} : { apiUrl }), log });
  const seen = await asked(log, apiUrl, look);
  if (!(seen instanceof Refused)) return;
  if (seen.code !== 'missing_scope') throw new ConfigError(`slack.channel: ${seen.message}`);
  log.warn(
    { channel },
    `${seen.message}. Until then nobody looks whether the bot is in the channel, and a message may be posted twice.`,
  );
}

/** That Slack is away says nothing about the configuration; that somebody else answers does. */
async function asked<T>(
  log: House['log'],
  apiUrl: string | undefined,
  answer: Promise<T>,
): Promise<T | Refused | 'no answer'> {
  const where = apiUrl === undefined ? 'slack' : 'slack.apiUrl';
  try {
    return await answer;
  } catch (failure) {
    if (failure instanceof Refused) return failure;
    if (failure instanceof NotSlack) throw new ConfigError(`${where}: ${failure.message}`);
    if (!(failure instanceof TryLater)) throw failure;
    log.warn(
      { reason: messageOf(failure) },
      `${where}: Slack did not answer to the check. While that is so no card is posted; if it stays so, ${
        apiUrl === undefined
          ? 'do the functions have a way into the internet?'
          : `is ${apiUrl} right, and do the functions get at it?`
      }`,
    );
    return 'no answer';
  }
}
