import { risksOf } from '../changes/catalog.ts';
import { messageOf } from '../errors.ts';
import type { Plan } from '../plan.ts';
import type { PlanButton, PlanCard, Waiting } from '../plan-card.ts';
import type { Store } from '../ports.ts';
import { clockOf } from '../words.ts';
import type { Acting } from './desk.ts';
import { mayBeStopped } from './halt.ts';
import { inFrontOf } from './in-front.ts';
import { otherwiseIn } from './otherwise.ts';
import { verdictWords } from './plan-line.ts';
import { namesSomebody, noRuleFor, type PolicyRule, ruleFor } from './policy.ts';
import { expiryOf } from './standing.ts';
import { waitingOf } from './waiting.ts';

interface CardDesk extends Pick<Acting, 'rules' | 'people'> {
  readonly store: Pick<Store, 'get' | 'list'>;
}

/** The plan as its message and its modal show it, under the policy as it stands now. */
export async function planCardOf(acting: CardDesk, plan: Plan): Promise<PlanCard> {
  const { rule, nobodyBecause, undoNobodyBecause } = await currentRule(acting, plan);
  const fits = plan.blocked.length === 0 && plan.interlocks.every(({ holds, breakable }) => holds || breakable);
  const open = plan.state === 'requested' && rule ? await waitingOf(acting.people, rule, plan) : undefined;
  const expiresAt = plan.state === 'requested' ? expiryOf(plan, rule) : plan.request?.expiresAt;
  const card = {
    plan,
    approvers: rule?.approvers ?? { users: [], userGroups: [] },
    ...(nobodyBecause === undefined ? {} : { nobodyBecause }),
    ...(undoNobodyBecause === undefined ? {} : { undoNobodyBecause }),
    ...(rule && namesSomebody(rule.breakGlass) ? { glassBreakers: rule.breakGlass } : {}),
    approvalsNeeded: open?.needed ?? plan.request?.approvalsNeeded ?? rule?.approvals ?? 1,
    approvalsCounting: open?.counting ?? plan.approvals.length,
    ...(expiresAt === undefined ? {} : { expiresAt }),
    waitsFor: open?.waitsFor ?? silenceOf(plan),
    requesterMayApprove: rule?.requesterMayApprove ?? false,
    expiresAfterMinutes: rule?.expiresAfterMinutes ?? 0,
    mayRequest: plan.state === 'shown' && rule !== undefined && fits,
    buttons: buttonsOf(plan).filter((button) => button !== 'undo' || undoNobodyBecause === undefined),
  };
  const inFront = plan.state === 'approved' ? await inFrontOf(acting, plan) : undefined;
  return { ...card, headline: headlineOf(card, inFront) };
}

/** Of whom the directory says nothing, while a plan that was approved waits for that. */
function silenceOf({ paused }: Plan): readonly Waiting[] {
  return paused?.who === undefined
    ? []
    : [{ by: paused.who, why: 'is the one of whom Slack does not say who they are' }];
}

interface Ruled {
  readonly rule?: PolicyRule;
  readonly nobodyBecause?: string;
  readonly undoNobodyBecause?: string;
}

async function currentRule(acting: Pick<CardDesk, 'rules'>, plan: Plan): Promise<Ruled> {
  try {
    const { policy, nobody } = await acting.rules();
    const rule = ruleFor(policy, plan);
    const { inverse } = plan;
    const undo = 'none' in inverse ? undefined : { ...plan, risk: risksOf(inverse) };
    return {
      ...(rule ? { rule } : { nobodyBecause: nobody ?? noRuleFor(plan) }),
      ...(undo && !ruleFor(policy, undo) ? { undoNobodyBecause: nobody ?? noRuleFor(undo) } : {}),
    };
  } catch (failure) {
    return { nobodyBecause: `the configuration cannot be read: ${messageOf(failure)}` };
  }
}

function buttonsOf(plan: Plan): readonly PlanButton[] {
  switch (plan.state) {
    case 'requested':
      return ['approve', 'refuse'];
    case 'unknown':
      return ['it-was-applied', 'it-was-not-applied'];
    case 'applied':
      return undoOf(plan);
    case 'partly-applied':
      return [...undoOf(plan), 'plan-again'];
    case 'failed':
    case 'expired':
      return ['plan-again'];
    case 'outdated':
      return plan.supersededBy === undefined ? ['plan-again'] : [];
    case 'approved':
    case 'executing':
      return mayBeStopped(plan) ? ['stop'] : [];
    case 'shown':
    case 'refused':
    case 'moot':
      return [];
  }
}

function undoOf({ inverse, takenBack, undoes }: Plan): readonly PlanButton[] {
  return takenBack || undoes !== undefined || 'none' in inverse || inverse.length === 0 ? [] : ['undo'];
}

type Headed = Pick<PlanCard, 'plan' | 'approvalsNeeded' | 'approvalsCounting' | 'expiresAt'>;

function headlineOf(
  { plan, approvalsNeeded, approvalsCounting, expiresAt = '' }: Headed,
  inFront: string | undefined,
): string {
  const { title, because, ending, paused, verification, takenBack } = plan;
  const clock = (at: string) => {
    const sameDay = at.slice(0, 10) === (plan.request?.at ?? at).slice(0, 10);
    return `${sameDay ? '' : `${at.slice(0, 10)} `}${clockOf(at)}`;
  };
  switch (plan.state) {
    case 'shown':
      return `${title}: a plan that nobody has asked for yet`;
    case 'requested':
      return `${title}: waits for approval, ${approvalsCounting} of ${approvalsNeeded}, until ${clock(expiresAt)}`;
    case 'approved':
      if (paused) return `${title}: approved, waits${silence(paused)}`;
      return `${title}: approved, ${inFront === undefined ? 'about to begin' : `waits for its turn: ${inFront}`}`;
    case 'executing':
      return `${title}: being ${plan.stopped ? 'stopped' : 'applied'}, ${plan.steps.filter(({ state }) => state === 'done').length} of ${plan.steps.length} steps${paused ? `, waits${silence(paused)}` : ''}`;
    case 'applied':
      if (takenBack) return `${title}: applied, and taken back at ${clock(takenBack.at)}`;
      return `${title}: applied${otherwiseIn(plan) === undefined ? '' : ', but otherwise than shown'}${ending ? ` (${ending})` : ''}; ${verification ? verdictWords[verification.verdict] : 'not verified yet'}`;
    case 'partly-applied':
      if (takenBack) return `${title}: partly applied, and taken back at ${clock(takenBack.at)}`;
      return `${title}: partly applied${because ? `: ${because}` : ''}`;
    case 'failed':
      return `${title}: not applied${because ? `: ${because}` : ''}`;
    case 'unknown':
      return `${title}: nobody knows whether it was applied. Look, then say`;
    case 'refused':
      return `${title}: refused`;
    case 'expired':
      return `${title}: expired, not approved in time`;
    case 'outdated':
      return `${title}: this plan no longer fits${because ? `: ${because}` : ''}`;
    case 'moot':
      return `${title}: not needed any more${because ? `: ${because}` : ''}`;
  }
}

function silence({ who, because }: NonNullable<Plan['paused']>): string {
  return who === undefined ? `: ${because}` : ` for Slack, which does not say who ${who} is`;
}
