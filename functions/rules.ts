import { stat } from 'node:fs/promises';
import type { Rules } from '../engine/acting/desk.ts';
import { defaultLimits } from '../engine/acting/limits.ts';
import type { PolicyRule } from '../engine/acting/policy.ts';
import { possibleRisks } from '../engine/acting/risk.ts';
import { messageOf, Refused } from '../engine/errors.ts';
import type { AnyRunbook, Risk } from '../engine/runbook.ts';
import { practiceApprovers } from '../infra/local/console/practice-users.ts';
import { didYouMean } from '../infra/local/nearest.ts';
import type { Settings } from './compose.ts';
import { ConfigError } from './config/error.ts';
import { loadConfig } from './config/load.ts';
import type { Config } from './config/schema.ts';

const RISKS: readonly Risk[] = ['none', 'low', 'medium', 'high'];

type PolicyRuleIn = Config['policy'][number];

/** On the practice cluster everything may be tried: one approver who is not the one who asked. */
const practicePolicy: readonly PolicyRule[] = [
  {
    remedies: ['*'],
    clusters: ['practice'],
    approvers: { users: [], userGroups: [practiceApprovers] },
    approvals: 1,
    requesterMayApprove: false,
    expiresAfterMinutes: 30,
    breakGlass: { users: [], userGroups: [practiceApprovers] },
  },
];

/**
 * Policy and limits as the file says now: it is looked at each time somebody wants something, so that a change holds
 * for open requests at once. A file that cannot be read allows nothing (`Refused`).
 */
export function rulesOf(
  { file, config }: Pick<Settings, 'file' | 'config'>,
  runbooks: readonly AnyRunbook[],
): () => Promise<Rules> {
  const nobody = nobodyIn(config);
  if (file === undefined) return async () => ({ policy: practicePolicy, limits: defaultLimits });
  let known: { readonly version: string; readonly rules: Rules } | undefined;
  return async () => {
    try {
      const version = await versionOf(file);
      if (known?.version !== version) known = { version, rules: rulesIn((await loadConfig(file)).config) };
      return known.rules;
    } catch (failure) {
      known = undefined;
      throw new Refused('RULES_UNREADABLE', `the policy cannot be read: ${messageOf(failure)}`, failure);
    }
  };

  function rulesIn(read: Config): Rules {
    checkPolicy(read, runbooks);
    if (nobody !== undefined) return { policy: [], limits: read.limits as Rules['limits'], nobody };
    const practises = read.clusters.length === 0 && config.clusters.length === 0;
    const policy = practises && read.policy.length === 0 ? practicePolicy : (read.policy as readonly PolicyRule[]);
    return { policy, limits: read.limits as Rules['limits'] };
  }
}

/** Whatever replaces a file may give it its old time of writing; none of these can be given to it. */
async function versionOf(file: string): Promise<string> {
  const { dev, ino, size, mtimeMs, ctimeMs } = await stat(file);
  return [dev, ino, size, mtimeMs, ctimeMs].join(' ');
}

/**
 * Why nobody may do anything, whatever the policy says. The console asks nobody who they are: whoever reaches it could
 * be requester and approver in one. That is right for practice and for nothing else.
 */
export function nobodyIn({ clusters, slack }: Pick<Config, 'clusters' | 'slack'>): string | undefined {
  if (slack || !clusters.some(({ fixer }) => fixer)) return undefined;
  return 'without Slack nobody can tell who you are, so fixes of a real cluster can be looked at and not asked for (configure slack in nightshift.yaml)';
}

/** Throws `ConfigError` for a fix no runbook has, and for a rule that none ever comes to: it would hold for nothing, in silence. */
export function checkPolicy({ policy, clusters, slack }: Config, runbooks: readonly AnyRunbook[]): void {
  const fixes = runbooks.flatMap(({ id, remedies }) => Object.keys(remedies).flatMap((fix) => [fix, `${id}/${fix}`]));
  const names = ['practice', ...clusters.map(({ name }) => name)];
  for (const [index, rule] of policy.entries()) {
    for (const fix of rule.remedies) {
      if (fix === '*' || fixes.includes(fix)) continue;
      throw new ConfigError(
        `policy.${index}.remedies: no runbook has a fix ${fix}${didYouMean(fix, fixes)}; \`nightshift runbooks\` lists them`,
      );
    }
    const stranger = rule.clusters?.find((name) => !names.includes(name));
    if (stranger !== undefined) {
      throw new ConfigError(`policy.${index}.clusters: there is no cluster ${stranger}${didYouMean(stranger, names)}`);
    }
  }
  // The practice cluster never stands beside real ones.
  const there = clusters.length > 0 ? clusters.map(({ name }) => name) : names;
  for (const [index, rule] of policy.entries()) {
    const why = whyNever(rule, runbooks, there, slack?.channel);
    if (why !== undefined)
      throw new ConfigError(`policy.${index}: no plan comes to this rule (${rule.remedies.join(', ')}): ${why}`);
  }
  checkOrder(
    policy.map((rule) => scopesOf(rule, runbooks, there)),
    policy,
  );
}

/** Why a rule would hold for no plan, whatever stands before it. */
function whyNever(
  rule: PolicyRuleIn,
  runbooks: readonly AnyRunbook[],
  there: readonly string[],
  channel: string | undefined,
): string | undefined {
  const { risks, clusters, channels } = rule;
  if (risks?.length === 0 || clusters?.length === 0)
    return 'it names no risk, or no cluster; leave out what is to hold for all';
  if (clusters && !clusters.some((name) => there.includes(name)))
    return 'the practice cluster never stands beside real ones';
  if (channels?.length && channel !== undefined && !channels.includes(channel))
    return `buttons are in slack.channel (${channel}) only, which is not among its channels (${channels.join(', ')})`;
  const possible = new Set(fixesOf(rule, runbooks).flatMap((fix) => fix.risks));
  if (risks === undefined || risks.some((risk) => possible.has(risk))) return undefined;
  const has = [...possible].join(' or ');
  return `these fixes, and what takes them back, are of risk ${has}, never ${risks.join(' or ')} (\`nightshift runbooks\` lists the risks)`;
}

/** The first rule that fits a plan holds for it: one for which others before it leave nothing would tighten nothing. */
function checkOrder(scopes: readonly Scope[], policy: Config['policy']): void {
  for (const [index, { own }] of scopes.entries()) {
    const before = new Set(scopes.slice(0, index).flatMap(({ taken }) => [...taken]));
    if (![...own].every((one) => before.has(one))) continue;
    const first = scopes.findIndex(({ taken }) => [...own].some((one) => taken.has(one)));
    const why = `the first rule that fits holds, and others before it leave it none; put it before policy.${first}`;
    throw new ConfigError(
      `policy.${index}: no plan comes to this rule (${policy[index]?.remedies.join(', ')}): ${why}`,
    );
  }
}

interface Scope {
  /** What it is for. Of one for `*` that names no risk all count as possible: what is for all that is left may have nothing left today. */
  readonly own: ReadonlySet<string>;
  /** What it takes away from those behind it. */
  readonly taken: ReadonlySet<string>;
}

function scopesOf(rule: PolicyRuleIn, runbooks: readonly AnyRunbook[], clusters: readonly string[]): Scope {
  const fixes = fixesOf(rule, runbooks);
  const scope = (has: (fix: (typeof fixes)[number], risk: Risk) => boolean) =>
    new Set(
      fixes.flatMap((one) =>
        (rule.risks ?? RISKS)
          .filter((risk) => has(one, risk))
          .flatMap((risk) => (rule.clusters ?? clusters).map((place) => `${one.fix} at risk ${risk} in ${place}`)),
      ),
    );
  const isForTheRest = rule.risks === undefined && rule.remedies.includes('*');
  return { own: scope(({ risks }, risk) => isForTheRest || risks.includes(risk)), taken: scope(() => true) };
}

/** Those a rule names, each with all risks that it, or its undo, may have. */
function fixesOf({ remedies: names }: PolicyRuleIn, runbooks: readonly AnyRunbook[]) {
  return runbooks.flatMap(({ id, remedies }) =>
    Object.entries(remedies)
      .filter(([fix]) => names.some((name) => name === '*' || name === fix || name === `${id}/${fix}`))
      .map(([fix, remedy]) => ({ fix: `${id}/${fix}`, risks: [...possibleRisks(remedy)] })),
  );
}

/** Throws `ConfigError` for a runbook that does not exist: it would switch nothing off, in silence. */
export function checkDisabled({ runbooks: { disabled } }: Pick<Config, 'runbooks'>, runbooks: readonly AnyRunbook[]) {
  const names = runbooks.map(({ id }) => id);
  for (const [index, name] of disabled.entries()) {
    if (names.includes(name)) continue;
    throw new ConfigError(
      `runbooks.disabled.${index}: there is no runbook ${name}${didYouMean(name, names)}; \`nightshift runbooks\` lists them`,
    );
  }
}
