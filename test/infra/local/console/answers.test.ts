import type { AddressInfo } from 'node:net';
import { App as BoltApp, HTTPReceiver, LogLevel } from '@slack/bolt';
import { describe, expect, onTestFinished, test } from 'vitest';
import * as z from 'zod';
import { ephemerals, payloadOf, postWithButton, press } from './clicks.ts';
import { buttons, channel, manualClock, openConsole, signingSecret } from './harness.ts';

describe('a response_url', () => {
  async function clicked() {
    const clock = manualClock();
    const console = await openConsole({ clock });
    const ts = await postWithButton(console);
    await console.act('click', press(ts));
    const url: string = payloadOf(console.received[0]).response_url;
    const respond = async (body: unknown) => {
      const response = await fetch(url, {
        method: 'POST',
        body: typeof body === 'string' ? body : JSON.stringify(body),
      });
      const answer = z.record(z.string(), z.unknown()).parse(await response.json());
      return { status: response.status, ...answer };
    };
    const history = async () => (await console.slack.conversations.history({ channel })).messages;
    return { clock, console, ts, respond, history };
  }

  test('answers the person alone unless told otherwise', async () => {
    const { console, respond, history } = await clicked();
    expect(await respond({ text: 'only you' })).toEqual({ status: 200, ok: true });
    expect(await ephemerals(console)).toMatchObject([{ text: 'only you' }]);
    await respond({ text: 'all', response_type: 'in_channel' });
    expect(await history()).toMatchObject([{ text: 'all' }, { text: 'card' }]);
  });

  test('replaces or deletes the message it came from', async () => {
    const { respond, history } = await clicked();
    await respond({ replace_original: true, text: 'replaced' });
    expect(await history()).toMatchObject([{ text: 'replaced' }]);
    await respond({ delete_original: true });
    expect(await history()).toEqual([]);
  });

  test('can be used five times', async () => {
    const { respond } = await clicked();
    for (let use = 0; use < 5; use += 1) expect(await respond({ text: 'x' })).toMatchObject({ status: 200 });
    expect(await respond({ text: 'x' })).toEqual({ status: 404, ok: false, error: 'used_url' });
  });

  test('can be used for thirty minutes', async () => {
    const { clock, respond } = await clicked();
    clock.advance(30 * 60_000);
    expect(await respond({ text: 'x' })).toMatchObject({ status: 200 });
    clock.advance(1);
    expect(await respond({ text: 'x' })).toEqual({ status: 404, ok: false, error: 'expired_url' });
  });

  test('holds a message to the same rules as the Web API', async () => {
    const { respond } = await clicked();
    expect(await respond({ text: '' })).toMatchObject({ status: 400, error: 'no_text' });
    expect(await respond({ blocks: [{ type: 'nonsense' }] })).toMatchObject({ status: 400, error: 'invalid_blocks' });
    expect(await respond('{')).toMatchObject({ status: 400, error: 'invalid_payload' });
  });

  test('of a click in a thread answers in the thread', async () => {
    const console = await openConsole();
    const parent = await postWithButton(console);
    const reply = await postWithButton(console, parent);
    await console.act('click', press(reply));
    const { response_url, container } = payloadOf(console.received[0]);
    expect(container).toMatchObject({ thread_ts: parent });
    await fetch(response_url, { method: 'POST', body: JSON.stringify({ text: 'here', response_type: 'in_channel' }) });
    const { messages = [] } = await console.slack.conversations.replies({ channel, ts: parent });
    expect(messages.at(-1)).toMatchObject({ text: 'here', thread_ts: parent });
  });
});

test('the real Bolt takes commands and clicks from the console and answers through it', async () => {
  const receiver = new HTTPReceiver({ signingSecret, port: 0, logLevel: LogLevel.ERROR });
  const console = await openConsole({ sendTo: () => boltUrl });
  const bolt = new BoltApp({
    receiver,
    authorize: async () => ({ botToken: 'xoxb-test-token', botId: 'B0NIGHTBOT', botUserId: 'U0NIGHTBOT' }),
    clientOptions: { slackApiUrl: console.server.apiUrl },
    logLevel: LogLevel.ERROR,
  });
  bolt.command('/nightshift', async ({ ack, command, client }) => {
    await ack(`heard: ${command.text}`);
    await client.chat.postMessage({ channel: command.channel_id, text: 'card', blocks: [buttons('again')] });
  });
  bolt.action('again', async ({ ack, respond }) => {
    await ack();
    await respond({ text: 'running again' });
  });
  const server = await bolt.start({ port: 0, host: '127.0.0.1' });
  const { port } = server.address() as AddressInfo;
  const boltUrl = new URL(`http://127.0.0.1:${port}/slack/events`);
  onTestFinished(async () => void (await bolt.stop()));

  expect(await console.act('command', { text: '/nightshift runbooks' })).toEqual({ ok: true });
  expect(await ephemerals(console)).toMatchObject([{ text: 'heard: runbooks' }]);
  const newest = async () => (await console.slack.conversations.history({ channel })).messages?.[0];
  await expect.poll(newest).toMatchObject({ text: 'card' });
  const ts = (await newest())?.ts ?? '';
  expect(await console.act('click', press(ts))).toEqual({ ok: true });
  await expect.poll(async () => (await ephemerals(console)).map(({ text }) => text)).toContain('running again');
});
