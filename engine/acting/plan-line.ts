import type { Plan } from '../plan.ts';
import type { PlanLine } from '../plan-card.ts';
import { otherwiseIn } from './otherwise.ts';

export const verdictWords = {
  waiting: 'looking whether it helped',
  fixed: 'verified: fixed',
  'not-fixed': 'verified: not fixed',
  worse: 'verified: it is worse now',
  'cannot-tell': 'whether it helped cannot be told',
} as const;

/** The plan's line on the incident's card: what happened to it so far. */
export function planLineOf(plan: Plan): PlanLine {
  const { request, approvals, refusal, stopped, breakGlass, rehearsedAt, verification, takenBack, updatedAt, because } =
    plan;
  const otherwise = otherwiseIn(plan);
  const noted = because === undefined ? {} : { note: because };
  const ends: Partial<Record<Plan['state'], PlanLine['steps'][number]>> = {
    applied: {
      word: 'applied',
      at: plan.endedAt ?? updatedAt,
      ...(otherwise === undefined ? {} : { note: `but otherwise than shown: ${otherwise}` }),
    },
    'partly-applied': { word: 'partly-applied', at: plan.endedAt ?? updatedAt, ...noted },
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
      ...inOrder([
        ...(breakGlass
          ? [{ word: 'broke-glass' as const, by: breakGlass.by, at: breakGlass.at, note: breakGlass.reason }]
          : []),
        ...approvals.map(({ by, at }) => ({ word: 'approved' as const, by, at })),
      ]),
      ...(refusal ? [{ word: 'refused' as const, by: refusal.by, at: refusal.at }] : []),
      ...(rehearsedAt ? [{ word: 'rehearsed' as const, at: rehearsedAt }] : []),
      ...(stopped ? [{ word: 'stopped' as const, at: stopped.at, by: stopped.by }] : []),
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
      ...(takenBack ? [{ word: 'taken-back' as const, at: takenBack.at }] : []),
    ],
  };
}

function inOrder(steps: PlanLine['steps']): PlanLine['steps'] {
  return [...steps].sort((a, b) => (a.at < b.at ? -1 : 1));
}
