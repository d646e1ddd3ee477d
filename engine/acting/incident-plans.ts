import { amend } from '../documents.ts';
import { type Incident, slotOf } from '../incident.ts';
import type { Plan } from '../plan.ts';
import type { Store } from '../ports.ts';
import { planById } from './stored.ts';

/** A card shows so many plans; older ones stay in the thread and in the ledger. */
const SHOWN_ON_CARD = 5;

/** The incident remembers the plan, so that its card can show what becomes of it. */
export async function withPlan(
  { store }: { readonly store: Store },
  plan: Pick<Plan, 'id' | 'incident'>,
): Promise<void> {
  await amend<Incident, void>(store, 'incidents', slotOf(plan.incident), (incident) => {
    if (incident?.id !== plan.incident || incident.plans?.includes(plan.id)) return { result: undefined };
    return { result: undefined, value: { ...incident, plans: [...(incident.plans ?? []), plan.id] } };
  });
}

/** The last plans somebody asked for, the oldest first. */
export async function plansOf(store: Store, { plans = [] }: Pick<Incident, 'plans'>): Promise<readonly Plan[]> {
  const found = await Promise.all(plans.slice(-SHOWN_ON_CARD).map((id) => planById(store, id)));
  return found.filter((plan) => plan !== undefined);
}
