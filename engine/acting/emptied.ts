import type { Plan } from '../plan.ts';
import { clockOf } from '../words.ts';
import { amendNoted } from './amend-noted.ts';
import { announcePlan } from './announce.ts';
import type { Acting } from './desk.ts';
import { drainsNow, notEmpty } from './drained.ts';
import { aboutPlan } from './ledger.ts';
import { awaitsPods, changed } from './stored.ts';

/**
 * Of a drain, or the end of a single pod, whose pods were still ending, or whose node could not be looked at, when its last request was done: what is
 * seen of that by now. What is left to do makes it partly applied, as it would have then. Gives the plan as it is after that.
 */
export async function emptiedNow(acting: Acting, plan: Plan): Promise<Plan> {
  if (plan.state !== 'applied' || plan.ending === undefined) return plan;
  const { left, ending } = await drainsNow(acting, plan);
  const seen = await amendNoted<Plan>(acting, plan.id, async (current, { now, note }) => {
    const { ending: before, ...rest } = current;
    if (current.state !== 'applied' || current.takenBack || before === undefined) return { result: current };
    if (left === undefined) {
      const isLast = !awaitsPods(current, now);
      const words = ending && (isLast ? `as of ${clockOf(now.toISOString())}, not looked at since: ${ending}` : ending);
      if (words === before) return { result: current };
      const value = changed({ ...rest, ...(words === undefined ? {} : { ending: words }) }, {}, now);
      return { result: value, value, send: announcePlan(acting, value) };
    }
    const because = notEmpty(left);
    await note({ kind: 'partly-applied', ...aboutPlan(current), details: { because, inverse: current.inverse } });
    const value = changed(rest, { state: 'partly-applied', because }, now);
    return { result: value, value, send: announcePlan(acting, value) };
  });
  return seen ?? plan;
}
