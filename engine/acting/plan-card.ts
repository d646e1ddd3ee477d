import { messageOf } from '../errors.ts';
import type { Plan } from '../plan.ts';
import type { PlanButton, PlanCard, PlanLine } from '../plan-card.ts';
import type { Acting } from './desk.ts';
import { type PolicyRule, ruleFor } from './policy.ts';

/** The plan as its message and its modal show it, under the policy as it stands now. */
export async function planCardOf(acting: Pick<Acting, 'rules'>, plan: Plan): Promise<PlanCard> {
  const { rule, nobodyBecause } = await currentRule(acting, plan);
  const fits = plan.blocked.length === 0 && plan.interlocks.every(({ holds, breakable }) => holds || breakable);
  return {
    plan,
    headline: headlineOf(plan),
    approvers: rule?.approvers ?? { users: [], userGroups: [] },
    ...(nobodyBecause === undefined ? {} : { nobodyBecause }),
    approvalsNeeded: plan.request?.approvalsNeeded ?? rule?.approvals ?? 1,
    requesterMayApprove: rule?.requesterMayApprove ?? false,
    expiresAfterMinutes: rule?.expiresAfterMinutes ?? 0,
    mayRequest: plan.state === 'shown' && rule !== undefined && fits,
    buttons: buttonsOf(plan),
  };
}

async function currentRule(
  acting: Pick<Acting, 'rules'>,
  plan: Plan,
): Promise<{ readonly rule?: PolicyRule; readonly nobodyBecause?: string }> {
  try {
    const rule = ruleFor((await acting.rules()).policy, plan);
    return rule ? { rule } : { nobodyBecause: 'no rule of the policy names this fix' };
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
      return 'none' in plan.inverse || plan.inverse.length === 0 ? [] : ['undo'];
    case 'failed':
    case 'expired':
      return ['plan-again'];
    case 'shown':
    case 'approved':
    case 'executing':
    case 'refused':
    case 'outdated':
    case 'moot':
      return [];
  }
}

export function headlineOf(plan: Plan): string {
  const { title, request, approvals, because, verification } = plan;
  const clock = (at: string) => `${at.slice(11, 16)} UTC`;
  switch (plan.state) {
    case 'shown':
      return `${title}: a plan that nobody has asked for yet`;
    case 'requested':
      return `${title}: waits for approval, ${approvals.length} of ${request?.approvalsNeeded ?? 1}, until ${clock(request?.expiresAt ?? '')}`;
    case 'approved':
      return `${title}: approved, about to begin`;
    case 'executing':
      return `${title}: being applied, ${plan.steps.filter(({ state }) => state === 'done').length} of ${plan.steps.length} steps`;
    case 'applied':
      return `${title}: applied; ${verification ? verdictWords[verification.verdict] : 'not verified yet'}`;
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

const verdictWords = {
  waiting: 'looking whether it helped',
  fixed: 'verified: fixed',
  'not-fixed': 'verified: not fixed',
  worse: 'verified: it is worse now',
  'cannot-tell': 'whether it helped cannot be told',
} as const;

/** The plan's line on the incident's card: what happened to it so far. */
export function planLineOf(plan: Plan): PlanLine {
  const { request, approvals, refusal, rehearsedAt, verification, updatedAt, because } = plan;
  const noted = because === undefined ? {} : { note: because };
  const ends: Partial<Record<Plan['state'], PlanLine['steps'][number]>> = {
    applied: { word: 'applied', at: plan.executedAt ?? updatedAt },
    failed: { word: 'failed', at: updatedAt, ...noted },
    unknown: { word: 'unknown', at: updatedAt, ...noted },
    expired: { word: 'expired', at: updatedAt },
    outdated: { word: 'outdated', at: updatedAt, ...noted },
    moot: { word: 'moot', at: updatedAt, ...noted },
  };
  const end = ends[plan.state];
  return {
    plan: plan.id,
    title: plan.title,
    steps: [
      ...(request ? [{ word: 'requested' as const, at: request.at, by: request.by }] : []),
      ...approvals.map(({ by, at }) => ({ word: 'approved' as const, by, at })),
      ...(refusal ? [{ word: 'refused' as const, ...refusal }] : []),
      ...(rehearsedAt ? [{ word: 'rehearsed' as const, at: rehearsedAt }] : []),
      ...(end ? [end] : []),
      ...(verification && verification.verdict !== 'waiting'
        ? [
            {
              word: 'verified' as const,
              at: verification.at,
              note: `${verdictWords[verification.verdict]}: ${verification.reason}`,
            },
          ]
        : []),
    ],
  };
}
