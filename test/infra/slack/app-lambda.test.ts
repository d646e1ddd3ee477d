import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SlackApp } from '../../../infra/slack/app.ts';
import { modalValue } from '../../../infra/slack/values.ts';
import { type AppRoom, form, json, openAppRoom, request, seconds } from './app-room.ts';

/** Everything there is to see of an app that is frozen: what it did by the time its answer was there. */
describe('the Slack app in a function', () => {
  let room: AppRoom;
  beforeEach(async () => {
    room = await openAppRoom();
  });
  afterEach(() => room.close());

  it.each([
    ['as Slack does', {}, 200],
    ['301 seconds ago', { at: seconds - 301 }, 401],
    ['299 seconds ahead', { at: seconds + 299 }, 200],
    ['301 seconds ahead', { at: seconds + 301 }, 401],
    ['an hour ahead', { at: seconds + 3_600 }, 401],
    ['with another secret', { by: 'other' }, 401],
    ['with nothing', { headers: { 'x-slack-signature': '' } }, 401],
  ] as const)('believes a request signed %s: %#', async (_, signing, status) => {
    expect(await room.openFrozen().handle(room.command('runbooks', signing))).toMatchObject({ status });
    expect(room.asked).toHaveLength(status === 200 ? 1 : 0);
  });

  it.each([
    ['a charset', { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' }],
    ['an upper-case type', { 'content-type': 'Application/X-WWW-Form-Urlencoded' }],
  ])('reads a content type with %s', async (_, headers) => {
    expect(await room.openFrozen().handle(room.command('runbooks', { headers }))).toMatchObject({ status: 200 });
    expect(room.asked).toMatchObject([{ text: 'runbooks' }]);
  });

  it('reads base64, also with bytes beyond ASCII', async () => {
    const raw = `text=ärger 🔥&command=%2Fnightshift&user_id=U1&channel_id=C1&team_id=${room.slack.team}`;
    const { headers } = request(raw, 'application/x-www-form-urlencoded');
    const body = Buffer.from(raw).toString('base64');
    expect(await room.openFrozen().handle({ headers, body, isBase64Encoded: true })).toMatchObject({ status: 200 });
    expect(room.asked).toMatchObject([{ text: 'ärger 🔥' }]);
  });

  it.each([
    ['a probe of the certificate', form({ ssl_check: '1' }), 200, ''],
    ['broken JSON', request('{"type":', 'application/json'), 400, 'neither'],
    ['another type', request('hello', 'text/plain'), 400, 'neither'],
    ['a URL verification', json({ type: 'url_verification', challenge: 'abc' }), 200, '{"challenge":"abc"}'],
    ['what nothing listens to', json({ type: 'something', team_id: 'T0OURS' }), 404, ''],
  ] as const)('answers %s', async (_, asked, status, words) => {
    const answered = await room.openFrozen().handle(asked);
    expect(answered.status).toBe(status);
    expect(answered.body).toContain(words);
  });

  it('asks Slack nothing to answer a command', async () => {
    const { status, headers, body } = await room.openFrozen().handle(room.command('runbooks'));
    expect([status, headers['content-type']]).toEqual([200, 'application/json']);
    expect(JSON.parse(body)).toMatchObject({ response_type: 'ephemeral', text: 'Two runbooks' });
    expect(room.slack.calls).toEqual([]);
  });

  it('asks Slack once which workspace it is in when nobody says, however many requests follow', async () => {
    const app = room.openFrozenUnnamed();
    for (const text of ['runbooks', 'incidents', 'help']) await app.handle(room.command(text));
    expect(room.asked).toHaveLength(3);
    expect(room.slack.calls.map(({ method }) => method)).toEqual(['auth.test']);
  });

  describe('has nothing left to do once its answer is there', () => {
    const slowly = async <T>(app: SlackApp, asked: ReturnType<AppRoom['command']>, release: () => T) => {
      let answered = false;
      const answer = app.handle(asked).then((response) => {
        answered = true;
        return response;
      });
      // A turn of the loop and a round trip: time enough for whoever answers before it is done.
      await fetch(`${room.slack.apiUrl}api.test`, { method: 'POST' }).catch(() => undefined);
      const early = answered;
      release();
      return { early, answer: await answer };
    };

    it('a click is answered when it is stored, not before', async () => {
      const stored = Promise.withResolvers<undefined>();
      const app = room.openFrozen({ handlers: { ...room.handlers, decide: () => stored.promise } });
      const { early, answer } = await slowly(app, room.press('approve', 'plan-1'), () => stored.resolve(undefined));
      expect(early).toBe(false);
      expect(answer).toMatchObject({ status: 200, body: '' });
    });

    it('a submission says what came of it in the one answer there is', async () => {
      const stored = Promise.withResolvers<undefined>();
      const app = room.openFrozen({ handlers: { ...room.handlers, request: () => stored.promise } });
      const submitted = room.submit({ private_metadata: modalValue('plan-1', 'C1') });
      const { early, answer } = await slowly(app, submitted, () => stored.resolve(undefined));
      expect(early).toBe(false);
      expect(JSON.parse(answer.body)).toEqual({ response_action: 'clear' });
      expect(room.slack.calls.filter(({ method }) => method.startsWith('views.'))).toEqual([]);
    });

    it('a window is open and its plan asked for', async () => {
      const app = room.openFrozen();
      expect(await app.handle(room.press('fix', 'incident-1/cordonNode'))).toMatchObject({ status: 200 });
      expect([...room.slack.views.keys()]).toEqual(['V1']);
      expect(room.asked).toMatchObject([{ incident: 'incident-1', remedy: 'cordonNode' }]);
    });

    it('who pressed a button that could not be stored has been told', async () => {
      const decide = async () => {
        throw new Error('the queue is full');
      };
      const app = room.openFrozen({ handlers: { ...room.handlers, decide } });
      expect(await app.handle(room.press('approve', 'plan-1'))).toMatchObject({ status: 200 });
      expect(room.told).toMatchObject([{ text: 'That did not work: the queue is full' }]);
    });

    it('a command without a reply shows nothing', async () => {
      const app = room.openFrozen({ handlers: { ...room.handlers, command: async () => undefined } });
      expect(await app.handle(room.command('incidents'))).toMatchObject({ status: 200, body: '' });
      expect(room.told).toEqual([]);
    });
  });

  it('hands on where an answer can be given later, and what tells the question when it comes again', async () => {
    const seen: unknown[] = [];
    const note = async (_what: unknown, asking: unknown): Promise<undefined> => {
      seen.push(asking);
    };
    const app = room.openFrozen({ handlers: { ...room.handlers, command: note, runAgain: note } });
    await app.handle(room.command('incidents'));
    await app.handle(room.click('run-again'));
    const answerTo = expect.stringMatching(/^http:\/\/127\.0\.0\.1:/);
    expect(seen).toEqual([
      { id: '1.2', answerTo },
      { id: 'trigger', answerTo },
    ]);
  });

  it('refuses another workspace and says why', async () => {
    const app = room.openFrozen();
    await app.handle(room.click('run-again', { team: { id: 'T0OTHER' }, user: { id: 'U1', team_id: 'T0OTHER' } }));
    expect(room.asked).toEqual([]);
    expect(room.turnedAway).toMatchObject([{ what: 'run again', incident: 'incident-1' }]);
    expect(room.told).toMatchObject([{ text: 'Only members of the workspace this app belongs to may do that.' }]);
  });
});
