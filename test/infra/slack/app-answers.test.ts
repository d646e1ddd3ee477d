import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { validateMessage } from '../../../infra/slack/validate.ts';
import { type AppRoom, openAppRoom } from './app-room.ts';

describe('the Slack app', () => {
  let room: AppRoom;
  beforeEach(async () => {
    room = await openAppRoom();
  });
  afterEach(() => room.close());

  describe('answers commands', () => {
    it('in the acknowledgement, only to the person who asked', async () => {
      const { status, headers, body } = await room.open().handle(room.command('runbooks'));
      const reply = JSON.parse(body) as Record<string, unknown>;
      expect(status).toBe(200);
      expect(headers['content-type']).toContain('application/json');
      expect(reply).toMatchObject({ response_type: 'ephemeral', text: 'Two runbooks' });
      expect(JSON.stringify(reply.blocks)).toContain('node-not-ready');
      expect(validateMessage(reply)).toEqual([]);
      expect(room.asked).toEqual([{ text: 'runbooks', userId: 'U1', channelId: 'C1', teamId: room.slack.team }]);
      expect(room.slack.calls).toEqual([]);
    });

    it('to the channel when the handler says so', async () => {
      const app = room.open({
        handlers: { ...room.handlers, command: async () => ({ text: 'x', audience: 'channel' }) },
      });
      expect(JSON.parse((await app.handle(room.command('x'))).body)).toMatchObject({ response_type: 'in_channel' });
    });

    it('first with an acknowledgement when the handler is slow, and with the answer afterwards', async () => {
      const slow = Promise.withResolvers<{ text: string }>();
      const app = room.open({ ackAfterMs: 20, handlers: { ...room.handlers, command: () => slow.promise } });
      expect(await app.handle(room.command('investigate'))).toMatchObject({ status: 200, body: '' });
      expect(room.told).toEqual([]);
      slow.resolve({ text: 'Looking' });
      await app.idle();
      expect(room.told).toMatchObject([{ response_type: 'ephemeral', text: 'Looking', replace_original: false }]);
    });

    it('with the reason when the handler fails, escaped', async () => {
      const failing = async () => {
        throw new Error('no runbook <node>; did you mean node-not-ready?');
      };
      const { body } = await room.open({ handlers: { ...room.handlers, command: failing } }).handle(room.command('x'));
      expect(JSON.parse(body)).toMatchObject({
        response_type: 'ephemeral',
        text: 'That did not work: no runbook &lt;node&gt;; did you mean node-not-ready?',
      });
    });

    it('within the size of a message, however much there is to list', async () => {
      const items = Array.from({ length: 500 }, (_, n) => ({ name: `runbook-${n}`, text: '<!channel> '.repeat(40) }));
      const { body } = await room
        .open({ handlers: { ...room.handlers, command: async () => ({ text: 'All', items }) } })
        .handle(room.command('runbooks'));
      const reply = JSON.parse(body) as Record<string, unknown>;
      expect(validateMessage(reply)).toEqual([]);
      expect(JSON.stringify(reply.blocks)).toMatch(/\+\d+ more/);
    });

    it('the same when Slack delivers one again', async () => {
      const app = room.open();
      const first = await app.handle(room.command('runbooks'));
      const retried = { 'x-slack-retry-num': '1', 'x-slack-retry-reason': 'http_timeout' };
      expect(await app.handle(room.command('runbooks', { headers: retried }))).toEqual(first);
    });
  });

  describe('answers clicks', () => {
    it('"Run Again" at once, and hands on the incident', async () => {
      const app = room.open();
      expect(await app.handle(room.click('run-again'))).toMatchObject({ status: 200, body: '' });
      await app.idle();
      expect(room.asked).toEqual([{ incident: 'incident-1', userId: 'U1', channelId: 'C1', teamId: room.slack.team }]);
      expect(room.told).toEqual([]);
    });

    it('before the handler is done, and tells the person what it says', async () => {
      const slow = Promise.withResolvers<{ text: string }>();
      const app = room.open({ handlers: { ...room.handlers, runAgain: () => slow.promise } });
      expect(await app.handle(room.click('run-again'))).toMatchObject({ status: 200 });
      slow.resolve({ text: 'It is being looked at already' });
      await app.idle();
      expect(room.told).toMatchObject([
        { response_type: 'ephemeral', replace_original: false, text: 'It is being looked at already' },
      ]);
    });

    it('with the reason when the handler fails', async () => {
      const runAgain = async () => {
        throw new Error('the store is locked');
      };
      const app = room.open({ handlers: { ...room.handlers, runAgain } });
      await app.handle(room.click('run-again'));
      await app.idle();
      expect(room.told).toMatchObject([{ text: 'That did not work: the store is locked' }]);
    });

    it('survives an address for answers that has expired', async () => {
      room.answersGet(404);
      const app = room.open({ handlers: { ...room.handlers, runAgain: async () => ({ text: 'x' }) } });
      expect(await app.handle(room.click('run-again'))).toMatchObject({ status: 200 });
      await app.idle();
      expect(room.told).toHaveLength(1);
      expect(room.logged.join()).toContain('could not answer');
    });

    it('link buttons: nothing to do but acknowledge', async () => {
      const app = room.open();
      for (const id of ['link-0', 'link-1', 'link-more'])
        expect(await app.handle(room.click(id))).toMatchObject({ status: 200, body: '' });
      await app.idle();
      expect([room.asked, room.told]).toEqual([[], []]);
    });

    it('a button it does not know: says so', async () => {
      const app = room.open();
      expect(await app.handle(room.click('dance'))).toMatchObject({ status: 200 });
      await app.idle();
      expect(room.told).toMatchObject([{ text: expect.stringContaining('nothing was done') }]);
      expect(room.asked).toEqual([]);
    });

    it('a click without an action: nothing listens to that', async () => {
      expect(await room.open().handle(room.click('run-again', { actions: [] }))).toMatchObject({ status: 404 });
    });
  });

  describe('serves one workspace', () => {
    it.each([
      ['a click in another', { team: { id: 'T0OTHER' }, user: { id: 'U1', team_id: 'T0OTHER' } }],
      ['a click by somebody from another, in a shared channel', { user: { id: 'U1', team_id: 'T0OTHER' } }],
      ['a click from nowhere', { team: null, user: { id: 'U1' } }],
    ])('refuses %s and says why', async (_, more) => {
      const app = room.open();
      expect(await app.handle(room.click('run-again', more))).toMatchObject({ status: 200 });
      await app.idle();
      expect(room.asked).toEqual([]);
      expect(room.told).toMatchObject([{ text: 'Only members of the workspace this app belongs to may do that.' }]);
    });

    it('refuses a command of another', async () => {
      const app = room.open({ teamId: 'T0SOMEWHERE' });
      await app.handle(room.command('runbooks'));
      await app.idle();
      expect(room.asked).toEqual([]);
      expect(room.told).toHaveLength(1);
    });

    it('asks Slack once which one it is when nobody says', async () => {
      const app = room.openUnnamed();
      await app.handle(room.command('runbooks'));
      await app.handle(room.command('incidents'));
      expect(room.asked).toHaveLength(2);
      expect(room.slack.calls.map(({ method }) => method)).toEqual(['auth.test']);
    });

    it('does nothing while it cannot know, and asks again later', async () => {
      const app = room.openUnnamed();
      room.slack.failNext('auth.test', { answer: 'oh', status: 503 });
      expect(await app.handle(room.command('runbooks'))).toMatchObject({ status: 500 });
      expect(room.asked).toEqual([]);
      expect(await app.handle(room.command('runbooks'))).toMatchObject({ status: 200 });
      expect(room.asked).toHaveLength(1);
    });
  });
});
