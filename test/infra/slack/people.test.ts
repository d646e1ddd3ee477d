import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Refused, TryLater } from '../../../engine/errors.ts';
import { remembered } from '../../../engine/people.ts';
import { KEEP_MS, type SlackPeopleOptions, slackPeople } from '../../../infra/slack/people.ts';
import { type FakeSlack, type Fault, startFakeSlack } from './fake-slack.ts';

const refused = (error: string, more: object = {}): Fault => ({ answer: { ok: false, error, ...more } });

describe("the workspace's directory", () => {
  let slack: FakeSlack;
  let nowMs: number;
  let logged: string[];
  beforeEach(async () => {
    slack = await startFakeSlack();
    nowMs = Date.parse('2026-11-21T02:45:00Z');
    logged = [];
  });
  afterEach(() => slack.close());

  const open = (more: Partial<SlackPeopleOptions> = {}) =>
    slackPeople({
      botToken: slack.token,
      apiUrl: slack.apiUrl,
      teamId: slack.team,
      clock: { now: () => new Date(nowMs) },
      log: { info() {}, warn: (_: object, words: string) => logged.push(words), error() {} },
      ...more,
    });
  const user = (more: object) => slack.users.set('U7', { id: 'U7', team_id: slack.team, name: 'ada', ...more });
  const asked = (method: string) => slack.calls.filter((call) => call.method === method).length;

  describe('says who somebody is', () => {
    it.each([
      ['member', {}],
      ['member', { is_restricted: false, is_ultra_restricted: false, is_bot: false, deleted: false }],
      ['guest', { is_restricted: true }],
      ['guest', { is_ultra_restricted: true }],
      ['bot', { is_bot: true }],
      ['bot', { is_workflow_bot: true }],
      ['bot', { is_connector_bot: true }],
      ['deactivated', { deleted: true }],
      ['deactivated', { deleted: true, is_bot: true }],
      ['outsider', { team_id: 'T0OTHER' }],
      ['outsider', { team_id: 'T0OTHER', is_stranger: false }],
      ['outsider', { is_stranger: true }],
      ['outsider', { team_id: undefined }],
      ['outsider', { team_id: 'T0OTHER', enterprise_user: { enterprise_id: 'E0OTHER' } }],
    ] as const)('%s: %j', async (standing, more) => {
      user(more);
      expect(await open().person('U7')).toEqual({ id: 'U7', name: 'ada', standing });
    });

    it.each([
      ['asked for', undefined, 'T0SLACK', 'member'],
      ['configured', 'T0SLACK', 'T0SLACK', 'member'],
      ['configured, and the token is of another one', 'T0SLACK', 'T0OTHER', 'outsider'],
    ])('a colleague of the same Enterprise Grid organisation, ours being %s', async (_how, teamId, team, standing) => {
      user({ team_id: 'T0SISTER', enterprise_user: { enterprise_id: 'E0OURS' }, real_name: 'Ada' });
      slack.failNext('auth.test', { answer: { ok: true, team_id: team, enterprise_id: 'E0OURS' } });
      const us = teamId === undefined ? {} : { teamId };
      const people = slackPeople({ botToken: slack.token, apiUrl: slack.apiUrl, ...us });
      expect(await people.person('U7')).toEqual({ id: 'U7', name: 'Ada', standing });
    });

    it('Slackbot is a bot, although Slack says it is none', async () => {
      slack.users.set('USLACKBOT', { id: 'USLACKBOT', team_id: slack.team, is_bot: false });
      expect(await open().person('USLACKBOT')).toMatchObject({ standing: 'bot' });
    });

    it.each(['user_not_found', 'user_not_visible', 'users_not_found'])('nobody it knows: %s', async (error) => {
      slack.failNext('users.info', refused(error));
      expect(await open().person('U404')).toEqual({ id: 'U404', name: 'U404', standing: 'unknown' });
    });
  });

  describe('says who is in a user group', () => {
    it('everybody in it, and nobody once it is gone or disabled', async () => {
      slack.userGroups.set('S1', ['U1', 'U7']);
      expect(await open().groupMembers('S1')).toEqual(['U1', 'U7']);
      expect(slack.calls.at(-1)?.args).toMatchObject({ usergroup: 'S1', include_disabled: 'false' });
      expect(await open().groupMembers('S404')).toEqual([]);
      slack.failNext('usergroups.users.list', refused('plan_upgrade_required'));
      expect(await open().groupMembers('S1')).toEqual([]);
      expect(logged).toHaveLength(2);
    });
  });

  describe('is asked when somebody decides', () => {
    it('so that somebody deactivated, or taken out of a group, can do nothing from that moment on', async () => {
      user({});
      slack.userGroups.set('S1', ['U7']);
      const people = open();
      expect(await people.person('U7')).toMatchObject({ standing: 'member' });
      expect(await people.groupMembers('S1')).toEqual(['U7']);
      user({ deleted: true });
      slack.userGroups.set('S1', []);
      expect(await people.person('U7')).toMatchObject({ standing: 'deactivated' });
      expect(await people.groupMembers('S1')).toEqual([]);
    });

    it('and once for all who decide at the same moment', async () => {
      user({});
      const people = open();
      await Promise.all([people.person('U7'), people.person('U7'), people.person('U1')]);
      expect(asked('users.info')).toBe(2);
    });
  });

  describe('remembers an answer for a minute, a yes as long as a no, for what is only shown', () => {
    it('and counts the minute from when it was asked', async () => {
      user({});
      const people = remembered(open());
      expect(await people.person('U7')).toMatchObject({ standing: 'member' });
      user({ deleted: true });
      nowMs += KEEP_MS - 1;
      expect(await people.person('U7')).toMatchObject({ standing: 'member' });
      nowMs += 1;
      expect(await people.person('U7')).toMatchObject({ standing: 'deactivated' });
      user({});
      nowMs += KEEP_MS - 1;
      expect(await people.person('U7')).toMatchObject({ standing: 'deactivated' });
      nowMs += 1;
      expect(await people.person('U7')).toMatchObject({ standing: 'member' });
    });

    it('the members of a group, too', async () => {
      slack.userGroups.set('S1', ['U7']);
      const people = remembered(open());
      expect(await people.groupMembers('S1')).toEqual(['U7']);
      slack.userGroups.set('S1', []);
      expect(await people.groupMembers('S1')).toEqual(['U7']);
      nowMs += KEEP_MS;
      expect(await people.groupMembers('S1')).toEqual([]);
      expect(asked('usergroups.users.list')).toBe(2);
    });

    it('but knows what somebody who decided has learnt since', async () => {
      user({});
      const people = open();
      await remembered(people).person('U7');
      user({ deleted: true });
      await people.person('U7');
      expect(await remembered(people).person('U7')).toMatchObject({ standing: 'deactivated' });
    });

    it('and does not trust what it remembers when the clock was put back', async () => {
      const people = remembered(open());
      await people.person('U1');
      nowMs -= 1;
      await people.person('U1');
      expect(asked('users.info')).toBe(2);
    });
  });

  describe('fails closed', () => {
    const outages: readonly (readonly [string, Fault])[] = [
      ['HTTP 503', { answer: 'oh', status: 503 }],
      ['a dropped connection', { drop: 'not done' }],
      ['no answer in time', { hang: true }],
      ['a rate limit', { answer: {}, status: 429, headers: { 'retry-after': '9' } }],
      ['internal_error', refused('internal_error')],
      ['something unreadable', { answer: { ok: true, users: 7 } }],
      ['somebody else', { answer: { ok: true, user: { id: 'U0OTHER', team_id: 'T0OURS' }, users: [7] } }],
    ];
    it.each(outages)('cannot tell now, and asks again next time: %s', async (_, fault) => {
      slack.userGroups.set('S1', ['U1']);
      const people = open({ timeoutMs: 200 });
      slack.failNext('users.info', fault);
      slack.failNext('usergroups.users.list', fault);
      await expect(people.person('U1')).rejects.toBeInstanceOf(TryLater);
      await expect(people.groupMembers('S1')).rejects.toBeInstanceOf(TryLater);
      expect(await people.person('U1')).toMatchObject({ standing: 'member' });
      expect(await people.groupMembers('S1')).toEqual(['U1']);
    });

    it.each([
      ['users.info', 'users:read'],
      ['usergroups.users.list', 'usergroups:read'],
    ])('names the scope that %s needs', async (method, needed) => {
      slack.failNext(method, refused('missing_scope', { needed, provided: 'chat:write' }));
      const people = open();
      const failure = await (method === 'users.info' ? people.person('U1') : people.groupMembers('S1')).catch(
        (thrown: unknown) => thrown,
      );
      expect(failure).toBeInstanceOf(Refused);
      expect(failure).toMatchObject({ code: 'missing_scope', message: expect.stringContaining(needed) });
    });

    it('knows nobody while it cannot know which workspace is ours', async () => {
      slack.failNext('auth.test', { answer: 'oh', status: 503 });
      const people = slackPeople({ botToken: slack.token, apiUrl: slack.apiUrl });
      await expect(people.person('U1')).rejects.toBeInstanceOf(TryLater);
      expect(await people.person('U1')).toMatchObject({ standing: 'member' });
    });
  });
});
