import { messageOf, ReadFailure } from '../errors.ts';
import { type InterlockReport, isBroken } from '../interlocks.ts';
import type { Plan } from '../plan.ts';
import { redact } from '../redact.ts';
import { interlocksOf } from './check.ts';
import { kubeOf, READ_MS } from './compile.ts';
import { type Acting, clusterOf } from './desk.ts';
import { renewalsOf } from './starts-again.ts';

/** What a look at the interlocks brought; `unseen`: why the cluster could not be looked at. */
export type Sight = { readonly interlocks: readonly InterlockReport[] } | { readonly unseen: string };

/** The interlocks of a plan with their values of this moment. */
export async function interlocksNow(acting: Acting, plan: Plan): Promise<Sight> {
  const cluster = clusterOf(acting, plan.cluster);
  if (!cluster) return { unseen: `cluster ${plan.cluster} is no longer configured` };
  const { limits } = await acting.rules();
  const kube = kubeOf(cluster, READ_MS);
  try {
    // Some changes have no interlock that looks at the cluster; it must be there all the same.
    const [interlocks] = await Promise.all([
      interlocksOf({ ...acting, kube, limits, renewals: renewalsOf(cluster) }, plan, plan.changes),
      kube.get('Namespace', 'kube-system', { fresh: true }),
    ]);
    return { interlocks };
  } catch (failure) {
    if (failure instanceof ReadFailure) return { unseen: redact(messageOf(failure)) };
    throw failure;
  }
}

/** The plan as it looks after that: with the values of this moment, or the old ones and since when they are old. */
export function asSeen(plan: Plan, sight: Sight, now: Date): Plan {
  const { unseen: before, ...known } = plan;
  if ('interlocks' in sight) return { ...known, interlocks: sight.interlocks };
  return { ...plan, unseen: before ?? { since: now.toISOString(), because: sight.unseen } };
}

/** What stands in the way: it does not hold, and nobody has broken the glass for it. */
export function closedOf(
  { breakGlass }: Pick<Plan, 'breakGlass'>,
  interlocks: readonly InterlockReport[],
): InterlockReport[] {
  return interlocks.filter((one) => !one.holds && !isBroken(one, breakGlass?.although));
}

export function inWords(closed: readonly Pick<InterlockReport, 'title' | 'value'>[]): string {
  return closed.map(({ title, value }) => `${title}: ${value}`).join('; ');
}
