import { Refused, TryLater } from '../errors.ts';
import type { Plan } from '../plan.ts';
import { clockOf } from '../words.ts';
import type { Acting } from './desk.ts';
import { forSending } from './looking-up.ts';
import { mayBreakGlass, ruleFor } from './policy.ts';
import { isOver, objectionIn, standingOf, unknownNow } from './standing.ts';

export interface Moment {
  /** Its first request was sent: from then on it expires only if it pauses, and answers of the last minute will do. */
  readonly begun: boolean;
  /** It goes on only because somebody broke the glass. */
  readonly byGlass: boolean;
  /** Its first request is the next thing that happens. */
  readonly sending?: boolean;
}

/**
 * Why an approved plan may not be carried out by the policy and the workspace as they are at this moment, whatever they
 * were when people clicked; `undefined`: it may. Asked before anything is read, right before the first request, and
 * before each further one: a drain takes minutes, and whoever stops it must not have to wait for its end. Throws `TryLater`
 * where the directory does not answer.
 */
export async function objectionNow(
  acting: Acting,
  plan: Plan,
  { begun, byGlass, sending = false }: Moment,
): Promise<string | undefined> {
  try {
    const { policy, nobody } = await acting.rules();
    const rule = ruleFor(policy, plan);
    if (!rule) return nobody ?? 'the policy no longer names this fix';
    if ((!begun || plan.paused) && isOver(plan, rule, acting.clock.now())) {
      const waited = plan.paused ? `: since ${clockOf(plan.paused.since)} ${plan.paused.because}` : '';
      return `the request expired before it could ${begun ? 'go on' : 'begin'}${waited}`;
    }
    const people = forSending(acting, plan, rule, begun ? 'between' : sending ? 'sending' : 'early');
    const objection = objectionIn(await standingOf(people, rule, plan));
    if (objection !== undefined || !byGlass || !plan.breakGlass) return objection;
    const { by, channel = '' } = plan.breakGlass;
    const judged = await mayBreakGlass(people, rule, { user: by, channel });
    if (judged.allowed) return undefined;
    const { later, ofThem } = judged;
    if (later) throw new TryLater(`who broke the glass ${unknownNow(later)}`, later.retryAfterMs, later, by);
    return `whoever broke the glass might not now: ${ofThem}`;
  } catch (failure) {
    if (failure instanceof Refused) return failure.message;
    throw failure;
  }
}
