import { canonicalJson } from '../change.ts';
import type { Plan, PlanState } from '../plan.ts';
import type { Outgoing } from '../ports.ts';
import { amendNoted, voidOf } from './amend-noted.ts';
import { announcePlan } from './announce.ts';
import type { Acting } from './desk.ts';
import { aboutPlan, append, type Entry, type EntryKind } from './ledger.ts';
import type { Made } from './messages.ts';
import { type Caller, type Judged, noRuleFor, type PolicyRule, ruleFor } from './policy.ts';
import { knownNo, noteNo } from './said-no.ts';
import { amendPlan, planById } from './stored.ts';
import { answered, answerOnce, isAnswered, told } from './wished.ts';

/** What the person is still to be told, and nobody else. `undefined`: the channel shows it, or it is on its way to them. */
export type Answer = string | undefined;

export type Decision =
  /** With a plan: it learnt something by the way, which the channel shows. */
  | { readonly refused: string; readonly plan?: Plan }
  | {
      readonly kind: EntryKind;
      readonly plan: Plan;
      readonly send: readonly Outgoing[];
      readonly details?: Record<string, unknown>;
    };

export type Gate = (acting: Acting, rule: PolicyRule | undefined, plan: Plan, caller: Caller) => Promise<Judged>;

/**
 * Who may is asked first, by the policy as it is now; a no is told and written down. Then the ledger, then the plan, by
 * conditional write: when the ledger cannot be written nothing is decided. Of two people at the same moment the one who
 * comes second finds the plan moved on, and what was written down for them is declared void. Whatever the answer is, the
 * wish is noted with it: its message that comes again decides nothing, and tells nobody anything.
 */
export async function decided(
  acting: Acting,
  id: string,
  caller: Caller,
  what: string,
  may: Gate,
  decide: (plan: Plan, rule: PolicyRule) => Promise<Decision>,
  made?: Made | undefined,
): Promise<Answer> {
  const plan = await planById(acting.store, id);
  if (!plan) return 'This plan is no longer known.';
  if (isAnswered(plan, made)) return undefined;
  const rules = await acting.rules();
  const rule = ruleFor(rules.policy, plan);
  const known = await knownNo(acting, { plan: id, by: caller.user, what }, rule);
  if (known !== undefined) return answerOnce(acting, id, caller, known, made);
  const no = await objection(acting, plan, rule, caller, what, may, rules.nobody);
  if (no || !rule) return no && deny(acting, plan, caller, no, made);
  const about = { ...aboutPlan(plan), by: caller.user };
  let written: Entry | undefined;
  return amendPlan<Answer>(
    acting.store,
    id,
    async (current) => {
      // Two copies of its message at once.
      const isAgain = isAnswered(current, made);
      const decision = isAgain ? { refused: 'it was answered already' } : await decide(current, rule);
      if ('refused' in decision) {
        const { refused, plan: seen } = decision;
        if (written) await append(acting.store, acting.clock, voidOf(written, refused));
        const { answer: result, send } = told(caller.user, `Nothing was done: ${refused}.`, made);
        if (isAgain) return { result: undefined };
        if (!seen && !made) return { result };
        const value = { ...(seen ?? current), ...answered(current, made) };
        return { result, value, send: [...(seen ? announcePlan(acting, seen) : []), ...send] };
      }
      const { kind, plan: changed, send, details } = decision;
      const value = { ...changed, ...answered(current, made) };
      // What they meant may have become another thing meanwhile: a no to what runs by now stops it.
      if (written?.kind !== kind)
        written = await append(acting.store, acting.clock, { kind, ...about, ...(details ? { details } : {}) });
      return { result: undefined, value, send: [...announcePlan(acting, value), ...send] };
    },
    'This plan is no longer known.',
  );
}

/** Why somebody may not, in words for the ledger and for them. */
export interface Objection {
  readonly details: { readonly what: string; readonly why: string; readonly saidAt?: string };
  readonly text: string;
  /** By which rule, where it would be the same a moment later. */
  readonly firmBy?: string;
}

/** `undefined`: they may. */
export async function objection(
  acting: Acting,
  plan: Plan,
  rule: PolicyRule | undefined,
  caller: Caller,
  what: string,
  may: Gate,
  nobody: string | undefined,
): Promise<Objection | undefined> {
  const judged = await may(acting, rule, plan, caller);
  if (judged.allowed && rule) return undefined;
  const why = nobody ?? (judged.allowed || !rule ? noRuleFor(plan) : judged.why);
  const isOpen = !nobody && !judged.allowed && judged.later !== undefined;
  const text = isOpen ? `Nothing was done: ${why}.` : `You may not ${what} "${plan.title}": ${why}.`;
  return { details: { what, why }, text, ...(isOpen ? {} : { firmBy: canonicalJson(rule ?? null) }) };
}

/**
 * A no is written down and told, once for each wish. Of somebody who presses again and again the next entry says how
 * often, so that nobody can fill the ledger.
 */
export async function deny(
  acting: Acting,
  plan: Plan,
  caller: Caller,
  { details, text, firmBy }: Objection,
  made: Made | undefined,
): Promise<Answer> {
  const by = caller.user;
  const last = firmBy === undefined ? undefined : { text, rule: firmBy };
  const times = await noteNo(acting, { plan: plan.id, by, what: details.what }, last);
  if (times === undefined) return answerOnce(acting, plan.id, caller, text, made);
  const denied = {
    kind: 'denied',
    ...aboutPlan(plan),
    by,
    details: { ...details, ...(times > 1 && { times }) },
  } as const;
  const { answer, send } = told(by, text, made);
  if (!made) await append(acting.store, acting.clock, denied);
  else
    await amendNoted<void>(acting, plan.id, async (current, { note }) => {
      if (isAnswered(current, made)) return { result: undefined };
      await note(denied);
      return { result: undefined, value: { ...current, ...answered(current, made) }, send };
    });
  return answer;
}

export function stateWords({ state, because }: Plan): string {
  const words: Readonly<Record<PlanState, string>> = {
    shown: 'nobody has asked for it yet',
    requested: 'it was asked for already',
    approved: 'it was approved already',
    executing: 'it is being applied already',
    applied: 'it was applied already',
    'partly-applied': 'it was applied in part',
    failed: 'it failed',
    unknown: 'whether it was applied is unknown',
    refused: 'it was refused',
    expired: 'the request has expired',
    outdated: 'it no longer fits the cluster',
    moot: 'it is not needed any more',
  };
  return because ? `${words[state]} (${because})` : words[state];
}
