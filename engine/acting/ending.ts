import type { Plan } from '../plan.ts';
import type { Outgoing } from '../ports.ts';
import { amendNoted } from './amend-noted.ts';
import { announcePlan } from './announce.ts';
import { inverseOf } from './compile.ts';
import type { Acting } from './desk.ts';
import { drainsNow, notEmpty } from './drained.ts';
import { aboutPlan, type EntryKind, type Happening } from './ledger.ts';
import { otherwiseIn, otherwiseWords } from './otherwise.ts';
import { changed } from './stored.ts';
import { noteTakenBack } from './taken-back.ts';
import { firstLook } from './verify.ts';

type End = 'applied' | 'partly-applied' | 'failed' | 'unknown' | 'moot';

/** Where it ends, for now. A plan that has moved on meanwhile is left as it is. */
export async function end(
  acting: Acting,
  plan: Plan,
  state: End,
  because?: string,
  send: readonly Outgoing[] = [],
  { doubt, entry, ending }: Pick<Plan, 'doubt' | 'ending'> & { readonly entry?: Happening | undefined } = {},
): Promise<void> {
  const ended = await amendNoted<Plan>(acting, plan.id, async (current, { now, note }) => {
    if (current.state !== plan.state) return { result: undefined };
    const kind = entryOf(current, state);
    const steps = plan.steps.map((step, at) => (step.state === 'unknown' ? step : (current.steps[at] ?? step)));
    const inverse = state === 'partly-applied' ? inverseOfDone({ ...current, steps }) : current.inverse;
    const details = { because, ...(kind === 'partly-applied' ? { ...countOf(steps), inverse } : {}) };
    if (entry) await note(entry);
    else if (kind) await note({ kind, ...aboutPlan(current), details });
    const begun = current.executedAt === undefined ? {} : { endedAt: now.toISOString() };
    const { paused: _over, ...left } = current;
    const value = changed(
      left,
      {
        ...(doubt ? { doubt } : {}),
        ...(ending ? { ending } : {}),
        state,
        steps,
        inverse,
        ...begun,
        ...(because === undefined ? {} : { because }),
      },
      now,
    );
    return { result: value, value, send: [...announcePlan(acting, value), ...send] };
  });
  if (ended) await noteTakenBack(acting, ended);
}

/**
 * All requests were answered. Of a drain that is no proof that its nodes are empty: it is looked once more. What is stored
 * otherwise than was meant is applied, and said to be so.
 */
export async function endDone(acting: Acting, plan: Plan): Promise<void> {
  const { left, ending } = await drainsNow(acting, plan);
  const more = ending === undefined ? {} : { ending };
  const otherwise = otherwiseIn(plan);
  const because = otherwise && otherwiseWords(otherwise);
  if (left === undefined) return end(acting, plan, 'applied', because, firstLook(plan), more);
  const both = because === undefined ? notEmpty(left) : `${because}; ${notEmpty(left)}`;
  return end(acting, plan, 'partly-applied', both, firstLook(plan));
}

/**
 * It cannot go on. Where nothing was done it failed; where some of it was, that is verified like any other change and
 * can be taken back, and what is left takes a plan of its own.
 */
export async function stop(acting: Acting, plan: Plan, because: string): Promise<void> {
  const words = afterSteps(plan.steps, because);
  if (countOf(plan.steps).done === 0) return end(acting, plan, 'failed', words);
  return end(acting, plan, 'partly-applied', words, firstLook(plan));
}

/** How far it came, and why no further. */
export function afterSteps(steps: Plan['steps'], because: string): string {
  const { done, of } = countOf(steps);
  return done === 0 ? because : `stopped after ${done} of ${of} steps: ${because}`;
}

/** What takes back the changes of which anything was done. */
export function inverseOfDone({ steps, inverses, inverse }: Plan): Plan['inverse'] {
  if (!inverses) return inverse;
  const begun = new Set(steps.flatMap(({ state, changes = [] }) => (state === 'done' ? changes : [])));
  return inverseOf(inverses.filter((_inverse, index) => begun.has(index)));
}

export function countOf(steps: Plan['steps']): { readonly done: number; readonly of: number } {
  return { done: steps.filter(({ state }) => state === 'done').length, of: steps.length };
}

/** What no entry says yet: each request has its own. */
function entryOf({ state: from }: Plan, to: End): EntryKind | undefined {
  if (to === 'partly-applied') return 'partly-applied';
  if (to === 'moot') return 'withdrawn';
  return to === 'failed' && from === 'approved' ? 'failed' : undefined;
}
