import { TryLater } from '../errors.ts';
import type { Plan } from '../plan.ts';
import { amendNoted } from './amend-noted.ts';
import { announcePlan } from './announce.ts';
import type { Acting } from './desk.ts';
import { aboutPlan } from './ledger.ts';
import { type Moment, objectionNow } from './permission.ts';
import { changed } from './stored.ts';

/** So often a plan that waits is marked as alive: less than what makes it look forgotten. */
const MARK_MS = 60_000;

/** So often it is looked whether the credentials of a cluster are there again. */
const UNUSABLE_MS = 30_000;

const STOPPING = 'its process has to end; it goes on in another one';

/**
 * Whether it may still be carried out, as `objectionNow` says. While the directory does not answer, nobody has the
 * cluster's credentials, or the process is to end (a function of AWS Lambda may run for minutes only), it pauses, before its first request or between two of them: nothing is sent, what was approved is
 * not lost, and `TryLater` brings it back.
 */
export function objectionOrPause(acting: Acting, plan: Plan, moment: Moment): Promise<string | undefined> {
  return orPause(acting, plan, async () => {
    const objection = await objectionNow(acting, plan, moment);
    const unusable = acting.unusable?.get(plan.cluster);
    if (objection === undefined && unusable !== undefined) throw new TryLater(unusable, UNUSABLE_MS);
    if (objection === undefined && acting.stopping?.aborted) throw new TryLater(STOPPING, 0);
    return objection;
  });
}

/** What can be told only later keeps the plan waiting, alike. */
export async function orPause<T>(acting: Acting, plan: Plan, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (failure) {
    if (failure instanceof TryLater) await pause(acting, plan, failure);
    throw failure;
  }
}

async function pause(acting: Acting, { id, state }: Plan, { message: because, who }: TryLater): Promise<void> {
  await amendNoted(acting, id, async (plan, { now, note }) => {
    const isMarked = plan.paused && now.getTime() - Date.parse(plan.updatedAt) < MARK_MS;
    if (plan.state !== state || isMarked) return { result: undefined };
    if (plan.paused) return { result: undefined, value: changed(plan, {}, now) };
    await note({ kind: 'paused', ...aboutPlan(plan), details: { because } });
    const paused = { since: now.toISOString(), because, ...(who === undefined ? {} : { who }) };
    const value = changed(plan, { paused }, now);
    return { result: undefined, value, send: announcePlan(acting, value) };
  });
}

/** It goes on; `undefined` when somebody else has seen to it meanwhile. */
export function resume(acting: Acting, { id }: Plan): Promise<Plan | undefined> {
  return amendNoted<Plan>(acting, id, async ({ paused, ...plan }, { now, note }) => {
    if (plan.state !== 'executing' || !paused || plan.stopped) return { result: undefined };
    await note({ kind: 'resumed', ...aboutPlan(plan) });
    const value = changed(plan, {}, now);
    return { result: value, value, send: announcePlan(acting, value) };
  });
}
