import { messageOf } from '../errors.ts';
import { type People, remembered } from '../people.ts';
import type { Plan } from '../plan.ts';
import type { Waiting } from '../plan-card.ts';
import { clockOf } from '../words.ts';
import type { PolicyRule } from './policy.ts';
import { closedOf, inWords } from './present-interlocks.ts';
import { type Lapsed, type Standing, standingOf, unknownNow } from './standing.ts';

export interface OpenRequest {
  readonly needed: number;
  readonly counting: number;
  readonly waitsFor: readonly Waiting[];
}

/**
 * How an open request stands, for its message: what keeps it waiting besides the approvals it lacks. For what is only
 * shown a remembered answer of the directory will do.
 */
export async function waitingOf(people: People, rule: PolicyRule, plan: Plan): Promise<OpenRequest> {
  const standing = await standingOf(remembered(people), rule, plan).catch((failure: unknown) => messageOf(failure));
  const shut = shutOf(plan);
  if (typeof standing === 'string') {
    const why = `who may say so cannot be looked up now: ${standing}`;
    return { needed: rule.approvals, counting: 0, waitsFor: [{ why }, ...shut] };
  }
  const waitsFor = [...shut, ...askerOf(standing), ...lapsedOf(standing), ...countOf(standing, plan)];
  return { needed: standing.needed, counting: standing.counting.length, waitsFor };
}

function shutOf(plan: Plan): Waiting[] {
  const { unseen } = plan;
  if (unseen) {
    const why = `it cannot be approved now: its interlocks could not be looked at since ${clockOf(unseen.since)} (${unseen.because}); what stands here is older`;
    return [{ why }];
  }
  const closed = closedOf(plan, plan.interlocks);
  return closed.length > 0 ? [{ why: `it cannot be approved now: ${inWords(closed)}` }] : [];
}

function askerOf({ asker }: Standing): Waiting[] {
  if (!asker) return [];
  const { by, why, later } = asker;
  if (later) return [{ by, why: `asked for it, and ${unknownNow(later)}: it waits until that can be done` }];
  return [{ by, why: `asked for it and might not ask now (${why}): refuse it, and ask anew` }];
}

function lapsedOf({ lapsed }: Standing): Waiting[] {
  return lapsed.map(({ by, why, later }: Lapsed) => ({
    by,
    why: later
      ? `has approved it, and ${unknownNow(later)}: until then it does not count`
      : `has approved it, which does not count any more: ${why}`,
  }));
}

/** Only a person's click sends it on its way: a change of the policy never does by itself. */
function countOf({ needed, counting, asker }: Standing, { request }: Plan): Waiting[] {
  const asked = request?.approvalsNeeded ?? needed;
  if (!asker && counting.length >= needed) {
    return [{ why: 'it needs no more approvals now: one who has approved it presses Approve once more' }];
  }
  if (asked === needed) return [];
  return [{ why: `the policy asks for ${needed} approvals now; it was ${asked} when it was asked for` }];
}
