import type { Plan } from '../plan.ts';
import type { Store } from '../ports.ts';
import { planById } from './stored.ts';

/** An undo takes a change back; an undo of that is the change again, and its undo takes that back. And so on. */
export async function takesBackAChange(store: Store, { undoes }: Pick<Plan, 'undoes'>): Promise<boolean> {
  if (undoes === undefined) return false;
  const undone = await planById(store, undoes);
  return undone === undefined || !(await takesBackAChange(store, undone));
}
