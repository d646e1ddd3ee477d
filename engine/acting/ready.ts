import type { Writer } from '../action.ts';
import { canonicalJson } from '../change.ts';
import type { Plan } from '../plan.ts';
import type { Cluster } from '../triage.ts';
import { type Acting, clusterOf } from './desk.ts';
import { end } from './ending.ts';
import type { Request } from './joined.ts';
import { aboutPlan, append } from './ledger.ts';
import { planAgain } from './planner.ts';
import { closedOf, inWords } from './present-interlocks.ts';
import { replace } from './replace.ts';
import { rehearse, stepOf } from './steps.ts';

/** A busy object is read so often before its version stands still between reading and rehearsing. */
const MOST_READINGS = 3;

/** Everything fits, and the API server would do exactly this. */
export interface Ready {
  readonly cluster: Cluster;
  readonly writer: Writer;
  /** Of the steps that wait, in their order. */
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
  const ready = await rehearsedNow(acting, plan, again.plan, again.blueprint.requests);
  if (!('problem' in ready)) return ready;
  // A controller wrote the object's status in between: nothing that the plan rests on, as its digest will show.
  if (ready.stale && reading < MOST_READINGS) return readyNow(acting, plan, reading + 1);
  return over('failed', ready.problem);
}

/**
 * What is left of a plan that paused after some of its steps, made again and rehearsed alike; or why it stops there. It is
 * left only if it is, request by request, what was approved.
 */
export async function restNow(acting: Acting, plan: Plan, reading = 1): Promise<Ready | { readonly stop: string }> {
  const again = await planAgain(acting, plan, { id: plan.id, at: plan.at });
  if ('problem' in again) return { stop: again.problem };
  if (again.plan.blocked.length > 0) return { stop: again.plan.blocked.join('; ') };
  const requests = restOf(plan, again.blueprint.requests);
  if (!requests) return { stop: 'the cluster has changed while it paused: what is left is not what was approved' };
  const ready = await rehearsedNow(acting, plan, again.plan, requests);
  if (!('problem' in ready)) return ready;
  if (ready.stale && reading < MOST_READINGS) return restNow(acting, plan, reading + 1);
  return { stop: ready.problem };
}

/** The requests of the steps that wait, in their order; `undefined` where they are not exactly these. */
function restOf({ steps }: Plan, requests: readonly Request[]): readonly Request[] | undefined {
  const waiting = steps.filter(({ state }) => state === 'waiting');
  const left = new Map(requests.map((request) => [canonicalJson(stepOf(request)), request]));
  const rest = waiting.flatMap((step) => left.get(canonicalJson(step)) ?? []);
  return rest.length === waiting.length && rest.length === requests.length ? rest : undefined;
}

/** `stale`: an object was written to between reading and rehearsing. */
async function rehearsedNow(
  acting: Acting,
  plan: Plan,
  { interlocks, before }: Plan,
  requests: readonly Request[],
): Promise<Ready | { readonly problem: string; readonly stale?: boolean }> {
  const closed = closedOf(plan, interlocks);
  if (closed.length > 0) return { problem: inWords(closed) };
  const cluster = clusterOf(acting, plan.cluster);
  const writer = acting.writers.get(plan.cluster);
  if (!cluster || !writer) return { problem: `cluster ${plan.cluster} can no longer be changed from here` };
  const actions = requests.map(({ action }) => action);
  const mayWait = plan.changes.some(({ verb }) => verb === 'drain');
  const { problem, stale = false, waiting } = await rehearse(writer, actions, { mayWait });
  if (problem !== undefined) return { problem, stale };
  const details = { requests: actions.length, answer: 'as meant', ...(waiting.length > 0 ? { waiting } : {}) };
  const entry = { kind: 'rehearsed', ...aboutPlan(plan), details } as const;
  const { at: rehearsedAt } = await append(acting.store, acting.clock, entry);
  const byGlass = interlocks.some(({ holds }) => !holds);
  return { cluster, writer, requests, byGlass, fields: { before, rehearsedAt } };
}
