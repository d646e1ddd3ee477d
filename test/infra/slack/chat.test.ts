import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Refused, TryLater } from '../../../engine/errors.ts';
import { Ambiguous, type Chat } from '../../../engine/ports.ts';
import { slackChat } from '../../../infra/slack/chat.ts';
import { viewReference } from '../../../infra/slack/values.ts';
import { chatContract } from '../../contract/chat.ts';
import { diagnosed } from './cards.ts';
import { type FakeSlack, type Fault, startFakeSlack } from './fake-slack.ts';
import { requested } from './plans.ts';

chatContract('the Web API client', async () => {
  const slack = await startFakeSlack();
  return {
    chat: slackChat({ botToken: slack.token, apiUrl: slack.apiUrl }),
    channel: slack.channel,
    shown: async () =>
      slack.messages.map(({ ts, text, blocks, thread_ts }) => ({
        ts,
        text: `${text} ${blocks}`,
        ...(thread_ts ? { thread: thread_ts } : {}),
      })),
    async crowd(count) {
      for (let number = 0; number < count; number += 1) slack.say(`message ${number}`);
    },
    async remove({ ts }) {
      const index = slack.messages.findIndex((message) => message.ts === ts);
      slack.messages.splice(index, 1);
    },
    failNextPost(fault) {
      slack.failNext(
        'chat.postMessage',
        fault.kind === 'lost'
          ? { drop: fault.arrives ? 'done' : 'not done' }
          : limited(String(fault.retryAfterSeconds)),
      );
    },
    member: 'U1',
    whispers: async () => slack.whispers.map(({ text }) => text),
    async openWindow() {
      slack.views.set('V1', '{}');
      return viewReference('V1', slack.channel);
    },
    window: async () => slack.views.get('V1'),
    async closeWindow() {
      slack.views.clear();
    },
    close: slack.close,
  };
});

const limited = (retryAfter: string | undefined): Fault => ({
  status: 429,
  answer: { ok: false, error: 'ratelimited' },
  ...(retryAfter === undefined ? {} : { headers: { 'retry-after': retryAfter } }),
});
const refused = (error: string, more: object = {}): Fault => ({ answer: { ok: false, error, ...more } });

describe('the Slack chat', () => {
  let slack: FakeSlack;
  let chat: Chat;
  let impatient: Chat;
  let logged: string[];
  const note = { kind: 'note', text: 'words' } as const;
  const since = new Date(Date.now() - 60_000);

  beforeEach(async () => {
    slack = await startFakeSlack();
    logged = [];
    const log = { info() {}, warn: (_: object, words: string) => logged.push(words), error() {} };
    chat = slackChat({ botToken: slack.token, apiUrl: slack.apiUrl, log });
    impatient = slackChat({ botToken: slack.token, apiUrl: slack.apiUrl, timeoutMs: 200 });
  });
  afterEach(() => slack.close());

  const reason = (thrown: unknown) => thrown;
  const posting = (by = chat) => by.post({ channel: slack.channel }, note, 'key').catch(reason);
  const editing = (by = chat) => by.update({ channel: slack.channel, ts: '1.000000' }, note, 'key').catch(reason);
  const finding = (by = chat) => by.find(slack.channel, 'key', since).catch(reason);
  const waiting = (fault: Fault) => ('hang' in fault ? impatient : chat);

  it('posts without unfurling and with the key as metadata', async () => {
    await chat.post({ channel: slack.channel }, { kind: 'card', card: diagnosed }, 'incident/card');
    const args = slack.calls[0]?.args ?? {};
    expect(args).toMatchObject({ channel: slack.channel, unfurl_links: 'false', unfurl_media: 'false' });
    expect(JSON.parse(args.metadata ?? '')).toEqual({
      event_type: 'nightshift_message',
      event_payload: { key: 'incident/card' },
    });
    expect(args.text).toContain('Node worker-3');
  });

  it('sends each call once, whatever comes back', async () => {
    slack.failNext('chat.postMessage', { answer: 'oh', status: 503 });
    await posting();
    expect(slack.calls).toHaveLength(1);
  });

  describe('when the answer leaves open whether the message arrived', () => {
    const unclear: readonly (readonly [string, Fault])[] = [
      ['HTTP 500', { answer: 'oh', status: 500 }],
      ['HTTP 503', { answer: '<html>', status: 503 }],
      ['a dropped connection', { drop: 'done' }],
      ['half an answer', { truncate: true }],
      ['no answer in time', { hang: true }],
      ['internal_error', refused('internal_error')],
      ['fatal_error', refused('fatal_error')],
      ["a proxy's page", { answer: '<html>Bad gateway</html>' }],
      ['an answer without a timestamp', { answer: { ok: true } }],
    ];
    it.each(unclear)('a post is ambiguous: %s', async (_, fault) => {
      slack.failNext('chat.postMessage', fault);
      expect(await posting(waiting(fault))).toBeInstanceOf(Ambiguous);
    });

    it.each(unclear.slice(0, -1))(
      'an edit is tried again later, because doing it twice is harmless: %s',
      async (_, fault) => {
        slack.failNext('chat.update', fault);
        expect(await editing(waiting(fault))).toBeInstanceOf(TryLater);
      },
    );

    it.each(unclear.slice(0, -1))('a search is tried again later: %s', async (_, fault) => {
      slack.failNext('conversations.history', fault);
      expect(await finding(waiting(fault))).toBeInstanceOf(TryLater);
    });
  });

  describe('when nothing was sent or done', () => {
    it('comes back later if the connection is refused', async () => {
      await slack.close();
      const failure = await posting();
      expect(failure).toBeInstanceOf(TryLater);
      expect(failure).toMatchObject({ message: 'Slack cannot be reached (ECONNREFUSED)' });
    });

    it('comes back later if the name cannot be resolved', async () => {
      const lost = slackChat({ botToken: 'xoxb-1', apiUrl: 'http://slack.invalid/api/' });
      await expect(lost.post({ channel: 'C1' }, note, 'key')).rejects.toBeInstanceOf(TryLater);
    });

    it.each([
      ['as Retry-After says', limited('13'), 13_000],
      ['half a minute without Retry-After', limited(undefined), 30_000],
      ['half a minute if the answer is a plain refusal', refused('ratelimited'), 30_000],
    ])('waits for a rate limit: %s', async (_, fault, retryAfterMs) => {
      slack.failNext('chat.postMessage', fault);
      const failure = await posting();
      expect(failure).toBeInstanceOf(TryLater);
      expect(failure).toMatchObject({ retryAfterMs });
    });

    it('comes back later when something else than Slack answers with a client error', async () => {
      slack.failNext('chat.postMessage', { answer: 'no', status: 404 });
      expect(await posting()).toMatchObject({ code: 'TRY_LATER', message: expect.stringContaining('HTTP 404') });
    });
  });

  it.each([
    ['channel_not_found', {}, 'C0123456789'],
    ['not_in_channel', {}, '/invite @nightshift'],
    ['is_archived', {}, 'unarchive'],
    ['invalid_auth', {}, 'slack.botToken'],
    ['token_revoked', {}, 'slack.botToken'],
    ['missing_scope', { needed: 'chat:write', provided: 'commands' }, 'chat:write'],
    ['restricted_action', {}, 'admin'],
    ['invalid_blocks', { errors: ['no more than 50 items allowed [json-pointer:/blocks]'] }, '[json-pointer:/blocks]'],
    ['msg_blocks_too_long', {}, 'please report it'],
    ['some_new_error', {}, 'some_new_error'],
  ])('refuses for good and says what mends it: %s', async (error, more, hint) => {
    slack.failNext('chat.postMessage', refused(error, more));
    const failure = await posting();
    expect(failure).toBeInstanceOf(Refused);
    expect(failure).toMatchObject({ code: error, message: expect.stringContaining(hint) });
  });

  describe('fills a window', () => {
    const showing = (by = chat) => by.showPlan(viewReference('V1', slack.channel), requested).catch(reason);

    it.each([
      ['HTTP 503', { answer: 'oh', status: 503 }],
      ['a dropped connection', { drop: 'done' }],
      ['a rate limit', limited('3')],
    ] as const)('again later, because doing it twice is harmless: %s', async (_, fault) => {
      slack.failNext('views.update', fault);
      expect(await showing()).toBeInstanceOf(TryLater);
    });

    it.each(['invalid_arguments', 'view_too_large'])('or says that it is a defect of ours: %s', async (error) => {
      const messages = ['[ERROR] must be less than 25 characters [json-pointer:/view/title/text]'];
      slack.failNext('views.update', refused(error, { response_metadata: { messages } }));
      expect(await showing()).toMatchObject({
        code: error,
        message: expect.stringMatching(/json-pointer:\/view\/title\/text.*please report it/),
      });
    });
  });

  it('whispers into the thread, escaped, and sends it once', async () => {
    const thread = { channel: slack.channel, ts: '1.000000' };
    await chat.whisper({ channel: slack.channel, thread }, 'U1', 'may not: <!channel>');
    expect(slack.whispers).toMatchObject([
      { user: 'U1', thread: '1.000000', text: expect.stringMatching(/^may not: &lt;!channel/) },
    ]);
    slack.failNext('chat.postEphemeral', { answer: 'oh', status: 503 });
    const failure = await chat.whisper({ channel: slack.channel }, 'U1', 'words').catch(reason);
    expect(failure).toBeInstanceOf(TryLater);
    expect(slack.calls).toHaveLength(2);
  });

  it('tells a deleted message from other refusals of an edit', async () => {
    expect(await editing()).toMatchObject({ code: 'message_not_found' });
    slack.failNext('chat.update', refused('cant_update_message'));
    expect(await editing()).toMatchObject({ code: 'cant_update_message' });
  });

  it('answers "not found" and says why when the token may not read the channel', async () => {
    await chat.post({ channel: slack.channel }, note, 'key');
    slack.failNext('conversations.history', refused('missing_scope', { needed: 'channels:history' }));
    expect(await finding()).toBeUndefined();
    expect(logged.join()).toMatch(/channels:history.*may be posted twice/);
  });

  it('answers "not found" in a thread that is gone', async () => {
    const thread = { channel: slack.channel, ts: '1.000000' };
    expect(await chat.find(slack.channel, 'key', since, thread)).toBeUndefined();
  });

  it('asks for metadata, and from a little before the attempt because clocks differ', async () => {
    await chat.find(slack.channel, 'key', new Date('2026-11-21T10:00:00Z'));
    expect(slack.calls[0]?.args).toMatchObject({
      include_all_metadata: 'true',
      oldest: String(Date.parse('2026-11-21T09:58:00Z') / 1_000),
    });
  });

  it('refuses a part of the evidence that does not exist', async () => {
    const message = { kind: 'evidence', card: diagnosed, part: 9 } as const;
    await expect(chat.post({ channel: slack.channel }, message, 'key')).rejects.toMatchObject({ code: 'no_such_part' });
    expect(slack.calls).toHaveLength(0);
  });
});
