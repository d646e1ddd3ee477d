import { describe, expect, test } from 'vitest';
import { ephemerals, isSigned, payloadOf, postWithButton, press } from './clicks.ts';
import { buttons, channel, manualClock, openConsole, section, you } from './harness.ts';

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
