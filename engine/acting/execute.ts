import type { Action, Writer } from '../action.ts';
import { TryLater } from '../errors.ts';
import type { Plan } from '../plan.ts';
import type { Outgoing } from '../ports.ts';
import type { Cluster } from '../triage.ts';
import { announcePlan } from './announce.ts';
import { isOver } from './decide.ts';
import { type Acting, clusterOf } from './desk.ts';
import { append } from './ledger.ts';
import { planAgain } from './planner.ts';
import { mayApprove, ruleFor } from './policy.ts';
import { replace } from './replace.ts';
import { applyStep, lookForStep, rehearse, stepOf } from './steps.ts';
import { amendPlan, changed, planById } from './stored.ts';
import { firstLook } from './verify.ts';

/** Whoever began an execution has said so this long ago at most, if it still lives: longer than any one write takes. */
const ALIVE_MS = 30_000;
/** A busy object is read so often before its version stands still between reading and writing. */
const MOST_READINGS = 3;

/**
 * Carries out an approved plan, once. Everything is asked again first: does the approval still hold, do changes and
 * verdict still fit, do the interlocks hold, would the API server do exactly this. A message that comes twice finds the
 * plan moved on; one that comes after a crash finds what was begun and never repeats it.
 */
export async function execute(acting: Acting, id: string): Promise<void> {
  const plan = await planById(acting.store, id);
  if (plan?.state === 'executing') return interrupted(acting, plan);
  if (plan?.state !== 'approved') return;

  const objection = await approvalObjection(acting, plan);
  if (objection) return end(acting, plan, 'failed', objection);
  const ready = await made(acting, plan);
  if ('end' in ready) return ready.end();
  const { cluster, writer, actions } = ready;

  const executing = await begin(acting, plan, actions);
  if (!executing) return;
  for (const [index, action] of actions.entries()) {
    const ended = await applyStep(acting, executing, index, action, writer, cluster);
    if (ended === 'no-longer-ours') return;
    if (ended.end !== 'done') return end(acting, executing, ended.end, progressOf(index, actions, ended.because));
  }
  await end(acting, executing, 'applied', undefined, firstLook(acting, executing));
}

type Ready =
  | { readonly cluster: Cluster; readonly writer: Writer; readonly actions: readonly Action[] }
  | { readonly end: () => Promise<void> };

/** The plan made again from the cluster as it is now, and rehearsed; or how it ends because it does not fit. */
async function made(acting: Acting, plan: Plan, attempt = 1): Promise<Ready> {
  const over = (state: 'failed' | 'moot', because: string): Ready => ({ end: () => end(acting, plan, state, because) });
  const again = await planAgain(acting, plan, { id: plan.id, at: plan.at });
  if ('problem' in again) return over(again.gone ? 'moot' : 'failed', again.problem);
  if (again.plan.digest !== plan.digest) return { end: () => replace(acting, plan) };
  const closed = again.plan.interlocks.find(({ holds, breakable }) => !(holds || (breakable && plan.breakGlass)));
  if (closed) return over('failed', `${closed.title}: ${closed.value}`);

  const cluster = clusterOf(acting, plan.cluster);
  const writer = acting.writers.get(plan.cluster);
  if (!cluster || !writer) return over('failed', `cluster ${plan.cluster} can no longer be changed from here`);
  const { actions } = again.blueprint;
  const mayWait = plan.changes.some(({ verb }) => verb === 'drain');
  const { problem, stale } = await rehearse(writer, actions, { mayWait });
  // A controller wrote the object's status in between: nothing that the plan rests on, as its digest will show.
  if (stale && attempt < MOST_READINGS) return made(acting, plan, attempt + 1);
  return problem === undefined ? { cluster, writer, actions } : over('failed', problem);
}

function progressOf(done: number, actions: readonly Action[], because: string): string {
  return done === 0 ? because : `stopped after ${done} of ${actions.length} steps: ${because}`;
}

/** A yes counts only if it would count now: people leave groups, and policies change. */
async function approvalObjection(acting: Acting, plan: Plan): Promise<string | undefined> {
  if (isOver(plan, acting.clock.now())) return 'the request expired before it could begin';
  const rule = ruleFor((await acting.rules()).policy, plan);
  if (!rule) return 'the policy no longer names this fix';
  // Where they clicked was checked when they did.
  const { channels: _channels, ...anywhere } = rule;
  const counted = await Promise.all(
    plan.approvals.map(({ by }) => mayApprove(acting.people, anywhere, plan, { user: by, channel: '' })),
  );
  const valid = counted.filter(({ allowed }) => allowed).length;
  const needed = Math.max(rule.approvals, plan.request?.approvalsNeeded ?? 1);
  if (valid >= needed) return undefined;
  const why = counted.flatMap((one) => (one.allowed ? [] : [one.why]));
  return `only ${valid} of ${needed} approvals count by the policy as it is now${why.length > 0 ? ` (${why.join('; ')})` : ''}`;
}

/** `approved → executing`, before anything is sent. Whoever comes second gets `undefined`. */
async function begin(acting: Acting, plan: Plan, actions: readonly Action[]): Promise<Plan | undefined> {
  const { cluster, incident, digest } = plan;
  const requests = actions.map(stepOf);
  return amendPlan<Plan | undefined>(
    acting.store,
    plan.id,
    async (current) => {
      if (current.state !== 'approved') return { result: undefined };
      const now = acting.clock.now();
      const at = now.toISOString();
      const steps = requests;
      const value = changed(current, { state: 'executing', executedAt: at, rehearsedAt: at, steps }, now);
      const approvedBy = current.approvals.map(({ by }) => by);
      const about = { cluster, incident, plan: plan.id, digest };
      await append(acting.store, acting.clock, {
        kind: 'executing',
        ...about,
        details: { approvedBy, rehearsed: requests.map(({ action }) => action) },
      });
      return { result: value, value, send: announcePlan(acting, value) };
    },
    undefined,
  );
}

/** The message came again although somebody has begun. While they live they are left alone. */
async function interrupted(acting: Acting, plan: Plan): Promise<void> {
  const silentMs = acting.clock.now().getTime() - Date.parse(plan.updatedAt);
  if (silentMs < ALIVE_MS) throw new TryLater('the execution may still be running', ALIVE_MS - silentMs);
  const begun = plan.steps.findIndex(({ state }) => state === 'started');
  const done = plan.steps.filter(({ state }) => state === 'done').length;
  const { cluster, incident, digest } = plan;
  const about = { cluster, incident, plan: plan.id, digest };
  const step = plan.steps[begun];
  if (step) {
    const because = `the process ended while "${step.action}" was under way. ${await lookForStep(acting, plan, step)}`;
    await append(acting.store, acting.clock, { kind: 'unknown', ...about, details: { step: begun + 1, because } });
    const steps = plan.steps.map((one, at) => (at === begun ? { ...one, state: 'unknown' as const } : one));
    return end(acting, { ...plan, steps }, 'unknown', because);
  }
  if (done === 0) return beginAgain(acting, plan);
  if (done === plan.steps.length) return end(acting, plan, 'applied', undefined, firstLook(acting, plan));
  // No request was under way, so nothing is in doubt; what is left needs a plan of its own.
  return end(
    acting,
    plan,
    'failed',
    `the process ended after ${done} of ${plan.steps.length} steps; nothing is in doubt`,
  );
}

/** Nothing was sent yet: as good as never begun. */
async function beginAgain(acting: Acting, plan: Plan): Promise<void> {
  const back = await amendPlan<boolean>(
    acting.store,
    plan.id,
    (current) => {
      if (current.state !== 'executing' || current.updatedAt !== plan.updatedAt) return { result: false };
      return { result: true, value: changed(current, { state: 'approved', steps: [] }, acting.clock.now()) };
    },
    false,
  );
  if (back) await execute(acting, plan.id);
}

/** Where it ends, for now. A plan that has moved on meanwhile is left as it is. */
export async function end(
  acting: Acting,
  plan: Plan,
  state: 'applied' | 'failed' | 'unknown' | 'moot',
  because?: string,
  send: readonly Outgoing[] = [],
): Promise<void> {
  await amendPlan<void>(
    acting.store,
    plan.id,
    async (current) => {
      if (current.state !== plan.state) return { result: undefined };
      if (state === 'failed' && current.state === 'approved') {
        const { cluster, incident, digest } = current;
        const about = { cluster, incident, plan: current.id, digest };
        await append(acting.store, acting.clock, { kind: 'failed', ...about, details: { because } });
      }
      const steps = plan.steps.map((step, at) => (step.state === 'unknown' ? step : (current.steps[at] ?? step)));
      const fields = { state, steps, ...(because === undefined ? {} : { because }) };
      const value = changed(current, fields, acting.clock.now());
      return { result: undefined, value, send: [...announcePlan(acting, value), ...send] };
    },
    undefined,
  );
}
