import { tellMessage } from '../messages.ts';
import type { Plan } from '../plan.ts';
import type { Outgoing, Store } from '../ports.ts';
import { isWhole } from './agenda.ts';
import type { Made } from './messages.ts';
import { amendPlan, planById, plansIn } from './stored.ts';

/** A plan remembers so many: what is older than the last ones is too old to be decided anyway, or is a no. */
const KEPT = 200;
/**
 * A yes counts for the moment it was said at. So long a message may be on its way: one whose process was killed comes
 * again after five minutes. What stands in the way, and what the person saw, is another thing by then.
 */
const YES_HOLDS_MS = 600_000;

type Remembering = Pick<Plan, 'wishes'>;

/** Whether this very wish was answered before: its message has come again. */
export function isAnswered({ wishes = [] }: Remembering, made: Made | undefined): boolean {
  return made !== undefined && wishes.includes(made.wish);
}

/** To be written with what came of the wish. */
export function answered({ wishes = [] }: Remembering, made: Made | undefined): Remembering {
  return made ? { wishes: [...wishes.filter((wish) => wish !== made.wish), made.wish].slice(-KEPT) } : {};
}

/** Why a yes is not taken any more, or nothing; whoever said it has to look, and say it again. */
export function tooLate(made: Made | undefined, now: Date): string | undefined {
  if (!made || !isOlder(made, now, YES_HOLDS_MS)) return undefined;
  return `it was said at ${made.at}, which is too old: a press is good for ${YES_HOLDS_MS / 60_000} minutes. Look at it as it is now, and press again`;
}

/** A time that cannot be read, or that is far ahead, proves nothing. */
export function isOlder({ at }: Made, now: Date, thanMs: number): boolean {
  return !(Math.abs(now.getTime() - Date.parse(at)) <= thanMs);
}

/**
 * What somebody is told, to be sent with the note that their wish was answered: both or neither, so that no trouble of
 * Slack's has it decided again. Of a wish without identity nothing can be noted: whoever asked tells it.
 */
export function told(by: string, text: string | undefined, made: Made | undefined) {
  const send: readonly Outgoing[] = made && text !== undefined ? [tellMessage(by, text)] : [];
  return { answer: made ? undefined : text, send };
}

/** Of a wish of which nothing came: when it comes again nothing may come of it either. */
export function answerOnce(
  { store }: { readonly store: Store },
  id: string,
  { user }: { readonly user: string },
  text: string | undefined,
  made: Made | undefined,
): Promise<string | undefined> {
  const { answer, send } = told(user, text, made);
  if (!made) return Promise.resolve(answer);
  return amendPlan<string | undefined>(
    store,
    id,
    (plan) =>
      isAnswered(plan, made)
        ? { result: undefined }
        : { result: answer, value: { ...plan, ...answered(plan, made) }, send },
    text,
  );
}

/** The plan that this wish has made, when its message came before. */
export async function madeBy(store: Store, made: Made | undefined): Promise<Plan | undefined> {
  if (!made) return undefined;
  const note = await store.get<PlanOf>('progress', planOf(made));
  const plan = note && (await planById(store, note.value.plan));
  if (plan || (await isWhole(store))) return plan;
  return (await plansIn(store)).find((one) => isAnswered(one, made));
}

/** Noted before the plan is stored: who comes again finds it without going through all. */
export async function noteMade(store: Store, made: Made | undefined, plan: Pick<Plan, 'id'>): Promise<void> {
  const value: PlanOf = { plan: plan.id };
  if (made) await store.put({ collection: 'progress', id: planOf(made), value, expect: 'any' });
}

interface PlanOf {
  readonly plan: string;
}

function planOf({ wish }: Made): string {
  return `plan-of/${wish}`;
}
