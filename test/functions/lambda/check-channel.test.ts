import { expect, it } from 'vitest';
import { lookAtChannel } from '../../../functions/lambda/check-slack.ts';
import { silent } from '../../../infra/slack/log.ts';
import { botToken, channel, openConsole } from '../../infra/local/console/harness.ts';

async function looked(at: string): Promise<unknown> {
  const console = await openConsole({ clock: { now: () => new Date() } });
  const secret = { secretsManager: 'arn' };
  const slack = { channel: at, botToken: secret, signingSecret: secret, apiUrl: console.server.apiUrl };
  const house = { config: { slack }, secret: async () => botToken, log: silent } as unknown;
  const look = lookAtChannel(house as Parameters<typeof lookAtChannel>[0]);
  return look.catch((failure: unknown) => String(failure)).finally(() => console.close());
}

it('the check finds a channel that the bot gets at', async () => {
  expect(await looked(channel)).toBeUndefined();
});

it('the check says what to do where the bot gets at none', async () => {
  expect(await looked('C0000000000')).toContain('slack.channel: Slack knows no channel C0000000000');
});
