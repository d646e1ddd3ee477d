import { type Amendment, amend } from '../documents.ts';
import { type ByHand, type Incident, slotOf } from '../incident.ts';
import type { Plan } from '../plan.ts';
import type { Store } from '../ports.ts';

export async function planById(store: Pick<Store, 'get'>, id: string): Promise<Plan | undefined> {
  return (await store.get<Plan>('plans', id))?.value;
}

/** All of them: for what is seldom asked. What each press asks is on the agenda (`agenda.ts`). */
export async function plansIn(store: Pick<Store, 'list'>): Promise<readonly Plan[]> {
  return (await store.list<Plan>('plans')).map(({ value }) => value);
}

/** The incident of this id, also when it is closed and a newer one stands in its slot. */
export async function incidentById(store: Pick<Store, 'get'>, id: string): Promise<Incident | undefined> {
  const current = (await store.get<Incident>('incidents', slotOf(id)))?.value;
  return current?.id === id ? current : (await store.get<Incident>('closed', id))?.value;
}

/** Changes a plan on the condition that nobody else did meanwhile. `decide` sees it as it is now. */
export function amendPlan<R>(
  store: Store,
  id: string,
  decide: (plan: Plan) => Amendment<Plan, R> | Promise<Amendment<Plan, R>>,
  absent: R,
): Promise<R> {
  return amend<Plan, R>(store, 'plans', id, (plan) => (plan ? decide(plan) : { result: absent }));
}

/** The plan with these fields, stamped. */
export function changed(plan: Plan, fields: Partial<Plan>, now: Date): Plan {
  return { ...plan, ...fields, updatedAt: now.toISOString() };
}

/** Something of it was done: it is verified, and can be taken back. */
export function isDone({ state }: Pick<Plan, 'state'>): boolean {
  return state === 'applied' || state === 'partly-applied';
}

/** Its verdict was given: that it waits for one is none. */
export function isVerified({ verification }: Pick<Plan | ByHand, 'verification'>): boolean {
  return verification !== undefined && verification.verdict !== 'waiting';
}

/** No longer than this after its last request: pods of a node that is silent stay Terminating until it is back. */
const AWAITS_PODS_MS = 3_600_000;

/** Whether what has ended pods, verified or not, has to be looked at for pods that are still ending, or that nobody has seen. */
export function awaitsPods({ ending, endedAt = '' }: Pick<Plan, 'ending' | 'endedAt'>, now: Date): boolean {
  return ending !== undefined && now.getTime() - Date.parse(endedAt) < AWAITS_PODS_MS;
}
