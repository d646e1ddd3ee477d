import { ReadFailure } from '../errors.ts';
import type { InterlockReport } from '../interlocks.ts';
import type { Plan } from '../plan.ts';
import { runScope } from '../scope.ts';
import { interlocksOf } from './check.ts';
import { PLAN_BUDGET, READ_MS } from './compile.ts';
import { type Acting, clusterOf } from './desk.ts';

/** The interlocks of a plan with their values of this moment; `undefined` when the cluster cannot be looked at now. */
export async function interlocksNow(acting: Acting, plan: Plan): Promise<readonly InterlockReport[] | undefined> {
  const cluster = clusterOf(acting, plan.cluster);
  if (!cluster) return undefined;
  const { limits } = await acting.rules();
  const { kube } = runScope(cluster.source, PLAN_BUDGET, AbortSignal.timeout(READ_MS)).readersFor([], READ_MS);
  try {
    return await interlocksOf({ ...acting, kube, limits }, plan, plan.changes);
  } catch (failure) {
    if (failure instanceof ReadFailure) return undefined;
    throw failure;
  }
}

/**
 * What stands in the way: it does not hold, and nobody has broken the glass for it. Of replicas it was broken for the
 * workloads that were named then: another one that would be left without a pod is news.
 */
export function closedOf(
  { breakGlass }: Pick<Plan, 'breakGlass'>,
  interlocks: readonly InterlockReport[],
): InterlockReport[] {
  const isBroken = ({ id, value, breakable }: InterlockReport) =>
    breakable && breakGlass?.interlocks.includes(id) && (id !== 'last-replica' || breakGlass.although?.includes(value));
  return interlocks.filter((one) => !one.holds && !isBroken(one));
}

export function inWords(closed: readonly Pick<InterlockReport, 'title' | 'value'>[]): string {
  return closed.map(({ title, value }) => `${title}: ${value}`).join('; ');
}
