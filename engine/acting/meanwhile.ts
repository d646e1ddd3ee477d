import { settleOf } from '../changes/catalog.ts';
import type { ByHand, Incident } from '../incident.ts';
import type { Before, Plan, Verification } from '../plan.ts';
import type { AnyRunbook } from '../runbook.ts';
import { clockOf } from '../words.ts';
import { goneOnWith } from './lineage.ts';
import type { Outcome } from './outcome.ts';

/** Somebody's deed or a plan, of which it is asked whether it helped. */
type Own = { readonly plan: Plan } | { readonly deed: ByHand };
/** `isOver`: it is well, and no further look tells more. */
export type Attributed = Outcome & { readonly isOver?: boolean };

/** So long it is looked at whether a deed by hand has helped. */
export const GIVE_UP_MS = 600_000;

/** What else was done about the incident, until when it may have helped, and what was found out about that. */
interface Other {
  readonly words: string;
  readonly at: string;
  readonly untilMs: number;
  readonly verification: Verification | undefined;
  /** It is an undo: that it is as it was before says nothing of the trouble. */
  readonly isUndo: boolean;
}

/**
 * What is well since need not be the work of this fix: it may heal nothing, or something else was done at the same time,
 * after it, or so short before it that nobody could know yet whether it had helped. Then only what is known is said.
 */
export function attributed(
  outcome: Outcome,
  own: Own,
  incident: Pick<Incident, 'id' | 'byHand'>,
  plans: readonly Plan[],
  { causes, remedies }: Pick<AnyRunbook, 'causes' | 'remedies'>,
): Attributed {
  if (outcome.verdict !== 'fixed') return outcome;
  const heals = ({ remedy }: Plan) => remedies[remedy]?.heals !== false;
  const { at, before } = begunBy(own);
  const others = [...deedsBeside(own, incident), ...plansBeside(own, incident, plans).filter(heals).map(ofPlan)];
  // What somebody chose lasts until it is changed: nobody had, or it would not have been seen right before.
  const wasThere = 'plan' in own && causes[own.plan.cause.id]?.chosen === true;
  const earlier = wasThere ? [] : others.filter((other) => other.at <= at && isOpen(other, at, before));
  const later = others.filter((other) => other.at > at);
  const isItsWork = 'deed' in own || heals(own.plan);
  const told = [...listed('shortly before', earlier), ...listed('meanwhile', later)];
  if (told.length === 0 && isItsWork) {
    const isOnlyHere = 'plan' in own && remedies[own.plan.remedy]?.heals === 'here';
    const why = 'what was ended here begins anew elsewhere, and may bring its trouble there';
    return isOnlyHere
      ? { verdict: 'cannot-tell', reason: `it is well here (${outcome.reason}), but ${why}`, isOver: true }
      : outcome;
  }
  const what = told.length === 0 ? 'something else did it' : told.join(', and ');
  const why = isItsWork
    ? `${what}: which of them helped cannot be told`
    : `this fix only keeps harm from spreading; ${what}`;
  return { verdict: 'cannot-tell', reason: `it is well (${outcome.reason}), but ${why}`, isOver: true };
}

function listed(when: string, others: readonly Other[]): string[] {
  const each = [...new Set(others.map(({ words }) => words))];
  return each.length === 0 ? [] : [`${when} ${each.join(', and ')}`];
}

/**
 * Whether what was done before this moment may still have helped after it. That it had not was known then if its
 * verification had said so; or that it had, and there was trouble all the same.
 */
function isOpen({ verification, untilMs, isUndo }: Other, at: string, before: Before | undefined): boolean {
  if (untilMs <= Date.parse(at)) return false;
  if (isUndo || verification === undefined || verification.at > at) return true;
  const { verdict } = verification;
  return verdict === 'fixed' ? before?.recovered === 'confirmed' : verdict === 'waiting' || verdict === 'cannot-tell';
}

function deedsBeside(own: Own, { byHand = [] }: Pick<Incident, 'byHand'>): Other[] {
  const manual = 'deed' in own ? own.deed.manual : undefined;
  const others = byHand.filter((deed) => deed.manual !== manual);
  return others.map(({ title, at, verification }) => ({
    words: `"${title}" was done by hand (${clockOf(at)})`,
    at,
    untilMs: Date.parse(at) + GIVE_UP_MS,
    verification,
    isUndo: false,
  }));
}

/** But its own parts: what it goes on with, and what goes on with it. What was taken back before it began helps no more. */
function plansBeside(own: Own, { id }: Pick<Incident, 'id'>, plans: readonly Plan[]): readonly Plan[] {
  const { at } = begunBy(own);
  const parts = new Set('plan' in own ? [own.plan.id, ...goneOnWith(own.plan, plans).map((part) => part.id)] : []);
  const isPart = (plan: Plan) =>
    parts.has(plan.id) || ('plan' in own && goneOnWith(plan, plans).some((part) => part.id === own.plan.id));
  return plans.filter((plan) => {
    const wasDone = plan.state !== 'failed' && plan.executedAt !== undefined;
    const wasOver = plan.takenBack !== undefined && plan.takenBack.at <= at;
    return plan.incident === id && !isPart(plan) && wasDone && !wasOver;
  });
}

function ofPlan({ title, state, executedAt = '', endedAt, changes, verification, undoes }: Plan): Other {
  const { firstLookSeconds, giveUpSeconds } = settleOf(changes);
  return {
    words: `"${title}" was ${state === 'unknown' ? 'perhaps ' : ''}applied (${clockOf(executedAt)})`,
    at: executedAt,
    // By itself, whenever anybody came to look at it.
    untilMs: Date.parse(endedAt ?? executedAt) + (firstLookSeconds + giveUpSeconds) * 1_000,
    verification,
    isUndo: undoes !== undefined,
  };
}

function begunBy(own: Own): { readonly at: string; readonly before: Before | undefined } {
  return 'deed' in own
    ? { at: own.deed.at, before: own.deed.before }
    : { at: own.plan.executedAt ?? '', before: own.plan.before };
}
