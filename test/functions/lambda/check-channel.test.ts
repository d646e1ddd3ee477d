import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
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

it('the check names the setting where somebody else than Slack answers, and only warns where nobody does', async () => {
  const warned: string[] = [];
  const log: Log = { ...silent, warn: (_about: unknown, words: string) => void warned.push(words) };
  const secret = { secretsManager: 'arn' };
  const looking = (apiUrl: string) => {
    const slack = { channel, botToken: secret, signingSecret: secret, apiUrl };
    const house = { config: { slack }, secret: async () => botToken, log } as unknown;
    return lookAtChannel(house as Parameters<typeof lookAtChannel>[0]);
  };
  const stranger = createServer((_request, response) => response.writeHead(404).end('not here'));
  await new Promise<void>((resolve) => stranger.listen(0, '127.0.0.1', resolve));
  const { port } = stranger.address() as AddressInfo;

  await expect(looking(`http://127.0.0.1:${port}/api/`)).rejects.toThrow(
    /^slack\.apiUrl: .*HTTP 404: is the API URL right\?/,
  );
  await new Promise((resolve) => stranger.close(resolve));
  await looking(`http://127.0.0.1:${port}/api/`);
  expect(warned.join()).toMatch(/slack\.apiUrl: Slack did not answer to the check/);
});
