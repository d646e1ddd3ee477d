import { type Action, describeAction, type JsonObject, WriteFailure, type Writer } from '../action.ts';
import { maskedAction } from '../changes/masked.ts';
import { messageOf } from '../errors.ts';
import type { Plan, Step } from '../plan.ts';
import { redact } from '../redact.ts';
import { arrived, differences } from '../rehearsal.ts';
import type { Cluster } from '../triage.ts';
import { blueprintOf } from './compile.ts';
import { type Acting, clusterOf } from './desk.ts';
import { append } from './ledger.ts';
import { amendPlan, changed } from './stored.ts';

/** One write waits no longer than this; less than a message's lease, so that nobody else believes us dead. */
export const WRITE_MS = 15_000;
const LOOK = { deadlineMs: 8_000, maxBytes: 4 * 1024 * 1024 };

export type Ended =
  | { readonly end: 'done' }
  | { readonly end: 'failed'; readonly because: string }
  | { readonly end: 'unknown'; readonly because: string };

/** `stale`: the object was written to since it was read; what is wanted may still fit. */
export interface Rehearsed {
  readonly problem?: string;
  readonly stale?: boolean;
}

/**
 * Every request as a server-side dry run, in order. The first that is refused, or answered with something else than was
 * meant (the API drops a misspelt field without a word), ends it: then nothing is applied.
 */
export async function rehearse(
  writer: Writer,
  actions: readonly Action[],
  { mayWait }: { readonly mayWait: boolean },
): Promise<Rehearsed> {
  for (const action of actions) {
    try {
      const { object } = await writer.rehearse(action, { deadlineMs: WRITE_MS });
      const different = differences(action, object);
      if (different.length > 0) {
        return {
          problem: `rehearsal of ${describeAction(action)}: the API server would not do all of it: ${different.join('; ')}`,
        };
      }
    } catch (failure) {
      const kind = failure instanceof WriteFailure ? failure.kind : undefined;
      // Evictions come one by one: a budget that is used up now may allow this one when its turn comes.
      if (kind === 'budget' && mayWait) continue;
      const problem = `rehearsal of ${describeAction(action)} failed: ${wordsOf(failure)}`;
      return { problem, stale: kind === 'conflict' };
    }
  }
  return {};
}

/**
 * One request for real, once: that it begins is stored before it is sent. `no-longer-ours` when somebody else has moved
 * the plan meanwhile: then nothing was sent.
 */
export async function applyStep(
  acting: Acting,
  plan: Plan,
  index: number,
  action: Action,
  writer: Writer,
  cluster: Cluster,
): Promise<Ended | 'no-longer-ours'> {
  const began = await moveStep(acting, plan, index, 'waiting', { state: 'started' });
  if (!began) return 'no-longer-ours';
  const about = { cluster: plan.cluster, incident: plan.incident, plan: plan.id, digest: plan.digest };
  const step = `${index + 1} of ${plan.steps.length}`;
  try {
    const { asked } = await writer.apply(action, { deadlineMs: WRITE_MS });
    await append(acting.store, acting.clock, {
      kind: 'applied',
      ...about,
      details: { step, asked, request: maskedAction(action) },
    });
    await moveStep(acting, plan, index, 'started', { state: 'done', said: asked });
    return { end: 'done' };
  } catch (failure) {
    if (!(failure instanceof WriteFailure)) throw failure;
    const because = wordsOf(failure);
    if (!failure.ambiguous) {
      await append(acting.store, acting.clock, {
        kind: 'failed',
        ...about,
        details: { step, request: maskedAction(action), because },
      });
      await moveStep(acting, plan, index, 'started', { state: 'failed', said: because });
      return { end: 'failed', because: `${describeAction(action)}: ${because}` };
    }
    const looked = `${because}. ${await lookFor(cluster, action)}`;
    await append(acting.store, acting.clock, {
      kind: 'unknown',
      ...about,
      details: { step, request: maskedAction(action), because: looked },
    });
    await moveStep(acting, plan, index, 'started', { state: 'unknown', said: looked });
    return { end: 'unknown', because: `${describeAction(action)}: ${looked}` };
  }
}

/** Did the change arrive? Told as what was seen; what to make of it is for a person to decide. */
export async function lookFor(cluster: Cluster, action: Action): Promise<string> {
  try {
    const { kind, namespace, name } = action.object;
    const now = await cluster.source
      .read({ verb: 'get', kind, name, fresh: true, ...(namespace === undefined ? {} : { namespace }) }, LOOK)
      .then(({ body }) => body)
      .catch((failure: unknown) => {
        if (failure instanceof Error && 'kind' in failure && failure.kind === 'not-found') return null;
        throw failure;
      });
    return {
      yes: 'Looked in the cluster: the change is there',
      no: 'Looked in the cluster: the change is not there',
      'cannot-tell': 'Looked in the cluster: it cannot be told from the object',
    }[arrived(action, now)];
  } catch (failure) {
    return `Could not look in the cluster: ${redact(messageOf(failure))}`;
  }
}

export function stepOf(action: Action): Step {
  const uid = uidOf(action);
  return { action: describeAction(action), state: 'waiting', ...(uid === undefined ? {} : { uid }) };
}

/** The same after a crash, when the request itself is lost: is there still something of it to do? */
export async function lookForStep(acting: Acting, plan: Plan, step: Step): Promise<string> {
  const cluster = clusterOf(acting, plan.cluster);
  if (!cluster) return 'Its cluster is no longer configured';
  try {
    const basis = { ...plan, plan: plan.id, restsOn: plan.undoes ?? plan.cause.id };
    const { actions } = await blueprintOf(cluster, basis);
    const left = actions.some((action) => describeAction(action) === step.action && uidOf(action) === step.uid);
    return `Looked in the cluster: the change is ${left ? 'not ' : ''}there`;
  } catch (failure) {
    return `Could not look in the cluster: ${redact(messageOf(failure))}`;
  }
}

function uidOf(action: Action): string | undefined {
  if (action.verb === 'create') return undefined;
  if (action.verb !== 'patch') return action.uid;
  const { uid } = (action.body.metadata ?? {}) as JsonObject;
  return typeof uid === 'string' ? uid : undefined;
}

/** `false`: the step or the plan is no longer as expected, and nothing was written. */
export function moveStep(
  acting: Acting,
  { id }: Pick<Plan, 'id'>,
  index: number,
  from: Step['state'],
  to: Pick<Step, 'state' | 'said'>,
): Promise<boolean> {
  return amendPlan<boolean>(
    acting.store,
    id,
    (plan) => {
      if (plan.state !== 'executing' || plan.steps[index]?.state !== from) return { result: false };
      const now = acting.clock.now();
      const steps = plan.steps.map((step, at) => (at === index ? { ...step, ...to, at: now.toISOString() } : step));
      return { result: true, value: changed(plan, { steps }, now) };
    },
    false,
  );
}

function wordsOf(failure: unknown): string {
  const remedy = failure instanceof WriteFailure && failure.remedy ? `\n${failure.remedy}` : '';
  return redact(`${messageOf(failure)}${remedy}`);
}
