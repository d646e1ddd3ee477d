import { remembered } from '../people.ts';
import type { Plan } from '../plan.ts';
import { type Answer, type Decision, decided, type Gate, type Objection, objection, stateWords } from './decided.ts';
import type { Acting } from './desk.ts';
import { claimFix } from './incident-plans.ts';
import { atPress } from './looking-up.ts';
import { type Made, remediateMessage } from './messages.ts';
import { type Caller, mayApprove, mayRequest, type PolicyRule, ruleFor, tooFewWithout } from './policy.ts';
import { asSeen, closedOf, interlocksNow, inWords } from './present-interlocks.ts';
import { lineOf } from './same-cluster.ts';
import { askedNow, expireMessage, expiryOf, isOver, silentOf, standingOf, unknownNow } from './standing.ts';
import { changed } from './stored.ts';
import { tooLate } from './wished.ts';

/** Somebody asks for the plan they were shown. From now on it waits for approvals; of one fix only one does at a time. */
export async function request(desk: Acting, id: string, caller: Caller, made?: Made | undefined): Promise<Answer> {
  const acting = atPress(desk, made);
  const decide = async (plan: Plan, rule: PolicyRule): Promise<Decision> => {
    if (plan.state !== 'shown') return { refused: stateWords(plan) };
    const late = tooLate(made, acting.clock.now());
    if (late !== undefined) return { refused: late };
    if (plan.blocked.length > 0) return { refused: `it cannot be done as things stand: ${plan.blocked.join('; ')}` };
    const danger = plan.interlocks.find(({ holds, breakable }) => !holds && !breakable);
    if (danger) return { refused: `${danger.title}: ${danger.value}` };
    // Asked anew only where what is remembered says no: somebody may have been added since.
    const tooFew =
      (await tooFewWithout(remembered(desk.people), rule, caller)) &&
      (await tooFewWithout(acting.people, rule, caller));
    if (tooFew !== undefined) return { refused: tooFew };
    if (!(await claimFix(acting, plan))) return { refused: 'this fix was asked for already: see the thread' };
    const now = acting.clock.now();
    const asked = askedNow(rule, { by: caller.user, channel: caller.channel }, now);
    const requested = changed(plan, { state: 'requested', request: asked }, now);
    return { kind: 'requested', plan: requested, send: [expireMessage(plan, rule)] };
  };
  return decided(acting, id, caller, 'request', mayRequestNow, decide, made);
}

/** Why somebody may not ask for a plan like this one. `undefined`: they may. */
export async function objectionToAsking(acting: Acting, plan: Plan, caller: Caller): Promise<Objection | undefined> {
  const { policy, nobody } = await acting.rules();
  return objection(acting, plan, ruleFor(policy, plan), caller, 'request', mayRequestNow, nobody);
}

/**
 * One person's yes. The last one that is needed sends the plan on its way; a second yes of the same person is none. What
 * was said before counts only if it would now, and nobody says yes to what cannot be done at this moment: the request
 * goes on waiting, and its message says for what. A yes counts for the moment it was said at, and once.
 */
export async function approve(desk: Acting, id: string, caller: Caller, made?: Made | undefined): Promise<Answer> {
  const acting = atPress(desk, made);
  const decide = async (plan: Plan, rule: PolicyRule): Promise<Decision> => {
    if (plan.state !== 'requested' || !plan.request) return { refused: stateWords(plan) };
    const now = acting.clock.now();
    const late = tooLate(made, now);
    if (late !== undefined) return { refused: late };
    if (isOver(plan, rule, now)) return { refused: 'the request has expired' };
    const { asker, counting, lapsed, needed } = await standingOf(acting.people, rule, plan);
    if (asker?.later) return { refused: `who asked for it ${unknownNow(asker.later)}: try again in a moment` };
    if (asker) return { refused: `whoever asked for it might not ask now (${asker.why}): somebody else must ask anew` };
    const before = counting.some(({ by }) => by === caller.user);
    const enough = counting.length + (before ? 0 : 1) >= needed;
    const silent = silentOf(lapsed).filter(({ by }) => by !== caller.user);
    const [first] = silent;
    if (!enough && first && counting.length + silent.length + (before ? 0 : 1) >= needed)
      return { refused: `who approved it before ${unknownNow(first.later)}: try again in a moment` };
    if (before && !enough) return { refused: 'you have approved it already' };
    const sight = await interlocksNow(acting, plan);
    const seen = asSeen(plan, sight, now);
    const closed = closedOf(seen, seen.interlocks);
    const shut = 'unseen' in sight ? `its interlocks cannot be looked at: ${sight.unseen}` : inWords(closed);
    if (shut !== '') return { refused: `not now: ${shut}. The request stays open`, plan: changed(seen, {}, now) };
    const said = { by: caller.user, at: now.toISOString(), channel: caller.channel };
    const others = plan.approvals.filter(({ by }) => by !== caller.user);
    const { because: _waited, ...open } = seen;
    const fields = {
      approvals: before ? plan.approvals : [...others, said],
      // What counted when it was decided.
      request: { ...plan.request, approvalsNeeded: needed, expiresAt: expiryOf(plan, rule) ?? '' },
    };
    return {
      kind: 'approved',
      plan: changed({ ...open, ...fields }, { state: enough ? 'approved' : 'requested' }, now),
      send: enough ? [remediateMessage({ type: 'execute', plan: id }, lineOf(plan))] : [],
    };
  };
  return decided(acting, id, caller, 'approve', mayApproveNow, decide, made);
}

const mayRequestNow: Gate = ({ people }, rule, _plan, caller) => mayRequest(people, rule, caller);
const mayApproveNow: Gate = ({ people }, rule, plan, caller) => mayApprove(people, rule, plan, caller);
