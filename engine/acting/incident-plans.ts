import { amend } from '../documents.ts';
import { type Incident, slotOf } from '../incident.ts';
import type { Plan } from '../plan.ts';
import type { Clock, Collection, Store } from '../ports.ts';
import { enter, isWhole, plansUnderWay } from './agenda.ts';
import { incidentById, planById, plansIn } from './stored.ts';

/** A card shows so many plans; older ones stay in the thread and in the ledger. */
export const SHOWN_ON_CARD = 5;
/** Between claiming a fix and asking for it lies one write; whoever takes longer has died in between. */
const CLAIM_MS = 60_000;

/** Every plan somebody asked for, the oldest first. */
export async function plansOf(store: Store, { plans = [] }: Pick<Incident, 'plans'>): Promise<readonly Plan[]> {
  const found = await Promise.all(plans.map((id) => planById(store, id)));
  return found.filter((plan) => plan !== undefined);
}

/**
 * Every plan of this incident that was asked for. Each is noted with the incident by whoever claims its fix; where the
 * incident is forgotten, or an earlier version may not have noted it, they are looked for among all.
 */
export async function plansAbout(store: Store, incident: string): Promise<readonly Plan[]> {
  const found = (await isWhole(store)) ? await incidentById(store, incident) : undefined;
  return found ? plansOf(store, found) : (await plansIn(store)).filter((plan) => plan.incident === incident);
}

/** It waits for people, or for its turn, or is being done. */
export function isUnderWay({ state }: Plan): boolean {
  return state === 'requested' || state === 'approved' || state === 'executing';
}

/** The plan of the same fix that is under way: of one fix there is never more than one. */
export async function sameFixUnderWay(
  store: Store,
  wanted: Pick<Plan, 'incident' | 'remedy' | 'undoes'>,
): Promise<Plan | undefined> {
  const plans = await plansUnderWay(store);
  return plans.find((plan) => plan.incident === wanted.incident && fixOf(plan) === fixOf(wanted) && isUnderWay(plan));
}

/**
 * Only the plan that holds the claim may be asked for: of two people who ask at the same moment one gets it. The
 * incident remembers the plan, too, so that its card can show what becomes of it.
 */
export async function claimFix({ store, clock }: { readonly store: Store; readonly clock: Clock }, plan: Plan) {
  const other = await sameFixUnderWay(store, plan);
  if (other && other.id !== plan.id) return false;
  await enter({ store, clock }, plan);
  const fix = fixOf(plan);
  const claimIn = (collection: Collection, id: string) =>
    amend<Incident, boolean | undefined>(store, collection, id, async (incident) => {
      if (incident?.id !== plan.incident) return { result: undefined };
      const { [fix]: held, ...others } = incident.asking ?? {};
      if (held && held.plan !== plan.id && (await isTaken(store, held, clock.now()))) return { result: false };
      const plans = incident.plans ?? [];
      const asking = { ...others, [fix]: { plan: plan.id, at: clock.now().toISOString() } };
      const value = { ...incident, asking, plans: plans.includes(plan.id) ? plans : [...plans, plan.id] };
      return { result: true, value };
    });
  // That it is over for long keeps nobody from taking back what was done. What is forgotten has no card to ask on.
  return (await claimIn('incidents', slotOf(plan.incident))) ?? (await claimIn('closed', plan.incident)) ?? true;
}

async function isTaken(store: Store, held: NonNullable<Incident['asking']>[string], now: Date): Promise<boolean> {
  const holder = await planById(store, held.plan);
  if (!holder) return false;
  const justClaimed = holder.state === 'shown' && now.getTime() - Date.parse(held.at) < CLAIM_MS;
  return isUnderWay(holder) || justClaimed;
}

/** An undo is another fix than what it takes back. */
function fixOf({ remedy, undoes }: Pick<Plan, 'remedy' | 'undoes'>): string {
  return undoes === undefined ? remedy : `undo ${undoes}`;
}
