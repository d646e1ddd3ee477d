import { WebClient } from '@slack/web-api';
import { describe, expect, test } from 'vitest';
import { practiceApprovers, practiceUsers } from '../../../../infra/local/console/practice-users.ts';
import { botToken, channel, client, manualClock, openConsole, refusal, section, you } from './harness.ts';

describe('who may call', () => {
  test('a call without a token is not authenticated, one with a wrong token is refused', async () => {
    const { server, slack } = await openConsole();
    expect(await slack.auth.test()).toMatchObject({ ok: true, bot_id: 'B0NIGHTBOT', user_id: 'U0NIGHTBOT' });
    expect(await refusal(new WebClient(undefined, { slackApiUrl: server.apiUrl }).auth.test())).toMatchObject({
      error: 'not_authed',
    });
    expect(await refusal(client(server.apiUrl, 'xoxb-other').auth.test())).toMatchObject({ error: 'invalid_auth' });
  });

  test('a token without the scope is told which scope it lacks', async () => {
    const { slack } = await openConsole({ scopes: ['chat:write'] });
    expect(await refusal(slack.conversations.history({ channel }))).toMatchObject({
      error: 'missing_scope',
      needed: 'channels:history',
      provided: 'chat:write',
    });
  });

  test('an unknown method, a body of the wrong kind and broken JSON are refused as Slack does, with HTTP 200', async () => {
    const { server, slack } = await openConsole();
    expect(await refusal(slack.apiCall('chat.nonsense'))).toMatchObject({ error: 'unknown_method' });
    const post = async (type: string, body: string) => {
      const headers = { 'content-type': type, authorization: `Bearer ${botToken}` };
      const response = await fetch(`${server.apiUrl}chat.postMessage`, { method: 'POST', headers, body });
      expect(response.status).toBe(200);
      return await response.json();
    };
    expect(await post('text/plain', 'x')).toEqual({ ok: false, error: 'invalid_post_type' });
    expect(await post('application/json', '{')).toEqual({ ok: false, error: 'invalid_json' });
    expect(await post('application/json', '[]')).toEqual({ ok: false, error: 'json_not_object' });
    expect(await post('application/json; charset=utf-8', JSON.stringify({ channel, text: 'as JSON' }))).toMatchObject({
      ok: true,
      message: { text: 'as JSON' },
    });
  });
});

describe('chat.postMessage', () => {
  test('goes only where the bot is', async () => {
    const { slack } = await openConsole();
    const text = 'x';
    expect(await refusal(slack.chat.postMessage({ channel: 'C404', text }))).toMatchObject({
      error: 'channel_not_found',
    });
    expect(await refusal(slack.chat.postMessage({ channel: '#general', text }))).toMatchObject({
      error: 'not_in_channel',
    });
    expect(await refusal(slack.chat.postMessage({ channel: 'C0ARCHIVED', text }))).toMatchObject({
      error: 'is_archived',
    });
    expect(await slack.chat.postMessage({ channel: '#incidents', text })).toMatchObject({ ok: true, channel });
  });

  test('a message must say something', async () => {
    const { slack } = await openConsole();
    expect(await refusal(slack.chat.postMessage({ channel, text: '' }))).toMatchObject({ error: 'no_text' });
  });

  test('a block that breaks a limit is refused with a pointer to it', async () => {
    const { slack } = await openConsole();
    const header = { type: 'header', text: { type: 'plain_text', text: 'x'.repeat(151) } } as const;
    const answer = await refusal(slack.chat.postMessage({ channel, text: 'x', blocks: [section('fine'), header] }));
    expect(answer).toMatchObject({
      error: 'invalid_blocks',
      errors: [expect.stringContaining('[json-pointer:/blocks/1/text/text]')],
      response_metadata: { messages: [expect.stringMatching(/^\[ERROR\] .*json-pointer:\/blocks\/1\/text\/text/)] },
    });
    expect(await slack.conversations.history({ channel })).toMatchObject({ messages: [] });
  });

  test('blocks that are no list, and metadata without an event type, are refused by name', async () => {
    const { slack } = await openConsole();
    const post = (extra: Record<string, string>) =>
      refusal(slack.apiCall('chat.postMessage', { channel, text: 'x', ...extra }));
    expect(await post({ blocks: '{"type":"section"}' })).toMatchObject({ error: 'invalid_blocks_format' });
    expect(await post({ blocks: '[{' })).toMatchObject({ error: 'invalid_blocks_format' });
    expect(await post({ metadata: '{"event_payload":{}}' })).toMatchObject({ error: 'invalid_metadata_format' });
  });

  test('timestamps are unique and increase, even in one and the same millisecond', async () => {
    const { slack } = await openConsole({ clock: manualClock(), limits: { 'chat.postMessage': unlimited } });
    const posts = await Promise.all(Array.from({ length: 20 }, () => slack.chat.postMessage({ channel, text: 'x' })));
    const all = posts.map(({ ts }) => ts ?? '');
    expect(new Set(all).size).toBe(20);
    for (const ts of all) expect(ts).toMatch(/^\d{10}\.\d{6}$/);
  });

  test('text beyond 40,000 characters is cut off', async () => {
    const { slack } = await openConsole();
    const { message } = await slack.chat.postMessage({ channel, text: 'x'.repeat(41_000) });
    expect(message?.text).toHaveLength(40_000);
  });

  test('a reply needs a parent, and the parent then counts it', async () => {
    const { slack } = await openConsole();
    const parent = await slack.chat.postMessage({ channel, text: 'parent' });
    const reply = await slack.chat.postMessage({ channel, text: 'reply', thread_ts: parent.ts ?? '' });
    expect(reply.message).toMatchObject({ thread_ts: parent.ts });
    const threadOn = (thread_ts: string) => refusal(slack.chat.postMessage({ channel, text: 'x', thread_ts }));
    expect(await threadOn('1.000000')).toMatchObject({ error: 'thread_not_found' });
    expect(await threadOn(reply.ts ?? '')).toMatchObject({ error: 'cannot_reply_to_message' });

    const { messages } = await slack.conversations.history({ channel });
    expect(messages).toMatchObject([{ text: 'parent', reply_count: 1, latest_reply: reply.ts, thread_ts: parent.ts }]);
  });

  test('a reply can be shown in the channel too', async () => {
    const { slack } = await openConsole();
    const { ts = '' } = await slack.chat.postMessage({ channel, text: 'parent' });
    await slack.chat.postMessage({ channel, text: 'resolved', thread_ts: ts, reply_broadcast: true });
    const { messages } = await slack.conversations.history({ channel });
    expect(messages).toMatchObject([{ text: 'resolved', subtype: 'thread_broadcast' }, { text: 'parent' }]);
  });
});

const unlimited = { perMinute: 1e6, burst: 1e6 };

describe('chat.update', () => {
  const metadata = { event_type: 'incident', event_payload: { id: 'i-1' } };
  const attachments = [{ color: '#d6455d', blocks: [section('attached')] }];

  test('replaces what it is given and keeps the rest as Slack documents', async () => {
    const { slack } = await openConsole();
    const { ts = '' } = await slack.chat.postMessage({
      channel,
      text: 'first',
      blocks: [section('a')],
      attachments,
      metadata,
    });
    const now = async () => {
      const { messages } = await slack.conversations.history({ channel, include_all_metadata: true });
      return messages?.[0];
    };
    await slack.chat.update({ channel, ts, text: 'second' });
    expect(await now()).toMatchObject({ text: 'second', metadata, attachments: [{ color: '#d6455d' }] });
    expect(await now()).not.toHaveProperty('blocks');

    await slack.chat.update({ channel, ts, blocks: [section('b')], attachments: [] });
    expect(await now()).toMatchObject({ blocks: [section('b')], metadata });
    expect(await now()).not.toHaveProperty('attachments');

    await slack.apiCall('chat.update', { channel, ts, text: 'third', metadata: {} });
    expect(await now()).not.toHaveProperty('metadata');
  });

  test('"(edited)" belongs to plain text only', async () => {
    const { slack } = await openConsole();
    const plain = await slack.chat.postMessage({ channel, text: 'a' });
    const rich = await slack.chat.postMessage({ channel, text: 'a', blocks: [section('a')] });
    await slack.chat.update({ channel, ts: plain.ts ?? '', text: 'b' });
    await slack.chat.update({ channel, ts: rich.ts ?? '', text: 'b', blocks: [section('b')] });
    const { messages = [] } = await slack.conversations.history({ channel });
    expect(messages[1]).toHaveProperty('edited');
    expect(messages[0]).not.toHaveProperty('edited');
  });

  test('changes only what the bot posted, and only what exists', async () => {
    const { slack, act } = await openConsole();
    await act('message', { text: 'by a person' });
    const { messages = [] } = await slack.conversations.history({ channel });
    const update = (ts: string) => refusal(slack.chat.update({ channel, ts, text: 'x' }));
    expect(await update('1.000000')).toMatchObject({ error: 'message_not_found' });
    expect(await update(messages[0]?.ts ?? '')).toMatchObject({ error: 'cant_update_message' });
    const { message_ts = '' } = await slack.chat.postEphemeral({ channel, user: you, text: 'only you' });
    expect(await update(message_ts)).toMatchObject({ error: 'cant_update_message' });
  });

  test('takes no more than 4,000 characters of text', async () => {
    const { slack } = await openConsole();
    const { ts = '' } = await slack.chat.postMessage({ channel, text: 'a' });
    expect(await refusal(slack.chat.update({ channel, ts, text: 'x'.repeat(4001) }))).toMatchObject({
      error: 'msg_too_long',
    });
  });

  test('rich text cannot become something else', async () => {
    const { slack } = await openConsole();
    const elements = [{ type: 'rich_text_section' as const, elements: [{ type: 'text' as const, text: 'a' }] }];
    const { ts = '' } = await slack.chat.postMessage({ channel, text: 'a', blocks: [{ type: 'rich_text', elements }] });
    expect(await refusal(slack.chat.update({ channel, ts, text: 'b', blocks: [section('b')] }))).toMatchObject({
      error: 'block_mismatch',
    });
  });
});

describe('other methods', () => {
  test('metadata is shown to who asks for it, and to nobody else', async () => {
    const { slack } = await openConsole();
    const metadata = { event_type: 'incident', event_payload: { id: 'i-1' } };
    await slack.chat.postMessage({ channel, text: 'a', metadata });
    const without = await slack.conversations.history({ channel });
    const wanted = await slack.conversations.history({ channel, include_all_metadata: true });
    expect(without.messages?.[0]).not.toHaveProperty('metadata');
    expect(wanted.messages?.[0]).toMatchObject({ metadata });
  });

  test('history comes newest first, in pages and within bounds', async () => {
    const { slack } = await openConsole({ limits: { 'chat.postMessage': unlimited } });
    const ts: string[] = [];
    for (const text of ['1', '2', '3', '4', '5']) ts.push((await slack.chat.postMessage({ channel, text })).ts ?? '');
    const first = await slack.conversations.history({ channel, limit: 2 });
    expect(first).toMatchObject({ messages: [{ text: '5' }, { text: '4' }], has_more: true });
    const cursor = first.response_metadata?.next_cursor ?? '';
    const second = await slack.conversations.history({ channel, limit: 2, cursor });
    expect(second.messages).toMatchObject([{ text: '3' }, { text: '2' }]);

    const between = { channel, oldest: ts[1] ?? '', latest: ts[3] ?? '' };
    const texts = async (inclusive: boolean) =>
      (await slack.conversations.history({ ...between, inclusive })).messages?.map(({ text }) => text);
    expect(await texts(false)).toEqual(['3']);
    expect(await texts(true)).toEqual(['4', '3', '2']);
    expect(await refusal(slack.conversations.history({ channel, cursor: 'bm9uc2Vuc2U=' }))).toMatchObject({
      error: 'invalid_cursor',
    });
  });

  test('a thread comes oldest first, its parent before its replies', async () => {
    const { slack } = await openConsole();
    const { ts = '' } = await slack.chat.postMessage({ channel, text: 'parent' });
    await slack.chat.postMessage({ channel, text: 'r1', thread_ts: ts });
    await slack.chat.postMessage({ channel, text: 'r2', thread_ts: ts });
    const { messages } = await slack.conversations.replies({ channel, ts });
    expect(messages?.map(({ text }) => text)).toEqual(['parent', 'r1', 'r2']);
    const page = await slack.conversations.replies({ channel, ts, limit: 2 });
    const rest = await slack.conversations.replies({ channel, ts, cursor: page.response_metadata?.next_cursor ?? '' });
    expect(rest.messages).toMatchObject([{ text: 'r2' }]);
    expect(await refusal(slack.conversations.replies({ channel, ts: '1.000000' }))).toMatchObject({
      error: 'thread_not_found',
    });
  });

  test('a deleted message is gone, but leaves a stone where a thread hangs on it', async () => {
    const { slack } = await openConsole();
    const { ts = '' } = await slack.chat.postMessage({ channel, text: 'parent' });
    const reply = await slack.chat.postMessage({ channel, text: 'reply', thread_ts: ts });
    await slack.chat.delete({ channel, ts });
    const { messages } = await slack.conversations.history({ channel });
    expect(messages).toMatchObject([{ subtype: 'tombstone', text: 'This message was deleted.' }]);
    expect(await refusal(slack.chat.delete({ channel, ts }))).toMatchObject({ error: 'message_not_found' });
    await slack.chat.delete({ channel, ts: reply.ts ?? '' });
    const { messages: left } = await slack.conversations.replies({ channel, ts });
    expect(left).toHaveLength(1);
  });

  test('a permalink leads to the page of the console', async () => {
    const { slack, origin } = await openConsole();
    const { ts = '' } = await slack.chat.postMessage({ channel, text: 'a' });
    const { permalink = '' } = await slack.chat.getPermalink({ channel, message_ts: ts });
    expect(permalink).toBe(`${origin}/console/archives/${channel}/p${ts.replace('.', '')}`);
    const response = await fetch(permalink);
    expect(response.headers.get('content-type')).toContain('text/html');
    expect(await refusal(slack.chat.getPermalink({ channel, message_ts: '1.000000' }))).toMatchObject({
      error: 'message_not_found',
    });
  });

  test('channels, people and user groups answer in their shapes', async () => {
    const { slack } = await openConsole();
    expect((await slack.conversations.info({ channel })).channel).toMatchObject({
      name: 'incidents',
      is_member: true,
      is_ext_shared: false,
    });
    expect((await slack.users.info({ user: you })).user).toMatchObject({ is_bot: false, is_restricted: false });
    expect(await refusal(slack.users.info({ user: 'U404' }))).toMatchObject({ error: 'user_not_found' });
    expect((await slack.usergroups.users.list({ usergroup: practiceApprovers })).users).toEqual([
      practiceUsers.approver,
      practiceUsers.secondApprover,
    ]);
    expect(await refusal(slack.usergroups.users.list({ usergroup: 'S404' }))).toMatchObject({
      error: 'no_such_subteam',
    });
  });

  test('an ephemeral message reaches members only', async () => {
    const { slack } = await openConsole();
    expect(await refusal(slack.chat.postEphemeral({ channel, user: 'U404', text: 'x' }))).toMatchObject({
      error: 'user_not_in_channel',
    });
    expect((await slack.conversations.history({ channel })).messages).toEqual([]);
  });
});
