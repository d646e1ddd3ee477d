import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSlackApp, type SlackAppOptions } from '../../../infra/slack/app.ts';
import type { SlackHandlers } from '../../../infra/slack/listeners.ts';
import { sign } from '../../../infra/slack/signature.ts';
import { validateMessage } from '../../../infra/slack/validate.ts';
import { type FakeSlack, startFakeSlack } from './fake-slack.ts';

const secret = '8f742231b10e8888abcd99yyyzzz85a5';
const now = new Date('2026-11-21T02:45:00Z');
const clock = { now: () => now };
const seconds = Math.floor(now.getTime() / 1_000);

interface Signing {
  readonly at?: number;
  readonly by?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

function request(body: string, contentType: string, { at = seconds, by = secret, headers = {} }: Signing = {}) {
  const timestamp = String(at);
  return {
    headers: {
      'content-type': contentType,
      'x-slack-request-timestamp': timestamp,
      'x-slack-signature': sign(Buffer.from(body), timestamp, by),
      ...headers,
    },
    body,
  };
}

const form = (fields: Record<string, string>, signing?: Signing) =>
  request(new URLSearchParams(fields).toString(), 'application/x-www-form-urlencoded', signing);
const json = (value: unknown, signing?: Signing) => request(JSON.stringify(value), 'application/json', signing);

describe('the Slack app', () => {
  let slack: FakeSlack;
  let told: Record<string, unknown>[];
  let answerUrl: string;
  let answerStatus: number;
  let closeAnswers: () => Promise<void>;
  let asked: unknown[];
  let logged: string[];

  beforeEach(async () => {
    slack = await startFakeSlack();
    told = [];
    asked = [];
    logged = [];
    answerStatus = 200;
    const server = createServer((incoming, response) => {
      let body = '';
      incoming.on('data', (chunk: Buffer) => {
        body += chunk.toString();
      });
      incoming.on('end', () => {
        told.push(JSON.parse(body) as Record<string, unknown>);
        response.writeHead(answerStatus).end('ok');
      });
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    answerUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    closeAnswers = async () => {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    };
  });
  afterEach(async () => {
    await slack.close();
    await closeAnswers();
  });

  const handlers: SlackHandlers = {
    async command(command) {
      asked.push(command);
      return { text: 'Two runbooks', items: [{ name: 'node-not-ready', text: 'Node is not ready' }] };
    },
    async runAgain(click) {
      asked.push(click);
      return undefined;
    },
  };
  const open = (more: Partial<SlackAppOptions> = {}) => {
    const note = (_: object, words: string) => logged.push(words);
    return createSlackApp({
      botToken: slack.token,
      signingSecret: secret,
      apiUrl: slack.apiUrl,
      teamId: slack.team,
      handlers,
      clock,
      log: { info: note, warn: note, error: note },
      ...more,
    });
  };
  const command = (text: string, signing?: Signing) =>
    form(
      {
        command: '/nightshift',
        text,
        user_id: 'U1',
        channel_id: 'C1',
        team_id: slack.team,
        response_url: answerUrl,
        trigger_id: '1.2',
      },
      signing,
    );
  const click = (actionId: string, more: object = {}) =>
    form({
      payload: JSON.stringify({
        type: 'block_actions',
        user: { id: 'U1', team_id: slack.team },
        team: { id: slack.team },
        channel: { id: 'C1' },
        response_url: answerUrl,
        actions: [{ type: 'button', action_id: actionId, block_id: 'b', value: 'incident-1' }],
        ...more,
      }),
    });

  describe('believes only what Slack signed', () => {
    it.each([
      ['as Slack does', {}, 200],
      ['299 seconds ago', { at: seconds - 299 }, 200],
      ['301 seconds ago', { at: seconds - 301 }, 401],
      ['299 seconds ahead', { at: seconds + 299 }, 200],
      ['301 seconds ahead', { at: seconds + 301 }, 401],
      ['with another secret', { by: 'other' }, 401],
      ['with nothing', { headers: { 'x-slack-signature': '' } }, 401],
      ['with a signature of another length', { headers: { 'x-slack-signature': 'v0=1' } }, 401],
      ['with a timestamp that is none', { headers: { 'x-slack-request-timestamp': '0x5' } }, 401],
    ] as const)('signed %s: %#', async (_, signing, status) => {
      const app = open();
      expect(await app.handle(command('runbooks', signing))).toMatchObject({ status });
      expect(asked).toHaveLength(status === 200 ? 1 : 0);
    });

    it('refuses a body that was changed on the way', async () => {
      const genuine = command('runbooks');
      const forged = { ...genuine, body: genuine.body.replace('runbooks', 'incidents') };
      expect(await open().handle(forged)).toMatchObject({ status: 401 });
      expect(logged.join()).toContain('signature does not fit');
    });

    it('refuses a request without the headers', async () => {
      const { body } = command('runbooks');
      expect(await open().handle({ headers: {}, body })).toMatchObject({ status: 401 });
    });

    it("refuses even a URL verification, but not Slack's look at the certificate", async () => {
      const unsigned = { headers: { 'content-type': 'application/json' }, body: '{"type":"url_verification"}' };
      expect(await open().handle(unsigned)).toMatchObject({ status: 401 });
      const probe = { headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: 'token=x&ssl_check=1' };
      expect(await open().handle(probe)).toMatchObject({ status: 200, body: '' });
      expect(await open().handle(form({ ssl_check: '1' }))).toMatchObject({ status: 200, body: '' });
      expect(asked).toEqual([]);
    });
  });

  describe('reads what any entry point hands it', () => {
    it.each([
      ['a charset', { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' }],
      ['an upper-case type', { 'content-type': 'Application/X-WWW-Form-Urlencoded ;charset="UTF-8"' }],
    ])('a content type with %s', async (_, headers) => {
      expect(await open().handle(command('runbooks', { headers }))).toMatchObject({ status: 200 });
      expect(asked).toMatchObject([{ text: 'runbooks' }]);
    });

    it('headers in any case, and as lists', async () => {
      const { headers, body } = command('runbooks');
      const spelled = Object.fromEntries(
        Object.entries(headers).map(([name, value]) => [
          name.replace(/\b\w/g, (letter) => letter.toUpperCase()),
          [value],
        ]),
      );
      expect(await open().handle({ headers: spelled, body })).toMatchObject({ status: 200 });
    });

    it('bytes, and base64 with characters beyond ASCII', async () => {
      const { headers } = request('text=ärger 🔥&command=%2Fnightshift&user_id=U1&channel_id=C1&team_id=T0OURS', 'x');
      const body = Buffer.from('text=ärger 🔥&command=%2Fnightshift&user_id=U1&channel_id=C1&team_id=T0OURS');
      const asForm = { ...headers, 'content-type': 'application/x-www-form-urlencoded' };
      await open().handle({ headers: asForm, body });
      await open().handle({ headers: asForm, body: body.toString('base64'), isBase64Encoded: true });
      expect(asked).toMatchObject([{ text: 'ärger 🔥' }, { text: 'ärger 🔥' }]);
    });

    it.each([
      ['broken JSON', request('{"type":', 'application/json')],
      ['JSON that is no object', request('[1]', 'application/json')],
      ['a broken payload', form({ payload: '{' })],
      ['another type', request('hello', 'text/plain')],
    ])('answers 400 to %s', async (_, bad) => {
      expect(await open().handle(bad)).toMatchObject({ status: 400 });
    });

    it('answers 404 to what nothing listens to', async () => {
      expect(await open().handle(json({ type: 'something', team_id: slack.team }))).toMatchObject({ status: 404 });
    });

    it('returns the challenge of a URL verification', async () => {
      const { status, body } = await open().handle(json({ type: 'url_verification', challenge: 'abc', token: 'x' }));
      expect([status, JSON.parse(body)]).toEqual([200, { challenge: 'abc' }]);
    });
  });

  describe('answers commands', () => {
    it('in the acknowledgement, only to the person who asked', async () => {
      const { status, headers, body } = await open().handle(command('runbooks'));
      const reply = JSON.parse(body) as Record<string, unknown>;
      expect(status).toBe(200);
      expect(headers['content-type']).toContain('application/json');
      expect(reply).toMatchObject({ response_type: 'ephemeral', text: 'Two runbooks' });
      expect(JSON.stringify(reply.blocks)).toContain('node-not-ready');
      expect(validateMessage(reply)).toEqual([]);
      expect(asked).toEqual([{ text: 'runbooks', userId: 'U1', channelId: 'C1', teamId: slack.team }]);
      expect(slack.calls).toEqual([]);
    });

    it('to the channel when the handler says so', async () => {
      const app = open({ handlers: { ...handlers, command: async () => ({ text: 'x', audience: 'channel' }) } });
      expect(JSON.parse((await app.handle(command('x'))).body)).toMatchObject({ response_type: 'in_channel' });
    });

    it('first with an acknowledgement when the handler is slow, and with the answer afterwards', async () => {
      const slow = Promise.withResolvers<{ text: string }>();
      const app = open({ ackAfterMs: 20, handlers: { ...handlers, command: () => slow.promise } });
      expect(await app.handle(command('investigate'))).toMatchObject({ status: 200, body: '' });
      expect(told).toEqual([]);
      slow.resolve({ text: 'Looking' });
      await app.idle();
      expect(told).toMatchObject([{ response_type: 'ephemeral', text: 'Looking', replace_original: false }]);
    });

    it('with the reason when the handler fails, escaped', async () => {
      const failing = async () => {
        throw new Error('no runbook <node>; did you mean node-not-ready?');
      };
      const { body } = await open({ handlers: { ...handlers, command: failing } }).handle(command('x'));
      expect(JSON.parse(body)).toMatchObject({
        response_type: 'ephemeral',
        text: 'That did not work: no runbook &lt;node&gt;; did you mean node-not-ready?',
      });
    });

    it('within the size of a message, however much there is to list', async () => {
      const items = Array.from({ length: 500 }, (_, n) => ({ name: `runbook-${n}`, text: '<!channel> '.repeat(40) }));
      const { body } = await open({ handlers: { ...handlers, command: async () => ({ text: 'All', items }) } }).handle(
        command('runbooks'),
      );
      const reply = JSON.parse(body) as Record<string, unknown>;
      expect(validateMessage(reply)).toEqual([]);
      expect(JSON.stringify(reply.blocks)).toMatch(/\+\d+ more/);
    });

    it('the same when Slack delivers one again', async () => {
      const app = open();
      const first = await app.handle(command('runbooks'));
      const retried = { 'x-slack-retry-num': '1', 'x-slack-retry-reason': 'http_timeout' };
      expect(await app.handle(command('runbooks', { headers: retried }))).toEqual(first);
    });
  });

  describe('answers clicks', () => {
    it('"Run Again" at once, and hands on the incident', async () => {
      const app = open();
      expect(await app.handle(click('run-again'))).toMatchObject({ status: 200, body: '' });
      await app.idle();
      expect(asked).toEqual([{ incident: 'incident-1', userId: 'U1', channelId: 'C1', teamId: slack.team }]);
      expect(told).toEqual([]);
    });

    it('before the handler is done, and tells the person what it says', async () => {
      const slow = Promise.withResolvers<{ text: string }>();
      const app = open({ handlers: { ...handlers, runAgain: () => slow.promise } });
      expect(await app.handle(click('run-again'))).toMatchObject({ status: 200 });
      slow.resolve({ text: 'It is being looked at already' });
      await app.idle();
      expect(told).toMatchObject([
        { response_type: 'ephemeral', replace_original: false, text: 'It is being looked at already' },
      ]);
    });

    it('with the reason when the handler fails', async () => {
      const runAgain = async () => {
        throw new Error('the store is locked');
      };
      const app = open({ handlers: { ...handlers, runAgain } });
      await app.handle(click('run-again'));
      await app.idle();
      expect(told).toMatchObject([{ text: 'That did not work: the store is locked' }]);
    });

    it('survives an address for answers that has expired', async () => {
      answerStatus = 404;
      const app = open({ handlers: { ...handlers, runAgain: async () => ({ text: 'x' }) } });
      expect(await app.handle(click('run-again'))).toMatchObject({ status: 200 });
      await app.idle();
      expect(told).toHaveLength(1);
      expect(logged.join()).toContain('could not answer');
    });

    it('link buttons: nothing to do but acknowledge', async () => {
      const app = open();
      for (const id of ['link-0', 'link-1', 'link-more'])
        expect(await app.handle(click(id))).toMatchObject({ status: 200, body: '' });
      await app.idle();
      expect([asked, told]).toEqual([[], []]);
    });

    it('a button it does not know: says so', async () => {
      const app = open();
      expect(await app.handle(click('approve'))).toMatchObject({ status: 200 });
      await app.idle();
      expect(told).toMatchObject([{ text: expect.stringContaining('nothing was done') }]);
      expect(asked).toEqual([]);
    });

    it('a click without an action: nothing listens to that', async () => {
      expect(await open().handle(click('run-again', { actions: [] }))).toMatchObject({ status: 404 });
    });
  });

  describe('serves one workspace', () => {
    const unnamed = () => ({ botToken: slack.token, signingSecret: secret, apiUrl: slack.apiUrl, handlers, clock });

    it.each([
      ['a click in another', { team: { id: 'T0OTHER' }, user: { id: 'U1', team_id: 'T0OTHER' } }],
      ['a click by somebody from another, in a shared channel', { user: { id: 'U1', team_id: 'T0OTHER' } }],
      ['a click from nowhere', { team: null, user: { id: 'U1' } }],
    ])('refuses %s and says why', async (_, more) => {
      const app = open();
      expect(await app.handle(click('run-again', more))).toMatchObject({ status: 200 });
      await app.idle();
      expect(asked).toEqual([]);
      expect(told).toMatchObject([{ text: 'Only members of the workspace this app belongs to may do that.' }]);
    });

    it('refuses a command of another', async () => {
      const app = open({ teamId: 'T0SOMEWHERE' });
      await app.handle(command('runbooks'));
      await app.idle();
      expect(asked).toEqual([]);
      expect(told).toHaveLength(1);
    });

    it('asks Slack once which one it is when nobody says', async () => {
      const app = createSlackApp(unnamed());
      await app.handle(command('runbooks'));
      await app.handle(command('incidents'));
      expect(asked).toHaveLength(2);
      expect(slack.calls.map(({ method }) => method)).toEqual(['auth.test']);
    });

    it('does nothing while it cannot know, and asks again later', async () => {
      const app = createSlackApp(unnamed());
      slack.failNext('auth.test', { answer: 'oh', status: 503 });
      expect(await app.handle(command('runbooks'))).toMatchObject({ status: 500 });
      expect(asked).toEqual([]);
      expect(await app.handle(command('runbooks'))).toMatchObject({ status: 200 });
      expect(asked).toHaveLength(1);
    });
  });
});
