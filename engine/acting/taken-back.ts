import type { Plan } from '../plan.ts';
import { announcePlan } from './announce.ts';
import type { Acting } from './desk.ts';
import { amendPlan, changed } from './stored.ts';

/**
 * All of what a plan did was taken back: it is not looked at any more whether that helped, and nobody is offered to take
 * it back again. Doing it twice changes nothing.
 */
export async function noteTakenBack(acting: Acting, { id, undoes, state, endedAt, updatedAt }: Plan): Promise<void> {
  if (undoes === undefined || state !== 'applied') return;
  await amendPlan<void>(
    acting.store,
    undoes,
    (plan) => {
      if (plan.takenBack) return { result: undefined };
      const { verification, ...rest } = plan;
      const told = verification && verification.verdict !== 'waiting' ? { verification } : {};
      const takenBack = { plan: id, at: endedAt ?? updatedAt };
      const value = changed({ ...rest, ...told }, { takenBack }, acting.clock.now());
      return { result: undefined, value, send: announcePlan(acting, value) };
    },
    undefined,
  );
}
