import { canonicalJson } from '../change.ts';
import type { Plan } from '../plan.ts';
import { announcePlan } from './announce.ts';
import type { Acting } from './desk.ts';
import { plansAbout } from './incident-plans.ts';
import { goneOnWith } from './lineage.ts';
import { otherwiseIn } from './otherwise.ts';
import { amendPlan, changed, isDone, isVerified } from './stored.ts';

/**
 * All of what a plan did was taken back: it is not looked at any more whether that helped, and nobody is offered to take
 * it back again. Doing it twice changes nothing. What an undo has left otherwise than it was before is not taken back.
 */
export async function noteTakenBack(acting: Acting, undo: Plan): Promise<void> {
  if (undo.undoes === undefined || undo.state !== 'applied' || otherwiseIn(undo) !== undefined) return;
  const plans = await plansAbout(acting.store, undo.incident);
  for (const plan of plans.filter((one) => wouldTakeBack(undo, one, plans))) await noteOn(acting, plan.id, undo);
}

/**
 * Whether an undo, once it is done, has taken this plan back: it is the one it was made for, or one that was gone on with
 * before or after that one, and nothing of it would be left.
 */
export function wouldTakeBack(undo: Plan, plan: Plan, plans: readonly Plan[]): boolean {
  if (undo.undoes === plan.id) return true;
  const undone = plans.find(({ id }) => id === undo.undoes);
  if (!undone) return false;
  const isPart = (one: Plan, of: Plan) => goneOnWith(of, plans).some(({ id }) => id === one.id);
  return (isPart(plan, undone) || isPart(undone, plan)) && isCovered(plan, undo);
}

/** Whether what would take it back is among what is done by the undo, after it. */
function isCovered({ inverse, executedAt = '', ...plan }: Plan, undo: Plan): boolean {
  if ('none' in inverse || inverse.length === 0 || !isDone(plan)) return false;
  const done = new Set(undo.changes.map(canonicalJson));
  return executedAt <= (undo.executedAt ?? '') && inverse.every((change) => done.has(canonicalJson(change)));
}

async function noteOn(acting: Acting, id: string, undo: Plan): Promise<void> {
  await amendPlan<void>(
    acting.store,
    id,
    (plan) => {
      if (plan.takenBack) return { result: undefined };
      const { verification, ...rest } = plan;
      const told = verification && isVerified(plan) ? { verification } : {};
      const takenBack = { plan: undo.id, at: undo.endedAt ?? undo.updatedAt };
      const value = changed({ ...rest, ...told }, { takenBack }, acting.clock.now());
      return { result: undefined, value, send: announcePlan(acting, value) };
    },
    undefined,
  );
}
