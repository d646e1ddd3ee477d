import { Refused } from '../errors.ts';
import { remembered } from '../people.ts';
import type { Plan } from '../plan.ts';
import type { Acting } from './desk.ts';
import { mayBreakGlass, ruleFor } from './policy.ts';
import { isOver, objectionIn, standingOf } from './standing.ts';

export interface Moment {
  /** Its first request was sent: from then on it cannot expire, and answers of the last minute will do. */
  readonly begun: boolean;
  /** It goes on only because somebody broke the glass. */
  readonly byGlass: boolean;
}

/**
 * Why an approved plan may not be carried out by the policy and the workspace as they are at this moment, whatever they
 * were when people clicked; `undefined`: it may. Asked before anything is read, right before the first request, and
 * before each further one: a drain takes minutes, and whoever stops it must not have to wait for its end.
 */
export async function objectionNow(
  acting: Acting,
  plan: Plan,
  { begun, byGlass }: Moment,
): Promise<string | undefined> {
  const people = begun ? remembered(acting.people) : acting.people;
  try {
    const { policy, nobody } = await acting.rules();
    const rule = ruleFor(policy, plan);
    if (!rule) return nobody ?? 'the policy no longer names this fix';
    if (!begun && isOver(plan, rule, acting.clock.now())) return 'the request expired before it could begin';
    const objection = objectionIn(await standingOf(people, rule, plan));
    if (objection !== undefined || !byGlass || !plan.breakGlass) return objection;
    const { by, channel = '' } = plan.breakGlass;
    const judged = await mayBreakGlass(people, rule, { user: by, channel });
    return judged.allowed ? undefined : `whoever broke the glass might not now: ${judged.ofThem}`;
  } catch (failure) {
    if (failure instanceof Refused) return failure.message;
    throw failure;
  }
}
