import { TryLater } from '../errors.ts';
import type { Plan } from '../plan.ts';
import { lookFor } from './arrival.ts';
import { type Acting, clusterOf } from './desk.ts';
import { endInDoubt } from './doubt.ts';
import { countOf, endDone, stop } from './ending.ts';
import { STOPPED } from './halt.ts';
import { aboutPlan } from './ledger.ts';
import { otherwiseIn, otherwiseWords } from './otherwise.ts';
import { amendPlan, changed } from './stored.ts';

/** Whoever began an execution has said so this long ago at most, if it still lives: longer than any one write takes. */
const ALIVE_MS = 30_000;

/**
 * The message of an execution came again although somebody has begun. While they live they are left alone. `again`:
 * nothing of it was sent, which is as good as never begun.
 */
export async function interrupted(acting: Acting, plan: Plan): Promise<'again' | 'over'> {
  const silentMs = acting.clock.now().getTime() - Date.parse(plan.updatedAt);
  if (silentMs < 0) await stampAnew(acting, plan);
  if (silentMs < ALIVE_MS) {
    throw new TryLater('the execution may still be running', Math.min(ALIVE_MS, ALIVE_MS - silentMs));
  }
  const doubtful = plan.steps.findIndex(({ state }) => state === 'started' || state === 'unknown');
  const failed = plan.steps.find(({ state }) => state === 'failed');
  const { done, of } = countOf(plan.steps);
  if (doubtful >= 0) await inDoubt(acting, plan, doubtful);
  else if (failed) await stop(acting, plan, `${failed.action}: ${failed.said ?? 'it was refused'}`);
  else if (plan.stopped) await stop(acting, plan, STOPPED);
  else if (done === 0) return (await backToApproved(acting, plan)) ? 'again' : 'over';
  else if (done === of) await endDone(acting, plan);
  // No request was under way, so nothing is in doubt; what is left needs a plan of its own.
  else await stop(acting, plan, betweenTwo(plan));
  return 'over';
}

function betweenTwo(plan: Plan): string {
  const otherwise = otherwiseIn(plan);
  return otherwise === undefined
    ? 'the process ended between two of them; nothing is in doubt'
    : otherwiseWords(otherwise);
}

/** A request was under way, and its answer is lost with the process. */
async function inDoubt(acting: Acting, plan: Plan, index: number): Promise<void> {
  const step = plan.steps[index];
  const cluster = clusterOf(acting, plan.cluster);
  if (!step) return;
  const seen = cluster ? await lookFor(cluster, step, plan) : 'Its cluster is no longer configured';
  const what = `the process ended while "${step.action}" was under way`;
  const details = { step: index + 1, because: `${what}. ${seen}` };
  const steps = plan.steps.map((one, at) => (at === index ? { ...one, state: 'unknown' as const } : one));
  await endInDoubt(acting, { ...plan, steps }, { what, seen }, { kind: 'unknown', ...aboutPlan(plan), details });
}

/** As if it had never begun, since nothing was done. `false`: somebody else was faster. */
export function backToApproved(acting: Acting, { id, updatedAt }: Pick<Plan, 'id' | 'updatedAt'>): Promise<boolean> {
  return amendPlan<boolean>(
    acting.store,
    id,
    (plan) => {
      if (plan.state !== 'executing' || plan.stopped || plan.notAgain || plan.updatedAt !== updatedAt)
        return { result: false };
      const { executedAt: _never, rehearsedAt: _no, enteredAt: _nor, ...begun } = plan;
      return { result: true, value: changed(begun, { state: 'approved', steps: [] }, acting.clock.now()) };
    },
    false,
  );
}

/**
 * Whoever wrote it last had a clock that is ahead of this one, so nobody can tell how long they have been silent: from
 * now on it is counted. Who still lives stamps it again with their next step.
 */
async function stampAnew(acting: Acting, { id, updatedAt }: Plan): Promise<void> {
  await amendPlan<void>(
    acting.store,
    id,
    (plan) =>
      plan.state === 'executing' && plan.updatedAt === updatedAt
        ? { result: undefined, value: changed(plan, {}, acting.clock.now()) }
        : { result: undefined },
    undefined,
  );
}
