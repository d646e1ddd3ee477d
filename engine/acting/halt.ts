import type { Plan } from '../plan.ts';
import { type Answer, type Decision, decided, type Gate, stateWords } from './decided.ts';
import type { Acting } from './desk.ts';
import { stop } from './ending.ts';
import { atPress } from './looking-up.ts';
import type { Made } from './messages.ts';
import { type Caller, mayApprove, mayRequest } from './policy.ts';
import { changed, planById } from './stored.ts';

/** Why it went no further, where a person said so. */
export const STOPPED = 'a person stopped it';

/**
 * One person's no ends it, until its last request has begun: what is only asked for is refused, what waits approved does
 * not begin, and what runs sends no further request. Whoever may approve may say no; so may the one who asked. It is
 * raced against the execution by conditional write (`moveStep` begins no request of a plan that was stopped), so that a
 * no that was taken is a no that holds.
 */
export async function refuse(
  desk: Acting,
  id: string,
  caller: Caller,
  what: 'refuse' | 'stop' = 'refuse',
  made?: Made | undefined,
): Promise<Answer> {
  const known = await planById(desk.store, id);
  // What runs must not run on while whoever may stop it waits for the directory.
  const patience = known && isOnWordOf(known, caller) ? { waitMs: 0 } : {};
  const acting = atPress(desk, made, { ...patience, goesFirst: true });
  const answer = await decided(acting, id, caller, what, mayEnd, async (plan) => ended(plan, caller, acting), made);
  await endPaused(acting, id);
  return answer;
}

function ended(plan: Plan, { user: by, channel }: Caller, { clock }: Acting): Decision {
  const now = clock.now();
  const said = { by, at: now.toISOString(), channel };
  switch (plan.state) {
    case 'requested':
      return { kind: 'refused', plan: changed(plan, { state: 'refused', refusal: said }, now), send: [] };
    case 'approved': {
      const { paused: _over, ...open } = plan;
      const because = `${STOPPED} before it began`;
      return { kind: 'stopped', plan: changed(open, { state: 'failed', stopped: said, because }, now), send: [] };
    }
    case 'executing':
      if (plan.stopped) return { refused: 'it was stopped already' };
      if (!mayBeStopped(plan)) {
        const refused = 'its last request is on its way already; if that fails, it is not sent again';
        return { refused, plan: changed(plan, { notAgain: true }, now) };
      }
      return { kind: 'stopped', plan: changed(plan, { stopped: said }, now), send: [] };
    default:
      return { refused: stateWords(plan) };
  }
}

/** Whether anything of it would not be done. */
export function mayBeStopped({ state, stopped, steps }: Plan): boolean {
  return state === 'approved' || (state === 'executing' && !stopped && steps.some((step) => step.state === 'waiting'));
}

/** Between two steps nobody is at work on it, and a plan that was stopped is not gone on with: it ends here. */
async function endPaused(acting: Acting, id: string): Promise<void> {
  const plan = await planById(acting.store, id);
  if (plan?.state === 'executing' && plan.stopped && plan.paused) await stop(acting, plan, STOPPED);
}

const mayRefuse: Gate = async ({ people }, rule, plan, caller) =>
  plan.request?.by === caller.user
    ? mayRequest(people, rule, caller)
    : mayApprove(people, rule && { ...rule, requesterMayApprove: true }, plan, caller);

/**
 * While the directory is silent those may stop it on whose word it runs: they were looked up then. It is the one thing
 * that does no harm if they may not any more.
 */
const mayEnd: Gate = async (acting, rule, plan, caller) => {
  const judged = await mayRefuse(acting, rule, plan, caller);
  if (judged.allowed || !judged.later) return judged;
  return isOnWordOf(plan, caller) ? { allowed: true } : judged;
};

/** It may be stopped, and goes on because they asked for it or approved it. */
function isOnWordOf(plan: Plan, { user }: Caller): boolean {
  return mayBeStopped(plan) && [plan.request, ...plan.approvals].some((said) => said?.by === user);
}
