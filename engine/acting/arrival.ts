import * as z from 'zod';
import type { ObjectRef } from '../action.ts';
import { PLAN_ANNOTATION } from '../changes/annotate.ts';
import { fieldsArrived } from '../changes/marks.ts';
import { messageOf, ReadFailure } from '../errors.ts';
import type { Plan, Step } from '../plan.ts';
import { redact } from '../redact.ts';
import type { Cluster } from '../triage.ts';
import { isNotOurs } from './claimed.ts';
import { READ_MS } from './compile.ts';

const LOOK = { deadlineMs: READ_MS, maxBytes: 4 * 1024 * 1024 };

const Seen = z.looseObject({
  metadata: z.looseObject({
    uid: z.string(),
    deletionTimestamp: z.string().nullish(),
    annotations: z.record(z.string(), z.string()).default({}),
  }),
});
type Seen = z.infer<typeof Seen>;

/** The plan of a step. */
type Asked = Pick<Plan, 'id' | 'enteredAt'>;

/**
 * Did the request of a step arrive? Told as what was seen, from the object alone: whether the plan could be made again
 * says nothing about it. What to make of it is for a person to decide.
 */
export async function lookFor(cluster: Cluster, step: Step, plan: Asked): Promise<string> {
  return (await sightOf(cluster, step, plan)).words;
}

export interface Sight {
  readonly words: string;
  readonly arrived: 'yes' | 'no' | 'cannot-tell' | 'not-seen';
  /** It is there, and somebody else may have made it (`claimed.ts`). */
  readonly notOurs?: boolean;
}

export async function sightOf(cluster: Cluster, step: Step, plan: Asked): Promise<Sight> {
  if (!step.object) return { words: 'Which object it was about is not known', arrived: 'cannot-tell' };
  try {
    const now = await objectNow(cluster, step.object);
    const answer = arrived(step, plan.id, now);
    const notOurs = answer === 'yes' && isNotOurs(step, plan, now);
    const words = {
      yes: `Looked in the cluster: the change is there${notOurs ? ', and does not bear our name: somebody else may have made it' : ''}`,
      no: 'Looked in the cluster: the change is not there',
      'cannot-tell': 'Looked in the cluster: whether the change was made cannot be told from the object',
    }[answer];
    return { words, arrived: answer, notOurs };
  } catch (failure) {
    return { words: `Could not look in the cluster: ${redact(messageOf(failure))}`, arrived: 'not-seen' };
  }
}

/** The object as it is now; `null`: it does not exist. Throws `ReadFailure`. */
export async function objectNow({ source }: Cluster, { kind, name, namespace }: ObjectRef): Promise<unknown> {
  const place = namespace === undefined ? {} : { namespace };
  try {
    return (await source.read({ verb: 'get', kind, name, fresh: true, ...place }, LOOK)).body;
  } catch (failure) {
    if (failure instanceof ReadFailure && failure.kind === 'not-found') return null;
    throw failure;
  }
}

/** Judged from the object as it is now; `null`: it does not exist. */
export function arrived(step: Step, plan: string, now: unknown): 'yes' | 'no' | 'cannot-tell' {
  const read = Seen.nullable().safeParse(now);
  if (!read.success) return 'cannot-tell';
  switch (step.verb) {
    case 'patch':
      return read.data?.metadata.uid === step.uid ? fieldsArrived(step.marks ?? [], read.data) : 'cannot-tell';
    case 'create':
      return created(plan, read.data);
    case 'delete':
    case 'evict':
      return removed(step.uid, read.data);
    default:
      return 'cannot-tell';
  }
}

/** What Nightshift creates names the plan that did. */
function created(plan: string, now: Seen | null): 'yes' | 'no' {
  return now?.metadata.annotations[PLAN_ANNOTATION] === plan ? 'yes' : 'no';
}

function removed(uid: string | undefined, now: Seen | null): 'yes' | 'no' {
  return now === null || now.metadata.uid !== uid || now.metadata.deletionTimestamp ? 'yes' : 'no';
}
