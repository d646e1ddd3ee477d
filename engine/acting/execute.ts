import { TryLater } from '../errors.ts';
import type { Plan } from '../plan.ts';
import { amendNoted } from './amend-noted.ts';
import { announcePlan } from './announce.ts';
import type { Acting } from './desk.ts';
import { endInDoubt } from './doubt.ts';
import { afterSteps, countOf, end, endDone, stop } from './ending.ts';
import { STOPPED } from './halt.ts';
import { backToApproved, interrupted } from './interrupted.ts';
import { aboutPlan } from './ledger.ts';
import { objectionOrPause, resume } from './paused.ts';
import { asReadLast } from './read-last.ts';
import { type Ready, readyNow, restNow } from './ready.ts';
import { applyStep, type Ended, stepOf } from './steps.ts';
import { changed, planById } from './stored.ts';
import { watchOver } from './watch.ts';

/** What was read longer ago is looked at again before the first request. */
const OLD_MS = 5_000;
const READ_AGAIN_MS = 1_000;

/**
 * Carries out an approved plan, once. Everything is asked again first: does the approval still hold, do changes and
 * verdict still fit, do the interlocks hold, would the API server do exactly this; and before each further request
 * whether it may still go on. A message that comes twice finds the plan moved on; one that comes after a crash finds what
 * was begun and never repeats it. Throws `TryLater` while nobody can say who may.
 */
export async function execute(acting: Acting, id: string, attempt: 'first' | 'second' = 'first'): Promise<void> {
  const found = await planById(acting.store, id);
  if (found?.state === 'executing' && found.paused) return goOn(acting, found);
  if (found?.state === 'executing' && (await interrupted(acting, found)) === 'over') return;
  const plan = await planById(acting.store, id);
  if (plan?.state !== 'approved') return;

  const objection = await objectionOrPause(acting, plan, { begun: false, byGlass: false });
  if (objection) return end(acting, plan, 'failed', objection);
  const ready = await readyNow(acting, plan);
  if ('end' in ready) return ready.end();
  // Reading and rehearsing takes its time, in which somebody may have said no.
  const askedAt = acting.clock.now();
  const late = await objectionOrPause(acting, plan, { begun: false, byGlass: ready.byGlass, sending: true });
  if (late) return end(acting, plan, 'failed', late);
  await stillSafe(acting, plan, ready, askedAt);

  const executing = await begin(acting, plan, ready);
  if (executing && (await applied(acting, executing, ready, attempt)) === 'read-again') {
    await execute(acting, id, 'second');
  }
}

/**
 * Whoever had to wait until the directory took questions has read the cluster long before: it is looked at as between
 * two requests, and where that finds a danger, everything is read again.
 */
async function stillSafe(acting: Acting, plan: Plan, { cluster }: Ready, since: Date): Promise<void> {
  if (acting.clock.now().getTime() - since.getTime() < OLD_MS) return;
  const danger = await watchOver(acting, plan, cluster)();
  if (danger !== undefined) throw new TryLater(danger, READ_AGAIN_MS);
}

/** It paused between two steps. Everything is asked again before the rest, as it was before the first. */
async function goOn(acting: Acting, plan: Plan): Promise<void> {
  if (plan.stopped) return stop(acting, plan, STOPPED);
  const objection = await objectionOrPause(acting, plan, { begun: true, byGlass: false });
  if (objection) return stop(acting, plan, objection);
  const rest = await restNow(acting, plan);
  if ('stop' in rest) return stop(acting, plan, rest.stop);
  const late = await objectionOrPause(acting, plan, { begun: true, byGlass: rest.byGlass });
  if (late) return stop(acting, plan, late);
  const going = await resume(acting, plan);
  if (going) await applied(acting, going, rest, 'second');
}

/**
 * Every request, in order. `read-again`: somebody wrote to the first object after it was read, so that the API server
 * refused. Nothing was done yet; if the plan still fits the cluster it may begin once more.
 */
async function applied(
  acting: Acting,
  plan: Plan,
  ready: Ready,
  attempt: 'first' | 'second',
): Promise<'read-again' | 'over'> {
  const ended = await eachApplied(acting, plan, ready);
  const left = (await planById(acting.store, plan.id)) ?? plan;
  // Believed dead, because it stood still for long: whoever took over has left it to a person, and it stays theirs.
  if (left.state !== 'executing') return 'over';
  switch (ended.end) {
    case 'done':
      await endDone(acting, left);
      return 'over';
    case 'otherwise': {
      const { done, of } = countOf(left.steps);
      if (done === of) await endDone(acting, left);
      else await stop(acting, left, ended.because);
      return 'over';
    }
    case 'unknown':
      await endInDoubt(acting, left, { ...ended.doubt, what: afterSteps(left.steps, ended.doubt.what) });
      return 'over';
    case 'failed': {
      const mayBegin = attempt === 'first' && ended.conflict && countOf(left.steps).done === 0;
      if (mayBegin && (await backToApproved(acting, left))) return 'read-again';
      if (!mayBegin || (await isHalted(acting, left))) await stop(acting, left, ended.because);
      return 'over';
    }
    case 'no-longer-ours':
      return 'over';
  }
}

/** Until the first that does not succeed. */
async function eachApplied(acting: Acting, plan: Plan, { requests, writer, cluster, byGlass }: Ready): Promise<Ended> {
  const indexes = [...plan.steps.keys()].filter((index) => plan.steps[index]?.state === 'waiting');
  const dangerNow = watchOver(acting, plan, cluster);
  for (const [nth, request] of requests.entries()) {
    const objection = nth === 0 ? undefined : await objectionToMore(acting, plan, byGlass, dangerNow);
    if (objection) return { end: 'failed', because: objection, conflict: false };
    const action = await asReadLast(acting, plan, request, cluster);
    const ended = await applyStep(acting, plan, indexes[nth] ?? nth, action, writer, cluster);
    // They were faster than this request, which was not sent.
    if (ended.end === 'no-longer-ours' && (await isHalted(acting, plan))) return STOPPED_HERE;
    if (ended.end !== 'done') return ended;
  }
  return { end: 'done' };
}

const STOPPED_HERE: Ended = { end: 'failed', because: STOPPED, conflict: false };

/** Why no further request may be sent: somebody stopped it, it may not be done any more, or the cluster is in danger. */
async function objectionToMore(
  acting: Acting,
  plan: Plan,
  byGlass: boolean,
  dangerNow: () => Promise<string | undefined>,
): Promise<string | undefined> {
  if (await isHalted(acting, plan)) return STOPPED;
  return (await objectionOrPause(acting, plan, { begun: true, byGlass })) ?? (await dangerNow());
}

/** Somebody has said no: in time, or too late for the last request, which then is not sent again. */
async function isHalted({ store }: Acting, { id }: Plan): Promise<boolean> {
  const plan = await planById(store, id);
  return plan?.stopped !== undefined || plan?.notAgain === true;
}

/** `approved → executing`, before anything is sent. Whoever comes second gets `undefined`. */
async function begin(acting: Acting, plan: Plan, { requests, fields }: Ready): Promise<Plan | undefined> {
  const steps = requests.map(stepOf);
  return amendNoted<Plan>(acting, plan.id, async (current, { now, note }) => {
    if (current.state !== 'approved') return { result: undefined };
    const { paused: _over, ...open } = current;
    const value = changed(open, { ...fields, state: 'executing', executedAt: now.toISOString(), steps }, now);
    const approvedBy = current.approvals.map(({ by }) => by);
    const details = { approvedBy, requests: steps.map(({ action }) => action) };
    await note({ kind: 'executing', ...aboutPlan(plan), details });
    return { result: value, value, send: announcePlan(acting, value) };
  });
}
