import type { Writer } from '../action.ts';
import { type Change, canonicalJson } from '../change.ts';
import { describeChange } from '../changes/describe.ts';
import type { Plan } from '../plan.ts';
import type { Cluster } from '../triage.ts';
import { amendNoted } from './amend-noted.ts';
import { announcePlan } from './announce.ts';
import type { Blueprint } from './compile.ts';
import { type Acting, clusterOf } from './desk.ts';
import { end } from './ending.ts';
import { isGone, noteGone, WAS_GONE } from './gone.ts';
import type { Request } from './joined.ts';
import { aboutPlan, append } from './ledger.ts';
import { orPause } from './paused.ts';
import { type Identity, planAgain } from './planner.ts';
import { closedOf, inWords } from './present-interlocks.ts';
import { replace } from './replace.ts';
import { moveStep, rehearse, stepOf } from './steps.ts';
import { changed } from './stored.ts';
import { watchOver } from './watch.ts';

/** So often all of it is read when its objects have become others between reading and rehearsing. */
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
  readonly fields: Required<Pick<Plan, 'before' | 'rehearsedAt' | 'interlocks'>> &
    Partial<Pick<Plan, 'enteredAt' | 'effects' | 'starters'>>;
}

/** The plan made again from the cluster as it is now, and rehearsed; or how it ends because it does not fit. */
export async function readyNow(
  acting: Acting,
  plan: Plan,
  reading = 1,
): Promise<Ready | { readonly end: () => Promise<void> }> {
  const over = (state: 'failed' | 'moot', because: string) => ({ end: () => end(acting, plan, state, because) });
  const again = await planAgain(acting, plan, identityOf(plan));
  if ('problem' in again) return over(again.gone ? 'moot' : 'failed', again.problem);
  if (again.plan.digest !== plan.digest || again.plan.blocked.length > 0) return { end: () => replace(acting, plan) };
  const ready = await rehearsedNow(acting, plan, again.plan, again.blueprint.requests);
  if (!('problem' in ready)) return ready;
  if (ready.closed) return { end: () => waitAgain(acting, plan, again.plan, ready.problem) };
  // A pod has gone in between, or there is another one of its name: whether the plan still fits its digest will show.
  if (ready.stale && reading < MOST_READINGS) return readyNow(acting, plan, reading + 1);
  return over('failed', ready.problem);
}

/**
 * A rule of the team keeps a request waiting, also one that was approved a moment before it shut: nobody has to ask anew.
 * One who has approved it presses once more when it is open, or somebody breaks the glass.
 */
async function waitAgain(acting: Acting, plan: Plan, { interlocks }: Plan, because: string): Promise<void> {
  await amendNoted(acting, plan.id, async (current, { now, note }) => {
    if (current.state !== 'approved') return { result: undefined };
    await note({
      kind: 'paused',
      ...aboutPlan(plan),
      details: { because: `approved, and it waits again: ${because}` },
    });
    const { paused: _over, ...open } = current;
    const value = changed(open, { state: 'requested', interlocks }, now);
    return { result: undefined, value, send: announcePlan(acting, value) };
  });
}

/**
 * What is left of a plan that paused after some of its steps, made again and rehearsed alike; or why it stops there. It is
 * left only if it is, request by request, what was approved, and does the same to others; where a pod that was to end is
 * gone, that step is done.
 */
export async function restNow(acting: Acting, plan: Plan, reading = 1): Promise<Ready | { readonly stop: string }> {
  const again = await planAgain(acting, plan, identityOf(plan));
  if ('problem' in again) return { stop: again.problem };
  const rest = await restOf(acting, plan, again.blueprint.requests);
  const isOver = rest !== undefined && rest.requests.length === 0 && again.blueprint.blocked.length === 0;
  if (again.plan.blocked.length > 0 && !isOver) return { stop: again.plan.blocked.join('; ') };
  if (!rest) return { stop: 'the cluster has changed while it paused: what is left is not what was approved' };
  const other = otherThanBound(plan, again.blueprint, rest);
  if (other !== undefined) {
    return {
      stop: `the cluster has changed while it paused: ${describeChange(other)} is not what was approved any more`,
    };
  }
  const ready = await rehearsedNow(acting, plan, again.plan, rest.requests);
  if ('problem' in ready) {
    if (ready.stale && reading < MOST_READINGS) return restNow(acting, plan, reading + 1);
    return { stop: ready.problem };
  }
  const danger = await watchOver(acting, plan, ready.cluster)();
  if (danger !== undefined) return { stop: danger };
  for (const index of rest.gone) {
    await noteGone(acting, plan, index);
    await moveStep(acting, plan, index, 'waiting', { state: 'done', said: WAS_GONE });
  }
  return ready;
}

/**
 * A change none of which was done, and that would now do something else to others than was approved, or be taken back by
 * something else: a rollout has another template, a taint ends other pods. Of one that was begun the requests tell.
 */
function otherThanBound({ changes, steps, bound = [] }: Plan, now: Blueprint, { gone }: Rest): Change | undefined {
  const over = steps.filter(({ state }, index) => state !== 'waiting' || gone.includes(index));
  const begun = new Set(over.flatMap((step) => step.changes ?? []));
  return changes.find((_change, index) => !begun.has(index) && bound[index] !== now.bound[index]);
}

interface Rest {
  readonly requests: readonly Request[];
  /** The steps that wait for nothing any more, by index: the pod that each was to end is gone. */
  readonly gone: readonly number[];
}

/** The requests of the steps that wait, in their order; `undefined` where they are not exactly these. */
async function restOf(acting: Acting, plan: Plan, requests: readonly Request[]): Promise<Rest | undefined> {
  const cluster = clusterOf(acting, plan.cluster);
  const left = new Map(requests.map((request) => [canonicalJson(stepOf(request)), request]));
  const rest: Request[] = [];
  const gone: number[] = [];
  for (const [index, step] of plan.steps.entries()) {
    if (step.state !== 'waiting') continue;
    const request = left.get(canonicalJson(step));
    if (request) rest.push(request);
    else if (cluster && (await isGone(cluster, step, plan))) gone.push(index);
    else return undefined;
  }
  return rest.length === requests.length ? { requests: rest, gone } : undefined;
}

/** `stale`: an object became another one between reading and rehearsing. `closed`: nothing but rules of the team is in the way. */
async function rehearsedNow(
  acting: Acting,
  plan: Plan,
  { interlocks, before, effects, starters }: Plan,
  requests: readonly Request[],
): Promise<Ready | { readonly problem: string; readonly stale?: boolean; readonly closed?: boolean }> {
  const closed = closedOf(plan, interlocks);
  if (closed.length > 0) return { problem: inWords(closed), closed: closed.every(({ breakable }) => breakable) };
  const cluster = clusterOf(acting, plan.cluster);
  const writer = acting.writers.get(plan.cluster);
  if (!cluster || !writer) return { problem: `cluster ${plan.cluster} can no longer be changed from here` };
  const actions = requests.map(({ action }) => action);
  const mayWait = plan.changes.some(({ verb }) => verb === 'drain');
  const rehearsal = await orPause(acting, plan, () => rehearse(writer, actions, { mayWait }));
  const { problem, stale = false, waiting, enteredAt } = rehearsal;
  if (problem !== undefined) return { problem, stale };
  const details = { requests: actions.length, answer: 'as meant', ...(waiting.length > 0 ? { waiting } : {}) };
  const entry = { kind: 'rehearsed', ...aboutPlan(plan), details } as const;
  const { at: rehearsedAt } = await append(acting.store, acting.clock, entry);
  // Of pods that come and go it can say only now which it leaves.
  const told = {
    ...(plan.passing ? { effects } : {}),
    ...(starters ? { starters } : {}),
    ...(enteredAt ? { enteredAt } : {}),
  };
  const byGlass = interlocks.some(({ holds }) => !holds);
  // As they are when it begins: nodes of a pool that vanish from then on are gone.
  return { cluster, writer, requests, byGlass, fields: { before, rehearsedAt, interlocks, ...told } };
}

function identityOf({ id, at, passing }: Plan): Identity {
  return { id, at, ...(passing ? { passing } : {}) };
}
