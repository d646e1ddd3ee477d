import { confirmed, inconclusive, ruledOut, type Verdict } from '../../../engine/verdict.ts';
import { refusalsOf, rejectionsOf } from '../facts.ts';
import { limits } from '../limits.ts';
import type { Seen } from '../seen.ts';
import { perSecond } from '../words.ts';

/** A drain that a disruption budget holds up asks again every few seconds: that is no overload. */
export function evictionBudget(seen: Seen): Verdict {
  const { evictions, others, partly } = refusalsOf(seen.answers);
  if (partly) return inconclusive('of what is refused, some is not told by what it is');
  if (evictions < limits.refusedPerSecond)
    return ruledOut(`no eviction is refused${evictions > 0 ? ' to speak of' : ''}`);
  const words = `${perSecond(evictions)} of the 429s answer evictions of pods`;
  const { shared, partly: isPart } = rejectionsOf(seen.flows);
  if (isPart || shared > limits.otherKindShare * evictions) {
    return inconclusive(`${words}, but priority and fairness rejects requests too, perhaps these`);
  }
  if (others > limits.otherKindShare * evictions)
    return inconclusive(`${words}, ${perSecond(others)} answer other requests`);
  return confirmed(`${words}, and hardly any others: a disruption budget does not allow them now`);
}
