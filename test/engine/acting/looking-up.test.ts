import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { approve } from '../../../engine/acting/decide.ts';
import { refuse } from '../../../engine/acting/halt.ts';
import { atPress, forSending } from '../../../engine/acting/looking-up.ts';
import { mayApprove, type PolicyRule } from '../../../engine/acting/policy.ts';
import { standingOf } from '../../../engine/acting/standing.ts';
import { TryLater } from '../../../engine/errors.ts';
import type { Freshness } from '../../../engine/people.ts';
import type { Plan } from '../../../engine/plan.ts';
import { slackPeople } from '../../../infra/slack/people.ts';
import { type FakeSlack, startFakeSlack } from '../../infra/slack/fake-slack.ts';
import { deed } from './deed.ts';
import { lab } from './lab.ts';

const rule: PolicyRule = {
  remedies: ['*'],
  approvers: { users: [], userGroups: ['S1', 'S2'] },
  approvals: 2,
  requesterMayApprove: false,
  expiresAfterMinutes: 30,
};
const said = (by: string) => ({ by, at: '', channel: 'C1' });
const request = { ...said('U1'), expiresAt: '', approvalsNeeded: 2 };
const plan = { request, approvals: [said('U7'), said('U8')] } as unknown as Plan;

describe('Slack is asked', () => {
  let slack: FakeSlack;
  let nowMs = Date.parse('2026-11-21T03:00:00Z');
  beforeEach(async () => {
    slack = await startFakeSlack();
    for (const id of ['U7', 'U8']) slack.users.set(id, { id, team_id: slack.team });
    slack.userGroups.set('S1', ['U7']);
    slack.userGroups.set('S2', ['U8']);
  });
  afterEach(() => slack.close());
  const clock = { now: () => new Date(nowMs) };
  const open = () => ({
    clock,
    people: slackPeople({ botToken: slack.token, apiUrl: slack.apiUrl, teamId: slack.team, clock }),
  });
  const groups = () =>
    slack.calls.filter(({ method }) => method === 'usergroups.users.list').map(({ args }) => args.usergroup);
  const made = (ageMs: number) => ({ wish: 'w', at: new Date(nowMs - ageMs).toISOString() });

  test('before a first request about each group once, whoever has approved, and anew', async () => {
    const desk = open();
    for (let n = 1; n <= 2; n += 1) {
      const standing = await standingOf(forSending(desk, {}, rule, 'sending'), rule, plan);
      expect(standing.counting).toHaveLength(2);
      expect(groups()).toEqual(Array.from({ length: n }, () => ['S1', 'S2']).flat());
      nowMs += 1;
    }
    slack.userGroups.set('S2', []);
    expect((await standingOf(forSending(desk, {}, rule, 'sending'), rule, plan)).counting).toHaveLength(1);
  });

  test('before the cluster is read only about what was not learnt within a minute, or since it waits', async () => {
    const desk = open();
    const early = (paused?: Plan['paused']) =>
      standingOf(forSending(desk, paused ? { paused } : {}, rule, 'early'), rule, plan);
    await early();
    await early();
    expect(groups()).toEqual(['S1', 'S2']);
    nowMs += 1_000;
    const paused = { since: clock.now().toISOString(), because: 'Slack says nothing' };
    await early(paused);
    nowMs += 30_000;
    await early(paused);
    expect(groups()).toEqual(['S1', 'S2', 'S1', 'S2']);
    nowMs += 60_001;
    await early(paused);
    expect(groups()).toHaveLength(6);
  });

  test('once for all presses that were made before it, and anew for each one made after', async () => {
    const desk = open();
    const judge = (ageMs: number) =>
      mayApprove(atPress(desk, made(ageMs)).people, rule, plan, { user: 'U8', channel: 'C1' });
    expect(await judge(0)).toEqual({ allowed: true });
    nowMs += 2_000;
    expect(await judge(2_000)).toEqual({ allowed: true });
    expect(await judge(9_000)).toEqual({ allowed: true });
    expect(groups()).toEqual(['S1', 'S2']);
    slack.userGroups.set('S2', []);
    expect(await judge(1_999)).toMatchObject({ allowed: false });
    expect(groups()).toHaveLength(4);
  });

  test.each([
    ['was long on its way', () => made(300_000).at],
    ['says no time', () => 'once upon a time'],
    ['is said to be of a time to come', () => made(-300_000).at],
  ])('anew, for a press that %s, after ten seconds', async (_what, at) => {
    const desk = open();
    await atPress(desk, made(0)).people.groupMembers('S1');
    nowMs += 10_001;
    slack.userGroups.set('S1', []);
    expect(await atPress(desk, { wish: 'w', at: at() }).people.groupMembers('S1')).toEqual([]);
  });
});

const cordon = { verb: 'cordon', node: 'worker-3' } as const;
const lead = { user: 'U0LEAD', channel: 'C0CRASH' };

test('whoever had to wait for Slack looks at the cluster again before the first request', async () => {
  await using it = await lab([cordon]);
  const freeze = [{ name: 'the night', timeZone: 'UTC', from: '00:00', to: '00:00' }];
  const { id } = await it.requested();
  await approve(it.acting, id, lead);
  let rehearsed = false;
  it.faults.rehearsed = () => {
    rehearsed = true;
  };
  const { person } = it.acting.people;
  it.acting.people.person = async (user) => {
    if (rehearsed) {
      rehearsed = false;
      it.ahead(20);
      it.rules.limits = { ...it.rules.limits, freeze };
    }
    return person(user);
  };
  await it.pass(0);
  await it.pass(5);
  expect(it.sent).toEqual([]);
  expect(await it.plan(id)).toMatchObject({ state: 'requested' });
  expect(JSON.stringify((await it.card(id)).waitsFor)).toContain('the night');
});

test('whoever stops what runs on their word does not wait for Slack’s limit; everybody else says no before any yes', async () => {
  await using it = await deed();
  await it.trouble();
  const id = await it.requested();
  const asked: (Freshness | undefined)[] = [];
  const { person } = it.acting.people;
  it.acting.people.person = async (user, how) => {
    asked.push(how);
    if (user === 'U-LEAD') throw new TryLater('Slack limits users.info', 3_000);
    return person(user);
  };
  const now = it.acting.clock.now().getTime();
  await refuse(it.acting, id, { user: 'U-SECOND', channel: 'C1' });
  expect(asked[0]?.patience).toMatchObject({ goesFirst: true });
  expect(asked[0]?.patience?.until.getTime()).toBeGreaterThan(now);
  expect(await it.state(id)).toBe('refused');

  it.acting.people.person = person;
  const running = await it.requested();
  await approve(it.acting, running, { user: 'U-LEAD', channel: 'C1' });
  asked.length = 0;
  it.acting.people.person = async (_user, how) => {
    asked.push(how);
    throw new TryLater('Slack limits users.info', 3_000);
  };
  await refuse(it.acting, running, { user: 'U-LEAD', channel: 'C1' }, 'stop');
  expect(asked[0]?.patience?.until.getTime()).toBe(now);
  expect(await it.state(running)).toBe('failed');
});
