import type { ByHand, Incident } from '../incident.ts';
import type { Plan } from '../plan.ts';
import type { AnyRunbook } from '../runbook.ts';
import { clockOf } from '../words.ts';
import { goneOnWith } from './lineage.ts';
import type { Outcome } from './outcome.ts';

/** Somebody's deed or a plan, of which it is asked whether it helped. */
type Own = { readonly plan: Plan } | { readonly deed: ByHand };
/** `isOver`: it is well, and no further look tells more. */
export type Attributed = Outcome & { readonly isOver?: boolean };

/**
 * What is well since need not be the work of this fix: it may heal nothing, or something else was done at the same time
 * or after it. Then only what is known is said.
 */
export function attributed(
  outcome: Outcome,
  own: Own,
  incident: Pick<Incident, 'id' | 'byHand'>,
  plans: readonly Plan[],
  { remedies }: Pick<AnyRunbook, 'remedies'>,
): Attributed {
  if (outcome.verdict !== 'fixed') return outcome;
  const heals = ({ remedy }: Plan) => remedies[remedy]?.heals !== false;
  const others = [...deedsSince(own, incident), ...plansSince(own, incident, plans).filter(heals).map(done)];
  const isItsWork = 'deed' in own || heals(own.plan);
  if (others.length === 0 && isItsWork) {
    const isOnlyHere = 'plan' in own && remedies[own.plan.remedy]?.heals === 'here';
    const why = 'what was ended here begins anew elsewhere, and may bring its trouble there';
    return isOnlyHere
      ? { verdict: 'cannot-tell', reason: `it is well here (${outcome.reason}), but ${why}`, isOver: true }
      : outcome;
  }
  const meanwhile = others.length === 0 ? 'something else did it' : `meanwhile ${[...new Set(others)].join(', and ')}`;
  const why = isItsWork
    ? `${meanwhile}: which of them helped cannot be told`
    : `this fix only keeps harm from spreading; ${meanwhile}`;
  return { verdict: 'cannot-tell', reason: `it is well (${outcome.reason}), but ${why}`, isOver: true };
}

function deedsSince(own: Own, { byHand = [] }: Pick<Incident, 'byHand'>): string[] {
  const manual = 'deed' in own ? own.deed.manual : undefined;
  const others = byHand.filter((deed) => deed.manual !== manual && deed.at > sinceOf(own));
  return others.map(({ title, at }) => `"${title}" was done by hand (${clockOf(at)})`);
}

function plansSince(own: Own, { id }: Pick<Incident, 'id'>, plans: readonly Plan[]): readonly Plan[] {
  const isPartOf = (plan: Plan) => 'plan' in own && goneOnWith(plan, plans).some((part) => part.id === own.plan.id);
  return plans.filter((plan) => {
    const isOwn = ('plan' in own && plan.id === own.plan.id) || isPartOf(plan);
    const wasDone = plan.state !== 'failed' && plan.executedAt !== undefined && plan.executedAt > sinceOf(own);
    return plan.incident === id && !isOwn && wasDone;
  });
}

function done({ title, state, executedAt = '' }: Plan): string {
  return `"${title}" was ${state === 'unknown' ? 'perhaps ' : ''}applied (${clockOf(executedAt)})`;
}

function sinceOf(own: Own): string {
  return 'deed' in own ? own.deed.at : (own.plan.executedAt ?? '');
}
