import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type AppRoom, form, json, openAppRoom, request, seconds } from './app-room.ts';

describe('the Slack app', () => {
  let room: AppRoom;
  beforeEach(async () => {
    room = await openAppRoom();
  });
  afterEach(() => room.close());

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
      const app = room.open();
      expect(await app.handle(room.command('runbooks', signing))).toMatchObject({ status });
      expect(room.asked).toHaveLength(status === 200 ? 1 : 0);
    });

    it('refuses a body that was changed on the way', async () => {
      const genuine = room.command('runbooks');
      const forged = { ...genuine, body: genuine.body.replace('runbooks', 'incidents') };
      expect(await room.open().handle(forged)).toMatchObject({ status: 401 });
      expect(room.logged.join()).toContain('signature does not fit');
    });

    it('refuses a request without the headers', async () => {
      const { body } = room.command('runbooks');
      expect(await room.open().handle({ headers: {}, body })).toMatchObject({ status: 401 });
    });

    it("refuses even a URL verification, but not Slack's look at the certificate", async () => {
      const unsigned = { headers: { 'content-type': 'application/json' }, body: '{"type":"url_verification"}' };
      expect(await room.open().handle(unsigned)).toMatchObject({ status: 401 });
      const probe = { headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: 'token=x&ssl_check=1' };
      expect(await room.open().handle(probe)).toMatchObject({ status: 200, body: '' });
      expect(await room.open().handle(form({ ssl_check: '1' }))).toMatchObject({ status: 200, body: '' });
      expect(room.asked).toEqual([]);
    });
  });

  describe('reads what any entry point hands it', () => {
    it.each([
      ['a charset', { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' }],
      ['an upper-case type', { 'content-type': 'Application/X-WWW-Form-Urlencoded ;charset="UTF-8"' }],
    ])('a content type with %s', async (_, headers) => {
      expect(await room.open().handle(room.command('runbooks', { headers }))).toMatchObject({ status: 200 });
      expect(room.asked).toMatchObject([{ text: 'runbooks' }]);
    });

    it('headers in any case, and as lists', async () => {
      const { headers, body } = room.command('runbooks');
      const spelled = Object.fromEntries(
        Object.entries(headers).map(([name, value]) => [
          name.replace(/\b\w/g, (letter) => letter.toUpperCase()),
          [value],
        ]),
      );
      expect(await room.open().handle({ headers: spelled, body })).toMatchObject({ status: 200 });
    });

    it('bytes, and base64 with characters beyond ASCII', async () => {
      const { headers } = request('text=ärger 🔥&command=%2Fnightshift&user_id=U1&channel_id=C1&team_id=T0OURS', 'x');
      const body = Buffer.from('text=ärger 🔥&command=%2Fnightshift&user_id=U1&channel_id=C1&team_id=T0OURS');
      const asForm = { ...headers, 'content-type': 'application/x-www-form-urlencoded' };
      await room.open().handle({ headers: asForm, body });
      await room.open().handle({ headers: asForm, body: body.toString('base64'), isBase64Encoded: true });
      expect(room.asked).toMatchObject([{ text: 'ärger 🔥' }, { text: 'ärger 🔥' }]);
    });

    it.each([
      ['broken JSON', request('{"type":', 'application/json')],
      ['JSON that is no object', request('[1]', 'application/json')],
      ['a broken payload', form({ payload: '{' })],
      ['another type', request('hello', 'text/plain')],
    ])('answers 400 to %s', async (_, bad) => {
      expect(await room.open().handle(bad)).toMatchObject({ status: 400 });
    });

    it('answers 404 to what nothing listens to', async () => {
      expect(await room.open().handle(json({ type: 'something', team_id: room.slack.team }))).toMatchObject({
        status: 404,
      });
    });

    it('returns the challenge of a URL verification', async () => {
      const { status, body } = await room
        .open()
        .handle(json({ type: 'url_verification', challenge: 'abc', token: 'x' }));
      expect([status, JSON.parse(body)]).toEqual([200, { challenge: 'abc' }]);
    });
  });
});
