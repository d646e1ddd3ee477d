import { expect, it } from 'vitest';
import { lookAtChannel } from '../../../functions/lambda/check-slack.ts';
import { type Log, silent } from '../../../infra/slack/log.ts';
import { botToken, channel, openConsole } from '../../infra/local/console/harness.ts';

async function looked(at: string, options: Partial<Parameters<typeof openConsole>[0]> = {}, log: Log = silent) {
  const console = await openConsole({ clock: { now: () => new Date() }, ...options });
  const secret = { secretsManager: 'arn' };
  const slack = { channel: at, botToken: secret, signingSecret: secret, apiUrl: console.server.apiUrl };
  const house = { config: { slack }, secret: async () => botToken, log } as unknown;
  const look = lookAtChannel(house as Parameters<typeof lookAtChannel>[0]);
  return look.catch((failure: unknown) => String(failure)).finally(() => console.close());
}

it('the check finds a channel that the bot gets at', async () => {
  expect(await looked(channel)).toBeUndefined();
});

it('the check says what to do where the bot gets at none', async () => {
  expect(await looked('C0000000000')).toContain('slack.channel: Slack knows no channel C0000000000');
});

it('the check only warns of a token that may post in the channel and not read it', async () => {
  const warned: string[] = [];
  const log: Log = { ...silent, warn: (_about: unknown, words: string) => void warned.push(words) };
  expect(await looked(channel, { scopes: ['chat:write'] }, log)).toBeUndefined();
  expect(warned.join()).toMatch(/lacks the scope channels:history .*may be posted twice/);
});
