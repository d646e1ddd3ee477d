import type { Plan, Step } from '../plan.ts';
import { amendWithEntry } from './amend-noted.ts';
import { announcePlan } from './announce.ts';
import { objectNow } from './arrival.ts';
import { isNotOurs } from './claimed.ts';
import { type Answer, deny } from './decided.ts';
import { type Acting, clusterOf } from './desk.ts';
import { drainsNow, type Emptied, notEmpty } from './drained.ts';
import { afterSteps, countOf, inverseOfDone } from './ending.ts';
import { aboutPlan } from './ledger.ts';
import { leftBy } from './left.ts';
import { atPress } from './looking-up.ts';
import type { Made } from './messages.ts';
import { answerNotYet, whyNotYet } from './not-yet.ts';
import { type Caller, mayApprove, noRuleFor, ruleFor } from './policy.ts';
import { changed, planById } from './stored.ts';
import { firstLook } from './verify.ts';
import { answered, isAnswered, told } from './wished.ts';

/**
 * Nobody knew whether a change was made; a person has looked and says it. Nothing is repeated: what was applied, all of
 * it or a part, goes on to verification; what was not ends the plan, and whoever wants it done asks for a new one.
 */
export async function settleUnknown(
  acting: Acting,
  id: string,
  caller: Caller,
  wasApplied: boolean,
  made?: Made | undefined,
): Promise<Answer> {
  const plan = await planById(acting.store, id);
  if (!plan) return 'This plan is no longer known.';
  if (isAnswered(plan, made)) return undefined;
  const rule = ruleFor((await acting.rules()).policy, plan);
  const { people } = atPress(acting, made);
  const judged = await mayApprove(people, rule && { ...rule, requesterMayApprove: true }, plan, caller);
  const about = { ...aboutPlan(plan), by: caller.user };
  if (!judged.allowed) {
    const why = rule ? judged.why : noRuleFor(plan);
    const details = { what: 'say whether it was applied', why };
    return deny(acting, plan, caller, { details, text: `You may not decide this: ${why}.` }, made);
  }
  const why = plan.state === 'unknown' ? await whyNotYet(acting, plan, wasApplied) : undefined;
  if (why !== undefined) return answerNotYet(acting, plan, caller.user, why, made);
  const left = wasApplied ? await leftNow(acting, plan) : {};
  // As after the last answer: of a drain the requests alone are no proof that its nodes are empty.
  const emptied = wasApplied ? await drainsNow(acting, plan) : {};
  return amendWithEntry<Plan, Answer>(acting, 'plans', id, async (current, { now, note }) => {
    if (!current) return { result: 'This plan is no longer known.' };
    if (isAnswered(current, made)) return { result: undefined };
    const noted = answered(current, made);
    if (current.state !== 'unknown') {
      const { answer: result, send } = told(caller.user, 'Somebody has decided this already.', made);
      return made ? { result, value: { ...current, ...noted }, send } : { result };
    }
    const details = { wasApplied, ...(current.doubt ? { seen: current.doubt.seen } : {}) };
    await note({ kind: 'decided', ...about, details });
    const value = { ...settled(current, wasApplied ? { left, emptied } : undefined, caller, now), ...noted };
    const send = value.state === 'failed' ? [] : firstLook(value);
    return { result: undefined, value, send: [...announcePlan(acting, value), ...send] };
  });
}

type Left = Pick<Step, 'template' | 'spec' | 'cordon' | 'notOurs'>;

/**
 * What is there now stands for what the request left, whose answer nobody has seen. Where that cannot be looked at, it
 * cannot be told later whether somebody has changed it since.
 */
async function leftNow(acting: Acting, plan: Plan): Promise<Left> {
  const step = plan.steps.find(({ state }) => state === 'unknown');
  if (!step) return {};
  const cluster = clusterOf(acting, plan.cluster);
  const now = cluster && step.object && (await objectNow(cluster, step.object).catch(() => undefined));
  const isUnclaimed = now === undefined ? step.verb === 'patch' : isNotOurs(step, plan, now);
  return { ...leftBy({ plan, step }, now), ...(isUnclaimed ? { notOurs: true } : {}) };
}

/** What is there now, if it was applied: of the request, and of the nodes of a drain. */
interface There {
  readonly left: Left;
  readonly emptied: Emptied;
}

function settled(
  { doubt: _decided, ...plan }: Plan,
  there: There | undefined,
  { user: by, channel }: Caller,
  now: Date,
): Plan {
  const wasApplied = there !== undefined;
  const steps = plan.steps.map((step) =>
    step.state === 'unknown'
      ? { ...step, ...there?.left, state: wasApplied ? ('done' as const) : ('failed' as const) }
      : step,
  );
  const { done, of } = countOf(steps);
  const said = `a person has looked: it was ${wasApplied ? '' : 'not '}applied`;
  const { left, ending } = done === of ? (there?.emptied ?? {}) : {};
  const state = done === 0 ? 'failed' : done < of || left !== undefined ? 'partly-applied' : 'applied';
  const stopped = left === undefined ? afterSteps(steps, said) : `${said}; ${notEmpty(left)}`;
  const because = state === 'partly-applied' ? stopped : said;
  const inverse = state === 'partly-applied' ? inverseOfDone({ ...plan, steps }) : plan.inverse;
  const decision = { by, at: now.toISOString(), channel, wasApplied };
  const more = state === 'applied' && ending !== undefined ? { ending } : {};
  return changed(plan, { state, steps, because, inverse, decision, ...more }, now);
}
