import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { ruleFor } from '../../engine/acting/policy.ts';
import { Refused } from '../../engine/errors.ts';
import { ConfigError } from '../../functions/config/error.ts';
import { parseConfig } from '../../functions/config/load.ts';
import { checkPolicy, rulesOf } from '../../functions/rules.ts';
import { catalog } from '../../runbooks/catalog.ts';

const cluster = 'clusters: [{ name: prod-eu, kubernetes: { inCluster: true } }]';
const rule = (more = '') => `${cluster}
policy:
  - remedies: [cordon]
    approvers: { users: [U01] }${more}
`;
const parse = (text: string) => parseConfig(text, 'nightshift.yaml');

function complaint(work: () => unknown): string {
  try {
    work();
  } catch (failure) {
    if (failure instanceof ConfigError) return failure.message;
    throw failure;
  }
  return 'no complaint';
}

describe('a policy in nightshift.yaml', () => {
  const two = rule('\n    requesters: { users: [U01, U02] }\n    approvals: 2').replace('[U01] }', '[U01, U02] }');

  it('by which nobody could ever approve is refused: who may ask are the approvers, and each is one too many', () => {
    expect(complaint(() => parse(two))).toContain('policy.0.approvals');
    expect(complaint(() => parse(two))).toContain('could never be approved');
    for (const possible of [
      two.replace('approvals: 2', 'approvals: 1'),
      two.replace('approvals: 2', 'approvals: 2\n    requesterMayApprove: true'),
      two.replace('requesters: { users: [U01, U02] }', 'requesters: { users: [U01, U03] }'),
      two.replace('requesters: { users: [U01, U02] }', 'requesters: { userGroups: [S01] }'),
      two.replace('[U01, U02] }\n    requesters', '[U01, U02], userGroups: [S01] }\n    requesters'),
    ])
      expect(complaint(() => parse(possible))).toBe('no complaint');
  });

  it('in which no plan comes to a rule is refused: it would tighten nothing, in silence', () => {
    const rules = (...all: readonly string[]) =>
      `${cluster}\npolicy: [${all.map((one) => `{ ${one}, approvers: { users: [U01] } }`).join(', ')}]`;
    const check = (...all: readonly string[]) => complaint(() => checkPolicy(parse(rules(...all)), catalog));
    const [all, drain] = ['remedies: ["*"]', 'remedies: [drain]'];
    expect(check(all, drain)).toBe(
      'policy.1: no plan comes to this rule (drain): the first rule that fits holds, and others before it leave it none; put it before policy.0',
    );
    expect(check(`${all}, clusters: [prod-eu]`, drain)).toContain('policy.1');
    expect(check(`${all}, risks: [low]`, `${all}, risks: [none, medium, high]`, drain)).toContain(
      'put it before policy.0',
    );
    expect(check('remedies: [drain], risks: [high]', 'remedies: [node-not-ready/drain], risks: [high]')).toContain(
      'policy.1',
    );
    expect(check(`${all}, risks: []`)).toContain('policy.0: no plan comes to this rule (*): it names no risk');
    expect(check(`${drain}, risks: [medium]`, all)).toBe(
      'policy.0: no plan comes to this rule (drain): these fixes, and what takes them back, are of risk high or low, never medium (`nightshift runbooks` lists the risks)',
    );
    expect(check('remedies: [cordon], risks: [high]', all)).toContain('are of risk low, never high');
    expect(check(`${drain}, risks: [low]`, all)).toBe('no complaint');
    expect(check('remedies: [cordon], risks: [low]', 'remedies: [cordon], risks: [low, high]')).toContain('policy.1');
    expect(check('remedies: [cordon], risks: [low]', 'remedies: [cordon]')).toContain('policy.1');
    expect(check(`${all}, risks: [none, low, medium]`, 'remedies: [cordon]')).toContain('policy.1');
    // One for all that is left may have nothing left today.
    expect(check(`${all}, risks: [low, medium, high]`, all)).toBe('no complaint');
    expect(check(drain, all)).toBe('no complaint');
    expect(check(`${all}, risks: [low]`, drain)).toBe('no complaint');
    expect(check(`${all}, clusters: [practice]`, drain)).toContain(
      'the practice cluster never stands beside real ones',
    );
    expect(check(`${all}, clusters: [practice, prod-eu]`)).toBe('no complaint');
    expect(check('remedies: [node-not-ready/cordon]', 'remedies: [cordon]')).toBe('no complaint');
  });

  it('for channels in which there are no buttons is refused: nobody could ask', () => {
    const slack = 'slack: { channel: C0INCIDENTS, botToken: { env: A }, signingSecret: { env: B } }';
    const check = (channels: string) =>
      complaint(() => checkPolicy(parse(`${slack}\n${rule(`\n    channels: ${channels}`)}`), catalog));
    expect(check('[C0OTHER]')).toContain('buttons are in slack.channel (C0INCIDENTS) only');
    expect(check('[C0OTHER, C0INCIDENTS]')).toBe('no complaint');
    // The first rule that fits holds: one that lets nobody ask keeps those behind it from allowing it.
    expect(check('[]')).toBe('no complaint');
  });

  it('says as little as it can: one approver, not the one who asked, half an hour', () => {
    expect(parse(rule()).policy).toEqual([
      {
        remedies: ['cordon'],
        approvers: { users: ['U01'], userGroups: [] },
        approvals: 1,
        requesterMayApprove: false,
        expiresAfterMinutes: 30,
      },
    ]);
  });

  it.each([
    [rule().replace('U01', '"@ada"'), ':4: policy.0.approvers.users.0: a member id such as U0123456789, not a name'],
    [
      rule().replace('users: [U01]', 'userGroups: ["@oncall"]'),
      ':4: policy.0.approvers.userGroups.0: a user group id such as S0123456789, not its handle',
    ],
    [rule().replace('users: [U01]', ''), ':4: policy.0.approvers: names nobody'],
    [rule('\n    approvals: 0'), ':5: policy.0.approvals must be at least 1'],
    [rule('\n    approvals: 11'), ':5: policy.0.approvals'],
    [rule('\n    expiresAfterMinutes: 0'), ':5: policy.0.expiresAfterMinutes must be at least 1'],
    [rule('\n    risks: [tiny]'), ':5: policy.0.risks.0 must be none or low or medium or high'],
    [rule('\n    approver: { users: [U02] }'), ':5: unknown key approver in policy.0; did you mean approvers?'],
    [rule('\n    requesterMayApprove: maybe'), ':5: policy.0.requesterMayApprove must be true or false, not text'],
    [rule('\n    breakGlass: { users: [ada] }'), ':5: policy.0.breakGlass.users.0: a member id'],
  ])('that makes no sense is refused with its line: %j', (text, words) => {
    expect(complaint(() => parse(text))).toContain(`nightshift.yaml${words}`);
  });

  it.each([
    ['corden', 'policy.0.remedies: no runbook has a fix corden; did you mean cordon?'],
    ['node-not-ready/corden', 'no runbook has a fix node-not-ready/corden; did you mean node-not-ready/cordon?'],
    ['etcd-heartbeat/cordon', 'no runbook has a fix etcd-heartbeat/cordon'],
  ])('that names the fix %s, which nobody has, is refused: it would allow nothing, in silence', (fix, words) => {
    expect(complaint(() => checkPolicy(parse(rule().replace('cordon', fix)), catalog))).toContain(words);
  });

  it.each(['cordon', 'node-not-ready/cordon', '"*"'])('may name a fix as %s', (fix) => {
    expect(complaint(() => checkPolicy(parse(rule().replace('cordon', fix)), catalog))).toBe('no complaint');
  });

  it('that names a cluster which is not configured is refused', () => {
    const config = parse(rule('\n    clusters: [prod-us]'));
    expect(complaint(() => checkPolicy(config, catalog))).toContain(
      'policy.0.clusters: there is no cluster prod-us; did you mean prod-eu?',
    );
  });
});

describe('limits in nightshift.yaml', () => {
  const freeze = (window: string) => `limits:\n  freeze:\n    - { name: Night, ${window} }\n`;

  it('are Nightshift’s where the team says nothing', () => {
    expect(parse('').limits).toEqual({ readyNodesPercent: 66, coolDownMinutes: 10, actionsPerHour: 10, freeze: [] });
    expect(parse('limits: { actionsPerHour: 0 }').limits).toMatchObject({ actionsPerHour: 0, coolDownMinutes: 10 });
  });

  it('take a freeze of some days, some hours, in the team’s own time zone', () => {
    const text = freeze('timeZone: Europe/Berlin, days: [Fri, Sat], from: "18:00", to: "06:00", lastDate: 2026-12-31');
    expect(parse(text).limits.freeze).toEqual([
      {
        name: 'Night',
        timeZone: 'Europe/Berlin',
        days: ['Fri', 'Sat'],
        from: '18:00',
        to: '06:00',
        lastDate: '2026-12-31',
      },
    ]);
  });

  it.each([
    'days: [Sat], firstDate: 2026-11-23, lastDate: 2026-11-28',
    'days: [Mon], firstDate: 2026-11-23, lastDate: 2026-11-23',
    'days: [Sun], firstDate: 2026-11-23, lastDate: 2027-11-23',
    'days: [Sat], firstDate: 2026-11-23',
  ])('with a window that is on some day are taken: %s', (window) => {
    expect(complaint(() => parse(`${cluster}\n${freeze(`timeZone: UTC, ${window}`)}`))).toBe('no complaint');
  });

  it.each([
    [freeze('timeZone: Berlin'), ':3: limits.freeze.0.timeZone: an IANA time zone such as Europe/Berlin'],
    [freeze('from: "18:00"'), ':3: limits.freeze.0.timeZone is missing'],
    [freeze('timeZone: UTC, from: "25:00"'), ':3: limits.freeze.0.from: a time such as 22:00'],
    [freeze('timeZone: UTC, from: 18'), ':3: limits.freeze.0.from must be text, not a number'],
    [freeze('timeZone: UTC, days: [Fr]'), ':3: limits.freeze.0.days.0 must be Sun or Mon or Tue'],
    [freeze('timeZone: UTC, firstDate: 24.12.2026'), ':3: limits.freeze.0.firstDate: a date such as 2026-12-24'],
    [
      freeze('timeZone: UTC, firstDate: 2026-12-20, lastDate: 2026-01-03'),
      ':3: limits.freeze.0.lastDate: is before firstDate: this window would never be on',
    ],
    [
      freeze('timeZone: UTC, days: [Sat], firstDate: 2026-11-23, lastDate: 2026-11-27'),
      ':3: limits.freeze.0.days: none of these is between firstDate and lastDate: this window would never be on',
    ],
    [freeze('timeZone: UTC, until: "06:00"'), ':3: unknown key until in limits.freeze.0'],
    ['limits: { readyNodesPercent: 0 }', ':1: limits.readyNodesPercent must be at least 1'],
    ['limits: { coolDownMinuets: 5 }', ':1: unknown key coolDownMinuets in limits; did you mean coolDownMinutes?'],
  ])('that make no sense are refused with their line: %j', (text, words) => {
    expect(complaint(() => parse(text))).toContain(`nightshift.yaml${words}`);
  });
});

describe('the rules that hold now', () => {
  const directory = mkdtempSync(join(tmpdir(), 'rules-'));
  const file = join(directory, 'nightshift.yaml');
  afterAll(() => rmSync(directory, { recursive: true, force: true }));
  const config = parse(rule());
  const plan = { remedy: 'cordon', runbook: 'node-not-ready', risk: 'low', cluster: 'prod-eu' } as const;
  let writtenAt = 1_800_000_000;
  /** Each a second after the one before, whatever the file system's clock can tell apart. */
  function write(text: string): void {
    writeFileSync(file, text);
    writtenAt += 1;
    utimesSync(file, writtenAt, writtenAt);
  }

  it('are those the file holds now, not those it held when the server started', async () => {
    write(rule());
    const rules = rulesOf({ file, config }, catalog);
    expect(ruleFor((await rules()).policy, plan)?.expiresAfterMinutes).toBe(30);
    write(rule('\n    expiresAfterMinutes: 7\nlimits: { coolDownMinutes: 60 }'));
    expect(ruleFor((await rules()).policy, plan)?.expiresAfterMinutes).toBe(7);
    expect((await rules()).limits.coolDownMinutes).toBe(60);
    write(cluster);
    expect(ruleFor((await rules()).policy, plan)).toBeUndefined();
  });

  it.each([
    ['is gone', () => rmSync(file)],
    ['is half written', () => write('policy: [')],
    ['makes no sense', () => write(rule('\n    approvals: 0'))],
  ])('are none while the file %s, with the reason; and those it holds afterwards', async (_what, spoil) => {
    write(rule());
    const rules = rulesOf({ file, config }, catalog);
    await rules();
    spoil();
    await expect(rules()).rejects.toBeInstanceOf(Refused);
    await expect(rules()).rejects.toThrow(/the policy cannot be read: .*nightshift\.yaml/);
    write(rule());
    expect(ruleFor((await rules()).policy, plan)?.approvals).toBe(1);
  });

  it('let everything be tried on the practice cluster, by somebody else than the one who asked, and nowhere else', async () => {
    const { policy } = await rulesOf({ config: parse('') }, catalog)();
    expect(ruleFor(policy, { ...plan, cluster: 'practice' })).toMatchObject({ requesterMayApprove: false });
    expect(ruleFor(policy, plan)).toBeUndefined();
    write(cluster);
    expect((await rulesOf({ file, config }, catalog)()).policy).toEqual([]);
  });

  it('do not fall back to those for practice when the clusters are taken out of the file of a running server', async () => {
    write('');
    expect((await rulesOf({ file, config }, catalog)()).policy).toEqual([]);
  });
});
