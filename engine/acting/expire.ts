import { canonicalJson } from '../change.ts';
import { Refused } from '../errors.ts';
import type { Outgoing } from '../ports.ts';
import { amendNoted } from './amend-noted.ts';
import { announcePlan } from './announce.ts';
import type { Acting } from './desk.ts';
import { lookOnceMore } from './doubt.ts';
import { aboutPlan } from './ledger.ts';
import { type PolicyRule, ruleFor } from './policy.ts';
import { asSeen, interlocksNow } from './present-interlocks.ts';
import { review } from './review.ts';
import { isOver } from './standing.ts';
import { amendPlan, changed, planById } from './stored.ts';

/** The time for approvals is over, by the policy as it is now. */
export async function expire(acting: Acting, id: string): Promise<void> {
  await amendNoted(acting, id, async (plan, { now, note }) => {
    const rule = ruleFor(await policyNow(acting), plan);
    if (plan.state !== 'requested' || !isOver(plan, rule, now)) return { result: undefined };
    await note({ kind: 'expired', ...aboutPlan(plan) });
    return { result: undefined, value: changed(plan, { state: 'expired' }, now), send: announcePlan(acting, plan) };
  });
}

/**
 * What waits for a person shows the present, so that nobody decides by values of half an hour ago. Of an open request its
 * interlocks, and what the policy makes of it; of a plan in doubt what is seen of it in the cluster. Returns what brings
 * its messages up to date.
 */
export async function refresh(acting: Acting, id: string): Promise<Outgoing[]> {
  await expire(acting, id);
  const open = await planById(acting.store, id);
  // Its incident may have been closed without a look of its own: folded into a storm, or into another card.
  if (open?.state === 'requested') await review(acting, open.incident);
  const plan = await planById(acting.store, id);
  if (plan?.state === 'unknown') return lookOnceMore(acting, plan);
  if (plan?.state !== 'requested') return [];
  const sight = await interlocksNow(acting, plan).catch((failure: unknown) => {
    if (failure instanceof Refused) return undefined;
    throw failure;
  });
  const now = acting.clock.now();
  if (sight && canonicalJson(asSeen(plan, sight, now)) !== canonicalJson(plan)) {
    await amendPlan<void>(
      acting.store,
      id,
      (current) =>
        current.state === 'requested'
          ? { result: undefined, value: changed(asSeen(current, sight, now), {}, now) }
          : { result: undefined },
      undefined,
    );
  }
  return announcePlan(acting, plan);
}

/** A file that cannot be read allows nothing, and a request does not live longer by it. */
async function policyNow(acting: Acting): Promise<readonly PolicyRule[]> {
  try {
    return (await acting.rules()).policy;
  } catch (failure) {
    if (failure instanceof Refused) return [];
    throw failure;
  }
}
