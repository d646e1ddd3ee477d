import { createHmac, timingSafeEqual } from 'node:crypto';
import { App as BoltApp, HTTPReceiver, LogLevel } from '@slack/bolt';
import { describe, expect, onTestFinished, test } from 'vitest';
import * as z from 'zod';
import {
  buttons,
  channel,
  manualClock,
  openConsole,
  type Received,
  refusal,
  section,
  signingSecret,
  you,
} from './harness.ts';

type Console = Awaited<ReturnType<typeof openConsole>>;

async function postWithButton({ slack }: Console, thread?: string): Promise<string> {
  const { ts = '' } = await slack.chat.postMessage({
    channel,
    text: 'card',
    blocks: [section('card'), buttons('again', 'incident-1')],
    ...(thread && { thread_ts: thread }),
  });
  return ts;
}

const press = (ts: string) => ({ ts, blockId: 'row', actionId: 'again' });
const payloadOf = (received: Received | undefined) => JSON.parse(received?.form.get('payload') ?? '{}');

/** https://docs.slack.dev/authentication/verifying-requests-from-slack, step by step. */
function isSigned({ headers, body }: Received): boolean {
  const expected = createHmac('sha256', signingSecret)
    .update(`v0:${headers['x-slack-request-timestamp']}:${body}`)
    .digest('hex');
  return timingSafeEqual(Buffer.from(`v0=${expected}`), Buffer.from(String(headers['x-slack-signature'])));
}

/** What the page shows to the person alone. */
async function ephemerals({ origin }: Console): Promise<readonly { readonly ts: string; readonly text: string }[]> {
  const controller = new AbortController();
  const response = await fetch(`${origin}/console/events`, { signal: controller.signal });
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let stream = '';
  while (!/event: snapshot\ndata: .*\n\n/.test(stream)) stream += (await reader?.read())?.value ?? '';
  controller.abort();
  return JSON.parse(/event: snapshot\ndata: (.*)\n/.exec(stream)?.[1] ?? '{}').ephemerals;
}

describe('a click', () => {
  test('arrives signed, as a form with the payload that Slack documents', async () => {
    const clock = manualClock();
    const console = await openConsole({ clock });
    const ts = await postWithButton(console);
    expect(await console.act('click', press(ts))).toEqual({ ok: true });
    const [received] = console.received;
    expect(received && isSigned(received)).toBe(true);
    expect(received?.headers).toMatchObject({
      'content-type': 'application/x-www-form-urlencoded',
      'x-slack-request-timestamp': String(clock.now().getTime() / 1000),
    });
    expect(payloadOf(received)).toMatchObject({
      type: 'block_actions',
      user: { id: you },
      channel: { id: channel },
      container: { type: 'message', message_ts: ts, is_ephemeral: false },
      message: { ts, text: 'card' },
      actions: [{ type: 'button', action_id: 'again', block_id: 'row', value: 'incident-1' }],
    });
  });

  test('on a button inside an attachment says so', async () => {
    const console = await openConsole();
    const attachments = [{ color: 'danger', blocks: [buttons('again')] }];
    const { ts = '' } = await console.slack.chat.postMessage({ channel, text: 'card', attachments });
    await console.act('click', press(ts));
    expect(payloadOf(console.received[0]).container).toMatchObject({ type: 'message_attachment', attachment_id: 1 });
  });

  test('on an option of a menu carries the option', async () => {
    const console = await openConsole();
    const options = ['1h', '4h'].map((value) => ({ text: { type: 'plain_text' as const, text: value }, value }));
    const blocks = [
      {
        type: 'actions' as const,
        block_id: 'row',
        elements: [{ type: 'overflow' as const, action_id: 'again', options }],
      },
    ];
    const { ts = '' } = await console.slack.chat.postMessage({ channel, text: 'card', blocks });
    await console.act('click', { ...press(ts), option: '4h' });
    expect(payloadOf(console.received[0]).actions[0]).toMatchObject({
      type: 'overflow',
      selected_option: { value: '4h' },
    });
  });

  test('on a button that an edit has taken away is not sent', async () => {
    const console = await openConsole();
    const ts = await postWithButton(console);
    await console.slack.chat.update({ channel, ts, text: 'done', blocks: [section('done')] });
    expect(await console.act('click', press(ts))).toEqual({ ok: false, error: 'stale' });
    expect(console.received).toHaveLength(0);
  });

  test('without an answer in time is an operation_timeout, an HTTP error and a dead app are named', async () => {
    const console = await openConsole({ ackDeadlineMs: 50 });
    const ts = await postWithButton(console);
    console.behave(() => {});
    expect(await console.act('click', press(ts))).toEqual({ ok: false, error: 'operation_timeout' });
    console.behave((_received, response) => void response.writeHead(401).end());
    expect(await console.act('click', press(ts))).toEqual({ ok: false, error: 'http_error' });
    console.behave((_received, response) => void response.destroy());
    expect(await console.act('click', press(ts))).toEqual({ ok: false, error: 'dispatch_failed' });
    expect(console.server.deliveries()).toMatchObject([
      { kind: 'block_actions', outcome: 'operation_timeout' },
      { outcome: 'http_error', status: 401 },
      { outcome: 'dispatch_failed' },
    ]);
  });
});

describe('a command', () => {
  test('arrives signed with its words', async () => {
    const console = await openConsole();
    await console.act('command', { text: '/nightshift investigate node-not-ready worker-3' });
    const [received] = console.received;
    expect(received && isSigned(received)).toBe(true);
    expect(Object.fromEntries(received?.form ?? [])).toMatchObject({
      command: '/nightshift',
      text: 'investigate node-not-ready worker-3',
      channel_id: channel,
      user_id: you,
    });
  });

  test('shows the answer in its acknowledgement to the person alone, or to everybody if it says so', async () => {
    const console = await openConsole();
    console.behave((_received, response) => void response.setHeader('content-type', 'text/plain').end('hello'));
    await console.act('command', { text: '/nightshift help' });
    expect(await ephemerals(console)).toMatchObject([{ text: 'hello' }]);
    console.behave((_received, response) => {
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ response_type: 'in_channel', text: 'for all' }));
    });
    await console.act('command', { text: '/nightshift help' });
    const { messages } = await console.slack.conversations.history({ channel });
    expect(messages).toMatchObject([{ text: 'for all' }]);
  });

  test('that nobody acknowledges, or answers with a broken message, is explained as Slack does', async () => {
    const console = await openConsole({ ackDeadlineMs: 50 });
    console.behave(() => {});
    await console.act('command', { text: '/nightshift help' });
    console.behave((_received, response) => {
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ blocks: [{ type: 'nonsense' }] }));
    });
    await console.act('command', { text: '/nightshift help' });
    expect((await ephemerals(console)).map(({ text }) => text)).toEqual([
      '/nightshift failed with the error “operation_timeout”.',
      '/nightshift failed with the error “invalid_command_response”.',
    ]);
  });

  test('that the workspace does not know is not sent', async () => {
    const console = await openConsole();
    expect(await console.act('command', { text: '/nope <b>' })).toEqual({ ok: false, error: 'unknown_command' });
    expect(console.received).toHaveLength(0);
    expect((await ephemerals(console))[0]?.text).toContain('`/nope` is not a valid command');
  });
});

describe('trigger ids', () => {
  async function triggered() {
    const clock = manualClock();
    const console = await openConsole({ clock });
    await console.act('click', press(await postWithButton(console)));
    const trigger_id: string = payloadOf(console.received[0]).trigger_id;
    return { clock, open: (id = trigger_id) => refusal(console.slack.apiCall('views.open', { trigger_id: id })) };
  }

  test('work once, and only once', async () => {
    const { open } = await triggered();
    expect(await open()).toMatchObject({ error: 'not_implemented' });
    expect(await open()).toMatchObject({ error: 'exchanged_trigger_id' });
  });

  test('expire after three seconds', async () => {
    const { clock, open } = await triggered();
    clock.advance(3001);
    expect(await open()).toMatchObject({ error: 'expired_trigger_id' });
  });

  test('cannot be made up', async () => {
    const { open } = await triggered();
    expect(await open('1.T0PRACTICE.abc')).toMatchObject({ error: 'invalid_trigger_id' });
  });
});

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
  const port = Promise.withResolvers<number>();
  const console = await openConsole({ sendTo: () => new URL(`http://127.0.0.1:${boltPort}/slack/events`) });
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
  const address = server.address();
  port.resolve(typeof address === 'object' && address ? address.port : 0);
  const boltPort = await port.promise;
  onTestFinished(async () => void (await bolt.stop()));

  expect(await console.act('command', { text: '/nightshift runbooks' })).toEqual({ ok: true });
  expect(await ephemerals(console)).toMatchObject([{ text: 'heard: runbooks' }]);
  const newest = async () => (await console.slack.conversations.history({ channel })).messages?.[0];
  await expect.poll(newest).toMatchObject({ text: 'card' });
  const ts = (await newest())?.ts ?? '';
  expect(await console.act('click', press(ts))).toEqual({ ok: true });
  await expect.poll(async () => (await ephemerals(console)).map(({ text }) => text)).toContain('running again');
});
