import type { Plan } from '../plan.ts';
import type { Store } from '../ports.ts';
import { type Answer, objectionToAsking, request } from './decide.ts';
import type { Acting } from './desk.ts';
import { append } from './ledger.ts';
import { planCardOf } from './plan-card.ts';
import { type Planned, planAgain, planRemedy, planUndo } from './planner.ts';
import type { Caller } from './policy.ts';
import { changed, planById } from './stored.ts';

export interface Wish {
  readonly incident: string;
  readonly remedy: string;
  readonly by: string;
  /** The modal that waits for the plan. */
  readonly view?: string;
}

/** Somebody opened a fix: makes its plan, writes down who saw it, and shows it in the modal that waits for it. */
export async function openPlan(acting: Acting, { incident, remedy, by, view }: Wish): Promise<Planned> {
  const planned = await planRemedy(acting, incident, remedy);
  const shown = 'problem' in planned ? planned : { ...planned, plan: await storeShown(acting, planned.plan, by) };
  if (view !== undefined) {
    await acting.chat.showPlan(view, 'problem' in shown ? shown : await planCardOf(acting, shown.plan));
  }
  return shown;
}

/**
 * "Undo" and "Plan again" on a plan's own message: the new plan is asked for at once, and shown in the thread with its
 * buttons. It needs approval like any other.
 */
export async function planAnew(acting: Acting, id: string, caller: Caller, how: 'undo' | 'again'): Promise<Answer> {
  const old = await planById(acting.store, id);
  if (!old) return 'This plan is no longer known.';
  if (how === 'undo' && old.state !== 'applied') return 'Only what was applied can be undone.';
  const no = await objectionToAsking(acting, old, caller);
  if (no !== undefined) return no;
  const undoes = how === 'undo' ? old.id : old.undoes;
  if (await isAskedFor(acting.store, old, undoes)) return 'It was asked for already: see the thread.';
  const planned = how === 'undo' ? await planUndo(acting, old) : await planAgain(acting, old);
  if ('problem' in planned) return `There is no plan: ${planned.problem}`;
  const plan = await storeShown(acting, planned.plan, caller.user);
  return request(acting, plan.id, caller);
}

/** A second click, or a message that comes twice, does not ask for the same thing twice. */
async function isAskedFor(store: Store, { incident, remedy }: Plan, undoes: string | undefined): Promise<boolean> {
  const plans = (await store.list<Plan>('plans')).map(({ value }) => value);
  return plans.some(
    (plan) => plan.incident === incident && plan.remedy === remedy && plan.undoes === undoes && isUnderWay(plan),
  );
}

function isUnderWay({ state }: Plan): boolean {
  return state === 'requested' || state === 'approved' || state === 'executing';
}

async function storeShown(acting: Acting, fresh: Plan, by: string): Promise<Plan> {
  const plan = changed(fresh, { shownTo: [by] }, acting.clock.now());
  const { cluster, incident, id, digest, described } = plan;
  const about = { cluster, incident, plan: id, digest };
  await append(acting.store, acting.clock, { kind: 'shown', ...about, by, details: { described } });
  await acting.store.put({ collection: 'plans', id, value: plan, expect: 'absent' });
  return plan;
}
