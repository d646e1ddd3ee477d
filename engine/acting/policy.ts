import { TryLater } from '../errors.ts';
import type { People, Person } from '../people.ts';
import type { Plan } from '../plan.ts';
import type { Risk } from '../runbook.ts';

export interface Group {
  readonly users: readonly string[];
  readonly userGroups: readonly string[];
}

/** Who may have what done. The first rule that fits a plan holds for it; where none fits, nobody may. */
export interface PolicyRule {
  /** Ids of remedies, `runbook/remedy`, or `*`. */
  readonly remedies: readonly string[];
  readonly risks?: readonly Risk[];
  readonly clusters?: readonly string[];
  /** Only from these channels; absent: from any. */
  readonly channels?: readonly string[];
  /** Who may ask for it; absent: every full member of the workspace. */
  readonly requesters?: Group;
  readonly approvers: Group;
  /** How many distinct people must approve. */
  readonly approvals: number;
  readonly requesterMayApprove: boolean;
  readonly expiresAfterMinutes: number;
  /** Who may go on although an interlock of the team's own (freeze, cool-down, actions per hour, storm) does not hold. */
  readonly breakGlass?: Group;
}

export interface Caller {
  readonly user: string;
  /** Where they clicked. */
  readonly channel: string;
}

/** `why` is said to the person, `ofThem` about them. `later`: the directory did not answer, so nobody can tell now. */
export type Judged =
  | { readonly allowed: true }
  | { readonly allowed: false; readonly why: string; readonly ofThem: string; readonly later?: TryLater };
type Scope = Pick<Plan, 'remedy' | 'runbook' | 'risk' | 'cluster'>;

export function ruleFor(policy: readonly PolicyRule[], plan: Scope): PolicyRule | undefined {
  return policy.find(
    ({ remedies, risks, clusters }) =>
      remedies.some((name) => name === '*' || name === plan.remedy || name === `${plan.runbook}/${plan.remedy}`) &&
      (risks === undefined || risks.includes(plan.risk)) &&
      (clusters === undefined || clusters.includes(plan.cluster)),
  );
}

export function namesSomebody(group: Group | undefined): group is Group {
  return group !== undefined && group.users.length + group.userGroups.length > 0;
}

/** Why nobody may have it done; a rule may name the fix and yet not its risk, or its cluster. */
export function noRuleFor({ runbook, remedy, risk, cluster }: Scope): string {
  const fix = `${runbook}/${remedy} at risk ${risk} in cluster ${cluster}`;
  return `no rule of the policy in nightshift.yaml allows ${fix}, so nobody may approve it`;
}

const NO_RULE = 'no rule of the policy in nightshift.yaml allows this fix at its risk, so nobody may approve it';

/** Whether this person may ask for the plan. */
export async function mayRequest(people: People, rule: PolicyRule | undefined, caller: Caller): Promise<Judged> {
  if (!rule) return no(NO_RULE);
  return judged(people, rule, caller, async (person) =>
    rule.requesters && !(await isIn(people, rule.requesters, person.id))
      ? no('the policy names who may ask for this fix, and you are not among them', 'the policy names others for that')
      : yes,
  );
}

/**
 * Why nobody could ever say yes enough if this person asked. Nothing is said while Slack does not tell who is in a
 * group: then nobody can approve anyway.
 */
export async function tooFewWithout(people: People, rule: PolicyRule, { user }: Caller): Promise<string | undefined> {
  const { approvers, approvals, requesterMayApprove } = rule;
  const groups = await Promise.all(approvers.userGroups.map((group) => people.groupMembers(group))).catch(later);
  if (groups === undefined) return undefined;
  const all = new Set(await membersAmong(people, [...approvers.users, ...groups.flat()]));
  const isOneTooMany = !requesterMayApprove && all.delete(user);
  if (all.size >= approvals) return undefined;
  if (!isOneTooMany) {
    const left = all.size === 0 ? 'nobody may approve it' : `only ${all.size} may approve it`;
    return `${left}, and ${approvals} must: the policy in nightshift.yaml has to name more, or its user groups to have more members`;
  }
  const left = all.size === 0 ? 'nobody else may approve it' : `only ${all.size} beside you may approve it`;
  return `${left}, and ${approvals} must: somebody who is not among the approvers has to ask for it`;
}

/** Each is a question to Slack: of more than these some may certainly approve. */
const MOST_ASKED = 10;

/** Those who are full members, as far as Slack says who they are; of many, and of whom it says nothing, all are taken for such. */
async function membersAmong(people: People, ids: readonly string[]): Promise<readonly string[]> {
  if (new Set(ids).size > MOST_ASKED) return ids;
  const seen = await Promise.all(ids.map((id) => people.person(id).catch(later)));
  return ids.filter((_id, index) => (seen[index]?.standing ?? 'member') === 'member');
}

function later(failure: unknown): undefined {
  if (!(failure instanceof TryLater)) throw failure;
}

/** Whether this person's yes counts, as the policy stands now. */
export async function mayApprove(
  people: People,
  rule: PolicyRule | undefined,
  plan: Pick<Plan, 'request'>,
  caller: Caller,
): Promise<Judged> {
  if (!rule) return no(NO_RULE);
  return judged(people, rule, caller, async (person) => {
    if (!(await isIn(people, rule.approvers, person.id)))
      return no('you are not among the approvers of this fix', 'not among the approvers of this fix');
    if (plan.request?.by === person.id && !rule.requesterMayApprove)
      return no('you asked for it yourself: somebody else has to approve', 'whoever asks may not approve');
    return yes;
  });
}

/** Whether this person may cost the cluster reads: to look at a plan every full member of the workspace may. */
export function mayLook(people: People, { user }: Pick<Caller, 'user'>): Promise<Judged> {
  return judged(people, {}, { user, channel: '' }, async () => yes);
}

/** Whether this person may break the glass. */
export async function mayBreakGlass(people: People, rule: PolicyRule | undefined, caller: Caller): Promise<Judged> {
  const group = rule?.breakGlass;
  if (!rule || !namesSomebody(group))
    return no('the policy names nobody who may go on although an interlock does not hold');
  return judged(people, rule, caller, async (person) =>
    (await isIn(people, group, person.id))
      ? yes
      : no('you are not among those who may break the glass', 'not among those who may break the glass'),
  );
}

const yes: Judged = { allowed: true };

function no(why: string, ofThem = why): Judged {
  return { allowed: false, why, ofThem };
}

/** Fails closed: whoever cannot be looked up now may do nothing now. */
async function judged(
  people: People,
  { channels }: Pick<PolicyRule, 'channels'>,
  { user, channel }: Caller,
  decide: (person: Person) => Promise<Judged>,
): Promise<Judged> {
  if (channels && !channels.includes(channel)) return no('the policy does not allow it from this channel');
  try {
    const person = await people.person(user);
    return person.standing === 'member' ? await decide(person) : no(strangers[person.standing]);
  } catch (failure) {
    if (!(failure instanceof TryLater)) throw failure;
    const ofThem = `who they are could not be looked up (${failure.message})`;
    const why = `who you are could not be looked up (${failure.message}): try again in a moment`;
    return { allowed: false, why, ofThem, later: failure };
  }
}

const strangers: Readonly<Record<Exclude<Person['standing'], 'member'>, string>> = {
  guest: 'guests of the workspace may not',
  bot: 'bots may not',
  outsider: 'people of other workspaces may not',
  deactivated: 'this account is deactivated',
  unknown: 'the workspace does not know you',
};

async function isIn(people: People, { users, userGroups }: Group, user: string): Promise<boolean> {
  if (users.includes(user)) return true;
  for (const group of userGroups) if ((await people.groupMembers(group)).includes(user)) return true;
  return false;
}
