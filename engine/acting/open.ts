import { risksOf } from '../changes/catalog.ts';
import { Refused } from '../errors.ts';
import type { Plan } from '../plan.ts';
import { objectionToAsking, request } from './decide.ts';
import { type Answer, deny } from './decided.ts';
import type { Acting } from './desk.ts';
import { sameFixUnderWay } from './incident-plans.ts';
import { denyOnce } from './incident-wishes.ts';
import { aboutPlan, append } from './ledger.ts';
import { atPress } from './looking-up.ts';
import type { Made } from './messages.ts';
import { planCardOf } from './plan-card.ts';
import { type Planned, planAgain, planRemedy, planUndo } from './planner.ts';
import { type Caller, mayLook } from './policy.ts';
import { asSeen, interlocksNow } from './present-interlocks.ts';
import { amendPlan, changed, planById } from './stored.ts';
import { answered, answerOnce, isAnswered, madeBy, noteMade, tooLate } from './wished.ts';

export interface Wish {
  readonly incident: string;
  readonly remedy: string;
  readonly by: string;
  /** The modal that waits for the plan. */
  readonly view?: string;
  readonly made?: Made | undefined;
}

type Shown = { readonly plan: Plan } | { readonly problem: string };

/**
 * Somebody opened a fix: makes its plan, writes down who saw it, and shows it in the modal that waits for it. A fix that
 * waits for approval or is being done shows that plan instead, with the values of this moment. Whoever is no member of
 * the workspace is told so before anything is read. A message that comes again, because the modal could not be filled,
 * shows the plan that it has made.
 */
export async function openPlan(acting: Acting, wish: Wish): Promise<Shown> {
  const shown = await lookedAt(acting, wish).catch((failure: unknown): Shown => {
    // The configuration cannot be read, or the ledger not be written: the modal must not wait for ever.
    if (failure instanceof Refused) return { problem: failure.message };
    throw failure;
  });
  if (wish.view !== undefined) {
    await acting.chat.showPlan(wish.view, 'problem' in shown ? shown : await planCardOf(acting, shown.plan));
  }
  return shown;
}

async function lookedAt(acting: Acting, { incident, remedy, by, made }: Wish): Promise<Shown> {
  const before = await madeBy(acting.store, made);
  if (before?.incident === incident && before.remedy === remedy) return { plan: before };
  const may = await mayLook(atPress(acting, made).people, { user: by });
  if (!may.allowed) {
    const details = { what: 'open', remedy, why: may.why };
    await denyOnce(acting, { kind: 'denied', incident, by, details }, undefined, made);
    return { problem: `You may not look at plans: ${may.why}.` };
  }
  const open = await sameFixUnderWay(acting.store, { incident, remedy });
  if (open) return { plan: await seenNow(acting, open, by) };
  const planned = await planRemedy(acting, incident, remedy);
  return 'problem' in planned ? planned : { plan: await storeShown(acting, planned, by, made) };
}

/**
 * "Undo" and "Plan again" on a plan's own message: the new plan is asked for at once, and shown in the thread with its
 * buttons. It needs approval like any other.
 */
export async function planAnew(
  acting: Acting,
  id: string,
  caller: Caller,
  how: 'undo' | 'again',
  made?: Made | undefined,
): Promise<Answer> {
  const old = await planById(acting.store, id);
  if (!old) return 'This plan is no longer known.';
  if (isAnswered(old, made)) return undefined;
  const before = await madeBy(acting.store, made);
  // The message has come again: what it asks for was asked for, whatever became of that.
  if (before && before.state !== 'shown') return undefined;
  const late = tooLate(made, acting.clock.now());
  if (late !== undefined) return answerOnce(acting, id, caller, `Nothing was done: ${late}.`, made);
  if (before) return request(acting, before.id, caller);
  const planned = await plannedAnew(acting, old, caller, how);
  if (typeof planned === 'string') return answerOnce(acting, id, caller, planned, made);
  if ('text' in planned) return deny(acting, old, caller, planned, made);
  const plan = await storeShown(acting, planned, caller.user, made);
  return answerOnce(acting, id, caller, await request(acting, plan.id, caller), made);
}

/** Or why there is none, in words for the one who asked. */
async function plannedAnew(acting: Acting, old: Plan, caller: Caller, how: 'undo' | 'again') {
  if (how === 'undo' && old.state !== 'applied' && old.state !== 'partly-applied')
    return 'Only what was applied can be undone.';
  // An undo is judged by what it does, not by what it takes back: who may not ask for that may well ask for this.
  const { inverse, title } = old;
  const isUndo = how === 'undo' && !('none' in inverse);
  const wanted = isUndo ? { ...old, title: `Undo: ${title}`, risk: risksOf(inverse) } : old;
  const no = await objectionToAsking(atPress(acting, undefined), wanted, caller);
  if (no) return no;
  const { undoes: _other, ...fix } = old;
  const undoes = how === 'undo' ? old.id : old.undoes;
  // A second click, or a message that comes twice, does not ask for the same thing twice.
  const asked = await sameFixUnderWay(acting.store, undoes === undefined ? fix : { ...fix, undoes });
  if (asked) return 'It was asked for already: see the thread.';
  const planned = how === 'undo' ? await planUndo(acting, old) : await planAgain(acting, old);
  return 'problem' in planned ? `There is no plan: ${planned.problem}` : planned;
}

async function storeShown(
  acting: Acting,
  { plan: fresh }: Extract<Planned, { plan: Plan }>,
  by: string,
  made?: Made | undefined,
): Promise<Plan> {
  const plan = changed(fresh, { shownTo: [by], ...answered(fresh, made) }, acting.clock.now());
  await noteShown(acting, plan, by);
  await noteMade(acting.store, made, plan);
  await acting.store.put({ collection: 'plans', id: plan.id, value: plan, expect: 'absent' });
  return plan;
}

/** The plan that is under way, seen by one person more. What is being done already is left alone. */
async function seenNow(acting: Acting, { id }: Plan, by: string): Promise<Plan> {
  const seen = await amendPlan<Plan | undefined>(
    acting.store,
    id,
    async (plan) => {
      if (plan.state !== 'requested') return { result: plan };
      const now = acting.clock.now();
      const shownTo = plan.shownTo.includes(by) ? plan.shownTo : [...plan.shownTo, by];
      const value = changed(asSeen(plan, await interlocksNow(acting, plan), now), { shownTo }, now);
      return { result: value, value };
    },
    undefined,
  );
  if (!seen) throw new Error(`plan ${id} is gone`);
  await noteShown(acting, seen, by);
  return seen;
}

function noteShown({ store, clock }: Acting, plan: Plan, by: string) {
  return append(store, clock, { kind: 'shown', ...aboutPlan(plan), by, details: { described: plan.described } });
}
