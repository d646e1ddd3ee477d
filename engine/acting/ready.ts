import type { Writer } from '../action.ts';
import type { Plan } from '../plan.ts';
import type { Cluster } from '../triage.ts';
import { type Acting, clusterOf } from './desk.ts';
import { end } from './ending.ts';
import type { Request } from './joined.ts';
import { aboutPlan, append } from './ledger.ts';
import { planAgain } from './planner.ts';
import { closedOf, inWords } from './present-interlocks.ts';
import { replace } from './replace.ts';
import { rehearse } from './steps.ts';

/** A busy object is read so often before its version stands still between reading and rehearsing. */
const MOST_READINGS = 3;

/** Everything fits, and the API server would do exactly this. */
export interface Ready {
  readonly cluster: Cluster;
  readonly writer: Writer;
  readonly requests: readonly Request[];
  /** An interlock does not hold, and somebody broke the glass for it. */
  readonly byGlass: boolean;
  /** What is known of the plan only now. */
  readonly fields: Required<Pick<Plan, 'before' | 'rehearsedAt'>>;
}

/** The plan made again from the cluster as it is now, and rehearsed; or how it ends because it does not fit. */
export async function readyNow(
  acting: Acting,
  plan: Plan,
  reading = 1,
): Promise<Ready | { readonly end: () => Promise<void> }> {
  const over = (state: 'failed' | 'moot', because: string) => ({ end: () => end(acting, plan, state, because) });
  const again = await planAgain(acting, plan, { id: plan.id, at: plan.at });
  if ('problem' in again) return over(again.gone ? 'moot' : 'failed', again.problem);
  if (again.plan.digest !== plan.digest || again.plan.blocked.length > 0) return { end: () => replace(acting, plan) };
  const { interlocks, before } = again.plan;
  const closed = closedOf(plan, interlocks);
  if (closed.length > 0) return over('failed', inWords(closed));

  const cluster = clusterOf(acting, plan.cluster);
  const writer = acting.writers.get(plan.cluster);
  if (!cluster || !writer) return over('failed', `cluster ${plan.cluster} can no longer be changed from here`);
  const { requests } = again.blueprint;
  const actions = requests.map(({ action }) => action);
  const mayWait = plan.changes.some(({ verb }) => verb === 'drain');
  const { problem, stale, waiting } = await rehearse(writer, actions, { mayWait });
  // A controller wrote the object's status in between: nothing that the plan rests on, as its digest will show.
  if (stale && reading < MOST_READINGS) return readyNow(acting, plan, reading + 1);
  if (problem !== undefined) return over('failed', problem);
  const details = { requests: actions.length, answer: 'as meant', ...(waiting.length > 0 ? { waiting } : {}) };
  const { at: rehearsedAt } = await append(acting.store, acting.clock, {
    kind: 'rehearsed',
    ...aboutPlan(plan),
    details,
  });
  const byGlass = interlocks.some(({ holds }) => !holds);
  return { cluster, writer, requests, byGlass, fields: { before, rehearsedAt } };
}
