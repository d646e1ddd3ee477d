import { describe, expect, test } from 'vitest';
import {
  mayApprove,
  mayBreakGlass,
  mayRequest,
  type PolicyRule,
  ruleFor,
  tooFewWithout,
} from '../../../engine/acting/policy.ts';
import { TryLater } from '../../../engine/errors.ts';
import type { People, Person } from '../../../engine/people.ts';

const rule: PolicyRule = {
  remedies: ['cordon'],
  approvers: { users: ['U-LEAD'], userGroups: ['S-ONCALL'] },
  approvals: 1,
  requesterMayApprove: false,
  expiresAfterMinutes: 30,
};
const standings: Record<string, Person['standing']> = {
  'U-LEAD': 'member',
  'U-ONCALL': 'member',
  'U-ASKER': 'member',
  'U-GUEST': 'guest',
  'U-BOT': 'bot',
  'U-AWAY': 'outsider',
  'U-GONE': 'deactivated',
};
const people = (members: readonly string[] = ['U-ONCALL', 'U-GUEST', 'U-GONE', 'U-BOT', 'U-AWAY']): People => ({
  person: async (id) => ({ id, name: id, standing: standings[id] ?? 'unknown' }),
  groupMembers: async () => members,
});
const asked = { request: { by: 'U-ASKER', at: '', expiresAt: '', approvalsNeeded: 1 } };
const from = (user: string, channel = 'C1') => ({ user, channel });
const why = async (judged: ReturnType<typeof mayApprove>) => {
  const one = await judged;
  return one.allowed ? 'allowed' : one.why;
};

describe('the policy', () => {
  test.each([
    ['somebody it names', 'U-LEAD', 'allowed'],
    ['a member of a group it names', 'U-ONCALL', 'allowed'],
    ['somebody else', 'U-ASKER', 'you are not among the approvers'],
    ['a guest in the group', 'U-GUEST', 'guests'],
    ['a bot in the group', 'U-BOT', 'bots'],
    ['somebody of another workspace', 'U-AWAY', 'other workspaces'],
    ['a deactivated account', 'U-GONE', 'deactivated'],
    ['a stranger', 'U-NOBODY', 'does not know you'],
  ])('lets %s approve, or says why not', async (_who, user, words) => {
    expect(await why(mayApprove(people(), rule, asked, from(user)))).toContain(words);
  });

  test('the one who asked does not count, unless it says so', async () => {
    const own = { request: { ...asked.request, by: 'U-LEAD' } };
    expect(await why(mayApprove(people(), rule, own, from('U-LEAD')))).toContain('somebody else has to approve');
    expect(await why(mayApprove(people(), { ...rule, requesterMayApprove: true }, own, from('U-LEAD')))).toBe(
      'allowed',
    );
  });

  test('whoever left the group may no more', async () => {
    expect(await why(mayApprove(people([]), rule, asked, from('U-ONCALL')))).toContain('not among the approvers');
  });

  test('without a rule nobody may do anything', async () => {
    expect(await why(mayApprove(people(), undefined, asked, from('U-LEAD')))).toContain('no rule of the policy');
    expect(await why(mayRequest(people(), undefined, from('U-LEAD')))).toContain('no rule of the policy');
  });

  test('when the workspace does not answer nobody may do anything', async () => {
    const silent: People = {
      person: async () => Promise.reject(new TryLater('Slack does not answer', 1_000)),
      groupMembers: async () => Promise.reject(new TryLater('Slack does not answer', 1_000)),
    };
    expect(await why(mayApprove(silent, rule, asked, from('U-LEAD')))).toContain('could not be looked up');
    const halfSilent: People = { ...people(), groupMembers: silent.groupMembers };
    expect(await why(mayApprove(halfSilent, rule, asked, from('U-ONCALL')))).toContain('could not be looked up');
    expect(await why(mayApprove(halfSilent, rule, asked, from('U-LEAD')))).toBe('allowed');
  });

  test('holds for its channels, its risks and its clusters only', async () => {
    const narrow = { ...rule, channels: ['C1'], risks: ['low'] as const, clusters: ['prod-eu'] };
    const plan = { remedy: 'cordon', runbook: 'node-not-ready', risk: 'low', cluster: 'prod-eu' } as const;
    expect(ruleFor([narrow], plan)).toBe(narrow);
    expect(ruleFor([narrow], { ...plan, risk: 'medium' })).toBeUndefined();
    expect(ruleFor([narrow], { ...plan, cluster: 'prod-us' })).toBeUndefined();
    expect(ruleFor([narrow], { ...plan, remedy: 'drain' })).toBeUndefined();
    expect(await why(mayApprove(people(), narrow, asked, from('U-LEAD', 'C2')))).toContain('this channel');
  });

  test('the first rule that fits holds; a fix may be named with its runbook, or by a star', () => {
    const plan = { remedy: 'cordon', runbook: 'node-not-ready', risk: 'low', cluster: 'prod-eu' } as const;
    const strict = { ...rule, remedies: ['node-not-ready/cordon'], approvals: 2 };
    const any = { ...rule, remedies: ['*'] };
    expect(ruleFor([strict, any], plan)?.approvals).toBe(2);
    expect(ruleFor([strict, any], { ...plan, runbook: 'other' })?.approvals).toBe(1);
  });

  test('requesters may be named; the glass may be broken only by those it names for that', async () => {
    const named = { ...rule, requesters: { users: ['U-ASKER'], userGroups: [] } };
    expect(await why(mayRequest(people(), rule, from('U-LEAD')))).toBe('allowed');
    expect(await why(mayRequest(people(), named, from('U-LEAD')))).toContain('who may ask');
    expect(await why(mayRequest(people(), named, from('U-ASKER')))).toBe('allowed');
    expect(await why(mayBreakGlass(people(), rule, from('U-LEAD')))).toContain('names nobody');
    const breakable = { ...rule, breakGlass: { users: ['U-LEAD'], userGroups: [] } };
    expect(await why(mayBreakGlass(people(), breakable, from('U-LEAD')))).toBe('allowed');
    expect(await why(mayBreakGlass(people(), breakable, from('U-ONCALL')))).toContain('not among those');
  });

  test('whoever would leave too few approvers by asking is told so', async () => {
    const two = { ...rule, approvals: 2, approvers: { users: ['U-LEAD', 'U-ONCALL'], userGroups: [] } };
    const tooFew = (one: PolicyRule, user: string, members?: readonly string[]) =>
      tooFewWithout(people(members), one, from(user));
    expect(await tooFew(two, 'U-LEAD')).toContain('only 1 beside you may approve it, and 2 must');
    expect(await tooFew(two, 'U-ASKER')).toBeUndefined();
    expect(await tooFew({ ...two, requesterMayApprove: true }, 'U-LEAD')).toBeUndefined();
    expect(await tooFew({ ...two, approvals: 1 }, 'U-LEAD')).toBeUndefined();
    const group = { ...two, approvers: { users: [], userGroups: ['S-ONCALL'] } };
    expect(await tooFew(group, 'U-ONCALL', ['U-ONCALL', 'U-LEAD'])).toContain('only 1 beside you');
    expect(await tooFew(group, 'U-ONCALL', ['U-ONCALL', 'U-LEAD', 'U-ASKER'])).toBeUndefined();
    expect(await tooFew(group, 'U-ASKER', ['U-ONCALL', 'U-GUEST', 'U-BOT', 'U-AWAY', 'U-GONE'])).toContain(
      'only 1 may approve it, and 2 must',
    );
    const silent: People = { ...people(), person: async () => Promise.reject(new TryLater('Slack is away', 1_000)) };
    expect(await tooFewWithout(silent, two, from('U-ASKER'))).toBeUndefined();
    const own = { ...group, requesterMayApprove: true };
    expect(await tooFew(own, 'U-ONCALL', ['U-ONCALL'])).toContain('only 1 may approve it, and 2 must: the policy');
    expect(await tooFew(own, 'U-ONCALL', ['U-ONCALL', 'U-LEAD'])).toBeUndefined();
    expect(await tooFew(group, 'U-ASKER', [])).toContain('nobody may approve it, and 2 must: the policy');
  });
});
