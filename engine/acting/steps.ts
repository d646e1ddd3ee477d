import * as z from 'zod';
import {
  type Action,
  describeAction,
  type JsonObject,
  type WriteAnswer,
  WriteFailure,
  type Writer,
  withoutVersion,
} from '../action.ts';
import { maskedAction } from '../changes/masked.ts';
import { messageOf, TryLater } from '../errors.ts';
import type { Plan, Step } from '../plan.ts';
import { redact } from '../redact.ts';
import { differences } from '../rehearsal.ts';
import type { Cluster } from '../triage.ts';
import { lookFor } from './arrival.ts';
import { enteredIn } from './claimed.ts';
import type { Acting } from './desk.ts';
import type { Doubt } from './doubt.ts';
import { isGone, noteGone, WAS_GONE } from './gone.ts';
import type { Request } from './joined.ts';
import { aboutPlan, append } from './ledger.ts';
import { leftBy } from './left.ts';
import { leftOtherwise, otherwiseWords } from './otherwise.ts';
import { amendPlan, changed } from './stored.ts';

/** One write waits no longer than this; less than a message's lease, so that nobody else believes us dead. */
const WRITE_MS = 15_000;

export type Ended =
  | { readonly end: 'done' }
  /** Done, and what is stored now is not what was meant: nothing more is sent, and it is not sent again. */
  | { readonly end: 'otherwise'; readonly because: string }
  /** `conflict`: the object was written to since it was read; nothing was done. */
  | { readonly end: 'failed'; readonly because: string; readonly conflict: boolean }
  | { readonly end: 'unknown'; readonly doubt: Doubt }
  /** Somebody else has moved the plan meanwhile, or stopped it: nothing was sent. */
  | { readonly end: 'no-longer-ours' };

/** `stale`: there is another object of the name since it was read, or its pod has gone; what is wanted may still fit. */
export interface Rehearsed {
  readonly problem?: string;
  readonly stale?: boolean;
  /** Evictions that their budget would not allow at this moment. */
  readonly waiting: readonly string[];
  /** When the API server entered our name for the first of the changes, by its clock. */
  readonly enteredAt?: string;
}

/**
 * Every request as a server-side dry run, in order. The first that is refused, or answered with something else than was
 * meant (the API drops a misspelt field without a word), ends it: then nothing is applied. Throws `TryLater` while the API
 * server is overloaded.
 */
export async function rehearse(
  writer: Writer,
  actions: readonly Action[],
  { mayWait }: { readonly mayWait: boolean },
): Promise<Rehearsed> {
  const waiting: string[] = [];
  const entered: string[] = [];
  for (const action of actions) {
    try {
      // Of whichever version: what was written to the object since is looked at right before the request (`read-last.ts`).
      const rehearsed = withoutVersion(action);
      const { object } = await writer.rehearse(rehearsed, { deadlineMs: WRITE_MS });
      const different = differences(rehearsed, object);
      entered.push(...[enteredIn(object) ?? []].flat());
      if (different.length > 0) {
        const problem = `rehearsal of ${describeAction(action)}: the API server would not do all of it: ${different.join('; ')}`;
        return { problem: redact(problem), waiting };
      }
    } catch (failure) {
      const kind = failure instanceof WriteFailure ? failure.kind : undefined;
      // Evictions come one by one: a budget that is used up now may allow this one when its turn comes.
      if (kind === 'budget' && mayWait) {
        waiting.push(describeAction(action));
        continue;
      }
      // Nothing is wrong with the change: the API server has too much to do, and may have time in a moment.
      if (failure instanceof WriteFailure && kind === 'throttled') throw laterThan(failure);
      const problem = `rehearsal of ${describeAction(action)} failed: ${wordsOf(failure)}`;
      return { problem, stale: kind === 'conflict' || (kind === 'not-found' && action.verb !== 'patch'), waiting };
    }
  }
  const [enteredAt] = entered.toSorted();
  return { waiting, ...(enteredAt === undefined ? {} : { enteredAt }) };
}

const OVERLOADED_MS = 15_000;

function laterThan({ message, retryAfterMs }: WriteFailure): TryLater {
  const because = redact(`the API server refuses work at the moment (429): ${message}`);
  return new TryLater(because, Math.max(retryAfterMs ?? 0, OVERLOADED_MS));
}

/** One request for real, once: that it begins is stored before it is sent. */
export async function applyStep(
  acting: Acting,
  plan: Plan,
  index: number,
  action: Action,
  writer: Writer,
  cluster: Cluster,
): Promise<Ended> {
  const began = await moveStep(acting, plan, index, 'waiting', { state: 'started' });
  if (!began) return { end: 'no-longer-ours' };
  const about = aboutPlan(plan);
  const sent = plan.steps[index];
  const step = `${index + 1} of ${plan.steps.length}`;
  try {
    const answer = await writer.apply(action, { deadlineMs: WRITE_MS });
    const { asked } = answer;
    const different = leftOtherwise(sent ?? {}, action, answer.object);
    const because = different.otherwise && otherwiseWords(different.otherwise.join('; '));
    await append(acting.store, acting.clock, {
      kind: 'applied',
      ...about,
      details: {
        ...{ step, asked, request: maskedAction(action), answer: gistOf(answer) },
        ...(because === undefined ? {} : { because }),
      },
    });
    const left = sent ? leftBy({ plan, step: sent }, answer.object) : {};
    await moveStep(acting, plan, index, 'started', { state: 'done', said: asked, ...left, ...different });
    return because === undefined ? { end: 'done' } : { end: 'otherwise', because };
  } catch (failure) {
    if (!(failure instanceof WriteFailure)) throw failure;
    const because = wordsOf(failure);
    const mayBeGone = !failure.ambiguous && (failure.kind === 'not-found' || failure.kind === 'conflict');
    if (sent && mayBeGone && (await isGone(cluster, sent, plan))) {
      await noteGone(acting, plan, index, { request: maskedAction(action), answer: failure.kind });
      await moveStep(acting, plan, index, 'started', { state: 'done', said: WAS_GONE });
      return { end: 'done' };
    }
    if (!failure.ambiguous) {
      await append(acting.store, acting.clock, {
        kind: 'failed',
        ...about,
        details: { step, request: maskedAction(action), answer: failure.kind, because },
      });
      await moveStep(acting, plan, index, 'started', { state: 'failed', said: because });
      return { end: 'failed', because: `${describeAction(action)}: ${because}`, conflict: failure.kind === 'conflict' };
    }
    const seen = sent ? await lookFor(cluster, sent, plan) : 'Which step it was is not known';
    await append(acting.store, acting.clock, {
      kind: 'unknown',
      ...about,
      details: { step, request: maskedAction(action), because: `${because}. ${seen}` },
    });
    await moveStep(acting, plan, index, 'started', { state: 'unknown', said: because });
    return { end: 'unknown', doubt: { what: `${describeAction(action)}: ${because}`, seen } };
  }
}

export function stepOf({ action, changes, marks }: Request): Step {
  const { verb, object } = action;
  const uid = uidOf(action);
  return {
    action: describeAction(action),
    ...{ verb, object, changes, marks, state: 'waiting' },
    ...(uid === undefined ? {} : { uid }),
  };
}

function uidOf(action: Action): string | undefined {
  if (action.verb === 'create') return undefined;
  if (action.verb !== 'patch') return action.uid;
  const { uid } = (action.body.metadata ?? {}) as JsonObject;
  return typeof uid === 'string' ? uid : undefined;
}

/** `false`: the step or the plan is no longer as expected, or somebody stopped it, and nothing was written. */
export function moveStep(
  acting: Acting,
  { id }: Pick<Plan, 'id'>,
  index: number,
  from: Step['state'],
  to: Pick<Step, 'state' | 'said' | 'template' | 'spec' | 'cordon' | 'otherwise' | 'marks'>,
): Promise<boolean> {
  return amendPlan<boolean>(
    acting.store,
    id,
    (plan) => {
      if (plan.state !== 'executing' || plan.steps[index]?.state !== from) return { result: false };
      if (plan.stopped && from === 'waiting') return { result: false };
      const now = acting.clock.now();
      const steps = plan.steps.map((step, at) => (at === index ? { ...step, ...to, at: now.toISOString() } : step));
      return { result: true, value: changed(plan, { steps }, now) };
    },
    false,
  );
}

const Answered = z.looseObject({
  kind: z.string().optional(),
  metadata: z
    .object({
      uid: z.string().optional(),
      resourceVersion: z.string().optional(),
      generation: z.number().optional(),
      deletionTimestamp: z.string().nullish(),
    })
    .optional(),
});

/** What came back, for the ledger: enough to find the same write in the API server's audit log, and no content. */
function gistOf({ status, object }: WriteAnswer): Readonly<Record<string, unknown>> {
  const { kind, metadata } = Answered.safeParse(object).data ?? {};
  return { status, ...(kind === undefined ? {} : { kind }), ...metadata };
}

function wordsOf(failure: unknown): string {
  const remedy = failure instanceof WriteFailure && failure.remedy ? `\n${failure.remedy}` : '';
  return redact(`${messageOf(failure)}${remedy}`);
}
