import type { Change } from '../change.ts';
import type { InterlockReport } from '../interlocks.ts';
import type { Plan } from '../plan.ts';
import type { Clock, Store } from '../ports.ts';
import type { Readers } from '../readers.ts';
import { agreedOf } from './agreed.ts';
import type { Limits } from './limits.ts';
import { poolsOf, withoutThem } from './pools.ts';
import { lastReplicas } from './replicas.ts';
import { type Renewals, startsAgain } from './starts-again.ts';

export interface Checked {
  readonly store: Store;
  readonly clock: Clock;
  readonly kube: Readers['kube'];
  readonly limits: Limits;
  /** What was seen of its controller manager before. */
  readonly renewals?: Renewals;
}

/** Taking something back, or going on with what stopped halfway, need not wait until it has cooled down. */
export type Subject = Pick<Plan, 'id' | 'cluster' | 'clusterUid' | 'target' | 'undoes' | 'continues'> &
  /** What its changes come down to: the pods of a drain. */
  Partial<Pick<Plan, 'diff' | 'touches' | 'moves'>>;

/** Every interlock of a plan with its present value. Throws `ReadFailure` when the cluster cannot be looked at. */
export async function interlocksOf(
  checked: Checked,
  plan: Subject,
  changes: readonly Change[],
): Promise<readonly InterlockReport[]> {
  const [dangers, agreed] = await Promise.all([dangersOf(checked, changes), agreedOf(checked, plan, changes)]);
  return [...dangers, ...agreed];
}

/** What would harm the cluster: nobody may go on over these, but for what comes back by itself. */
async function dangersOf(
  { kube, clock, limits, renewals }: Checked,
  changes: readonly Change[],
): Promise<InterlockReport[]> {
  const pools = withoutThem(await poolsOf(kube, changes), limits);
  const ofPods = [await lastReplicas(kube, changes), await startsAgain(kube, clock, changes, renewals)];
  return [...pools, ...ofPods.filter((one) => one !== undefined)];
}
