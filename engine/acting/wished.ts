import type { Plan } from '../plan.ts';
import type { Store } from '../ports.ts';
import type { Made } from './messages.ts';
import { amendPlan, plansIn } from './stored.ts';

/** A plan remembers so many: a message comes again within minutes, and few people press so fast. */
const KEPT = 50;

/** Whether this very wish was answered before: its message has come again. */
export function isAnswered({ wishes = [] }: Pick<Plan, 'wishes'>, made: Made | undefined): boolean {
  return made !== undefined && wishes.includes(made.wish);
}

/** To be written with what came of the wish. */
export function answered({ wishes = [] }: Pick<Plan, 'wishes'>, made: Made | undefined): Pick<Plan, 'wishes'> {
  return made ? { wishes: [...wishes.filter((wish) => wish !== made.wish), made.wish].slice(-KEPT) } : {};
}

/** Of a wish of which nothing came: when it comes again nothing may come of it either. */
export async function noteAnswered(store: Store, id: string, made: Made | undefined): Promise<void> {
  if (!made) return;
  await amendPlan<void>(
    store,
    id,
    (plan) =>
      isAnswered(plan, made)
        ? { result: undefined }
        : { result: undefined, value: { ...plan, ...answered(plan, made) } },
    undefined,
  );
}

/** The plan that this wish has made, when its message came before. */
export async function madeBy(store: Store, made: Made | undefined): Promise<Plan | undefined> {
  return made && (await plansIn(store)).find((plan) => isAnswered(plan, made));
}
