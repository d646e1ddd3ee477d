import type { Amendment } from '../documents.ts';
import type { Plan } from '../plan.ts';
import type { Acting } from './desk.ts';
import { appendingOnce, type Happening } from './ledger.ts';
import { amendPlan } from './stored.ts';

/** What a change goes by, each time that it is tried. */
export interface Noting {
  readonly now: Date;
  /** Into the ledger, once however often the change is tried. */
  readonly note: (happening: Happening) => Promise<void>;
}

/** As `amendPlan`, with an entry in the ledger. Of a plan that is gone nothing is changed, and nothing comes back. */
export function amendNoted<R>(
  { store, clock }: Pick<Acting, 'store' | 'clock'>,
  id: string,
  decide: (plan: Plan, noting: Noting) => Promise<Amendment<Plan, R | undefined>>,
): Promise<R | undefined> {
  const note = appendingOnce(store, clock);
  return amendPlan<R | undefined>(store, id, (plan) => decide(plan, { now: clock.now(), note }), undefined);
}
