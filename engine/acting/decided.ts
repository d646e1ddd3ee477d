import type { Plan, PlanState } from '../plan.ts';
import type { Outgoing } from '../ports.ts';
import { voidOf } from './amend-noted.ts';
import { announcePlan } from './announce.ts';
import type { Acting } from './desk.ts';
import { aboutPlan, append, type Entry, type EntryKind } from './ledger.ts';
import { type Caller, type Judged, noRuleFor, type PolicyRule, ruleFor } from './policy.ts';
import { amendPlan, planById } from './stored.ts';

/** What the person is told, and nobody else. `undefined`: the channel shows it. */
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
 * comes second finds the plan moved on, and what was written down for them is declared void.
 */
export async function decided(
  acting: Acting,
  id: string,
  caller: Caller,
  what: string,
  may: Gate,
  decide: (plan: Plan, rule: PolicyRule) => Promise<Decision>,
): Promise<Answer> {
  const plan = await planById(acting.store, id);
  if (!plan) return 'This plan is no longer known.';
  const rules = await acting.rules();
  const rule = ruleFor(rules.policy, plan);
  const no = await objection(acting, plan, rule, caller, what, may, rules.nobody);
  if (no !== undefined || !rule) return no;
  const about = { ...aboutPlan(plan), by: caller.user };
  let written: Entry | undefined;
  return amendPlan<Answer>(
    acting.store,
    id,
    async (current) => {
      const decision = await decide(current, rule);
      if ('refused' in decision) {
        const { refused, plan: value } = decision;
        if (written) await append(acting.store, acting.clock, voidOf(written, refused));
        const result = `Nothing was done: ${refused}.`;
        return value ? { result, value, send: announcePlan(acting, value) } : { result };
      }
      const { kind, plan: value, send, details } = decision;
      // What they meant may have become another thing meanwhile: a no to what runs by now stops it.
      if (written?.kind !== kind)
        written = await append(acting.store, acting.clock, { kind, ...about, ...(details ? { details } : {}) });
      return { result: undefined, value, send: [...announcePlan(acting, value), ...send] };
    },
    'This plan is no longer known.',
  );
}

/** Why they may not; told, and written down. `undefined`: they may. */
export async function objection(
  acting: Acting,
  plan: Plan,
  rule: PolicyRule | undefined,
  caller: Caller,
  what: string,
  may: Gate,
  nobody: string | undefined,
): Promise<Answer> {
  const judged = await may(acting, rule, plan, caller);
  if (judged.allowed && rule) return undefined;
  const why = nobody ?? (judged.allowed || !rule ? noRuleFor(plan) : judged.why);
  const about = { ...aboutPlan(plan), by: caller.user };
  await append(acting.store, acting.clock, { kind: 'denied', ...about, details: { what, why } });
  if (!nobody && !judged.allowed && judged.later) return `Nothing was done: ${why}.`;
  return `You may not ${what} "${plan.title}": ${why}.`;
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
