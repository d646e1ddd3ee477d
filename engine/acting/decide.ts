import type { Plan, PlanState } from '../plan.ts';
import { announcePlan } from './announce.ts';
import type { Acting } from './desk.ts';
import { withPlan } from './incident-plans.ts';
import { append, type EntryKind } from './ledger.ts';
import { remediateMessage } from './messages.ts';
import { type Caller, type Judged, mayApprove, mayBreakGlass, mayRequest, type PolicyRule, ruleFor } from './policy.ts';
import { amendPlan, changed, planById } from './stored.ts';

/** What the person is told, and nobody else. `undefined`: the channel shows it. */
export type Answer = string | undefined;

const MINUTE_MS = 60_000;

/** Somebody asks for the plan they were shown. From now on it waits for approvals. */
export async function request(acting: Acting, id: string, caller: Caller): Promise<Answer> {
  return decided(acting, id, caller, 'request', mayRequestNow, async (plan, rule) => {
    if (plan.state !== 'shown') return { refused: stateWords(plan) };
    if (plan.blocked.length > 0) return { refused: `it cannot be done as things stand: ${plan.blocked.join('; ')}` };
    const danger = plan.interlocks.find(({ holds, breakable }) => !holds && !breakable);
    if (danger) return { refused: `${danger.title}: ${danger.value}` };
    const now = acting.clock.now();
    const expiresAt = new Date(now.getTime() + rule.expiresAfterMinutes * MINUTE_MS).toISOString();
    const asked = { by: caller.user, at: now.toISOString(), expiresAt, approvalsNeeded: rule.approvals };
    await withPlan(acting, plan);
    return {
      kind: 'requested',
      plan: changed(plan, { state: 'requested', request: asked }, now),
      send: [remediateMessage({ type: 'expire', plan: id }, plan.cluster, rule.expiresAfterMinutes * MINUTE_MS)],
    };
  });
}

/** Whether somebody may ask for a plan like this one; a no is written down. `undefined`: they may. */
export async function objectionToAsking(acting: Acting, plan: Plan, caller: Caller): Promise<Answer> {
  return objection(acting, plan, ruleFor((await acting.rules()).policy, plan), caller, 'request', mayRequestNow);
}

/** One person's yes. The last one that is needed sends the plan on its way; a second yes of the same person is none. */
export async function approve(acting: Acting, id: string, caller: Caller): Promise<Answer> {
  return decided(acting, id, caller, 'approve', mayApproveNow, async (plan, rule) => {
    if (plan.state !== 'requested') return { refused: stateWords(plan) };
    if (isOver(plan, acting.clock.now())) return { refused: 'the request has expired' };
    if (plan.approvals.some(({ by }) => by === caller.user)) return { refused: 'you have approved it already' };
    const now = acting.clock.now();
    const approvals = [...plan.approvals, { by: caller.user, at: now.toISOString() }];
    const enough = approvals.length >= Math.max(rule.approvals, plan.request?.approvalsNeeded ?? 1);
    return {
      kind: 'approved',
      plan: changed(plan, { approvals, state: enough ? 'approved' : 'requested' }, now),
      send: enough ? [remediateMessage({ type: 'execute', plan: id }, plan.cluster)] : [],
    };
  });
}

/** One person's no ends it. Whoever may approve may refuse; so may the one who asked. */
export async function refuse(acting: Acting, id: string, caller: Caller): Promise<Answer> {
  return decided(acting, id, caller, 'refuse', mayRefuse, async (plan) => {
    if (plan.state !== 'requested') return { refused: stateWords(plan) };
    const now = acting.clock.now();
    const refusal = { by: caller.user, at: now.toISOString() };
    return { kind: 'refused', plan: changed(plan, { state: 'refused', refusal }, now), send: [] };
  });
}

/** Somebody whom the policy names goes on although a rule of the team's own does not hold. Loud, and with a reason. */
export async function breakGlass(acting: Acting, id: string, caller: Caller, reason: string): Promise<Answer> {
  if (reason.trim().length < 10) return 'Say why, in a sentence: it stands in the channel and in the ledger.';
  return decided(acting, id, caller, 'break the glass', mayBreakGlassNow, async (plan) => {
    if (plan.state !== 'requested') return { refused: stateWords(plan) };
    const now = acting.clock.now();
    const breakGlass = { by: caller.user, at: now.toISOString(), reason: reason.trim() };
    return {
      kind: 'broke-glass',
      plan: changed(plan, { breakGlass }, now),
      send: [],
      details: { reason: reason.trim() },
    };
  });
}

/** The time for approvals is over. */
export async function expire(acting: Acting, id: string): Promise<void> {
  await amendPlan<void>(
    acting.store,
    id,
    (plan) => {
      const now = acting.clock.now();
      if (plan.state !== 'requested' || !isOver(plan, now)) return { result: undefined };
      return { result: undefined, value: changed(plan, { state: 'expired' }, now), send: announcePlan(acting, plan) };
    },
    undefined,
  );
}

export function isOver({ request }: Plan, now: Date): boolean {
  return request !== undefined && Date.parse(request.expiresAt) <= now.getTime();
}

type Decision =
  | { readonly refused: string }
  | {
      readonly kind: EntryKind;
      readonly plan: Plan;
      readonly send: readonly ReturnType<typeof remediateMessage>[];
      readonly details?: Record<string, unknown>;
    };

type Gate = (acting: Acting, rule: PolicyRule | undefined, plan: Plan, caller: Caller) => Promise<Judged>;
const mayRequestNow: Gate = ({ people }, rule, _plan, caller) => mayRequest(people, rule, caller);
const mayApproveNow: Gate = ({ people }, rule, plan, caller) => mayApprove(people, rule, plan, caller);
const mayBreakGlassNow: Gate = ({ people }, rule, _plan, caller) => mayBreakGlass(people, rule, caller);
const mayRefuse: Gate = async ({ people }, rule, plan, caller) =>
  plan.request?.by === caller.user
    ? mayRequest(people, rule, caller)
    : mayApprove(people, rule && { ...rule, requesterMayApprove: true }, plan, caller);

/**
 * Who may is asked first, by the policy as it is now; a no is told and written down. Then the ledger, then the plan, by
 * conditional write: when the ledger cannot be written nothing is decided.
 */
async function decided(
  acting: Acting,
  id: string,
  caller: Caller,
  what: string,
  may: Gate,
  decide: (plan: Plan, rule: PolicyRule) => Promise<Decision>,
): Promise<Answer> {
  const plan = await planById(acting.store, id);
  if (!plan) return 'This plan is no longer known.';
  const rule = ruleFor((await acting.rules()).policy, plan);
  const no = await objection(acting, plan, rule, caller, what, may);
  if (no !== undefined || !rule) return no;
  const { cluster, incident, digest } = plan;
  const about = { cluster, incident, plan: id, digest, by: caller.user };
  return amendPlan<Answer>(
    acting.store,
    id,
    async (current) => {
      const decision = await decide(current, rule);
      if ('refused' in decision) return { result: `Nothing was done: ${decision.refused}.` };
      const { kind, plan: value, send, details = {} } = decision;
      await append(acting.store, acting.clock, { kind, ...about, details });
      return { result: undefined, value, send: [...send, ...announcePlan(acting, value)] };
    },
    'This plan is no longer known.',
  );
}

async function objection(
  acting: Acting,
  plan: Plan,
  rule: PolicyRule | undefined,
  caller: Caller,
  what: string,
  may: Gate,
): Promise<Answer> {
  const judged = await may(acting, rule, plan, caller);
  if (judged.allowed && rule) return undefined;
  const why = judged.allowed ? 'no rule names this fix' : judged.why;
  const { cluster, incident, digest, id } = plan;
  const about = { cluster, incident, plan: id, digest, by: caller.user };
  await append(acting.store, acting.clock, { kind: 'denied', ...about, details: { what, why } });
  return `You may not ${what} "${plan.title}": ${why}.`;
}

function stateWords({ state, because }: Plan): string {
  const words: Readonly<Record<PlanState, string>> = {
    shown: 'nobody has asked for it yet',
    requested: 'it was asked for already',
    approved: 'it was approved already',
    executing: 'it is being applied',
    applied: 'it was applied already',
    failed: 'it failed',
    unknown: 'whether it was applied is unknown',
    refused: 'it was refused',
    expired: 'the request has expired',
    outdated: 'it no longer fits the cluster',
    moot: 'it is not needed any more',
  };
  return because ? `${words[state]} (${because})` : words[state];
}
