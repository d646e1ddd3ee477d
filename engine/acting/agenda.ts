import { pagesOf } from '../pages.ts';
import type { Plan } from '../plan.ts';
import type { Clock, Store, Stored } from '../ports.ts';
import { awaitsPods, isDone, isVerified, planById, plansIn } from './stored.ts';

const HOUR_MS = 3_600_000;
/** What is over stays on it for so long: an hour more than the longest cool-down that can be configured. */
const KEPT_MS = 25 * HOUR_MS;
/** Beside what is entered as it happens all plans are gone through so often, for what nobody has entered. */
const SCANNED_EVERY_MS = 24 * HOUR_MS;
/** An earlier version that still runs while this one is deployed enters nothing. */
const TRUSTED_AFTER_MS = HOUR_MS;

/** By the id of its plan. */
interface Entry {
  readonly at: string;
  /** When it ended, once nothing more will become of it. */
  readonly over?: string;
}

/** The note that nothing is missing, which is no id of a plan. */
export const WHOLE = '!whole';
interface Whole {
  readonly since: string;
  readonly scanned: string;
}

type Desk = { readonly store: Store; readonly clock: Clock };

/**
 * The plans that others have to mind: all that are under way, and those that were lately. It may name more than that, and
 * never less: a plan is entered before somebody may ask for it, and taken off by the tick. So what an approval reads is as
 * much after ten thousand plans as after ten. Until the tick has found that nothing is missing, all plans are read.
 */
export async function enter({ store, clock }: Desk, { id }: Pick<Plan, 'id'>): Promise<void> {
  await store.put({ collection: 'agenda', id, value: { at: clock.now().toISOString() }, expect: 'any' });
}

export async function isWhole(store: Pick<Store, 'get'>): Promise<boolean> {
  return isTrusted((await store.get<Whole>('agenda', WHOLE))?.value);
}

/** Every plan that is under way, and perhaps some more. */
export function plansUnderWay(store: Pick<Store, 'get' | 'list'>): Promise<readonly Plan[]> {
  return plansOn(store, ({ over }) => over === undefined);
}

/** Every plan that is under way, or has ended since; and perhaps some more. */
export function plansSince(
  store: Pick<Store, 'get' | 'list'>,
  since: Date,
  { now }: { readonly now: Date },
): Promise<readonly Plan[]> {
  if (now.getTime() - since.getTime() > KEPT_MS - HOUR_MS) return plansIn(store);
  // Clocks differ.
  return plansOn(store, ({ over }) => over === undefined || Date.parse(over) >= since.getTime() - HOUR_MS);
}

async function plansOn(store: Pick<Store, 'get' | 'list'>, fits: (entry: Entry) => boolean): Promise<readonly Plan[]> {
  const entries = await store.list<Entry & Partial<Whole>>('agenda');
  if (!isTrusted(entries.find(({ id }) => id === WHOLE)?.value)) return plansIn(store);
  const ids = entries.filter(({ id, value }) => id !== WHOLE && fits(value)).map(({ id }) => id);
  const plans = await Promise.all(ids.map((id) => planById(store, id)));
  return plans.filter((plan) => plan !== undefined);
}

function isTrusted({ since, scanned }: Partial<Whole> = {}): boolean {
  return since !== undefined && scanned !== undefined && Date.parse(scanned) - Date.parse(since) >= TRUSTED_AFTER_MS;
}

/**
 * For the tick: brings it up to date, and gives the plans of which something is still to come. What was stored before
 * there was an agenda is entered here.
 */
export async function tidy(desk: Desk): Promise<readonly Plan[]> {
  await enterWhatIsMissing(desk);
  const plans: Plan[] = [];
  for (const entry of await desk.store.list<Entry>('agenda')) {
    if (entry.id === WHOLE) continue;
    const plan = entry.value.over === undefined ? await planById(desk.store, entry.id) : undefined;
    if (plan) plans.push(plan);
    await tidyUp(desk, entry, plan);
  }
  return plans;
}

async function enterWhatIsMissing({ store, clock }: Desk): Promise<void> {
  const now = clock.now();
  const at = now.toISOString();
  const { since = at, scanned } = (await store.get<Whole>('agenda', WHOLE))?.value ?? {};
  const isFresh = scanned !== undefined && Math.abs(now.getTime() - Date.parse(scanned)) < SCANNED_EVERY_MS;
  if (isFresh && isTrusted({ since, scanned })) return;
  for await (const page of pagesOf<Plan>(store, 'plans')) {
    const wanted = page.filter(
      ({ value }) => value.state !== 'shown' && !(isOver(value, now) && isLongAgo(endOf(value), now)),
    );
    await store.putAll(
      wanted.map(({ id }) => ({ collection: 'agenda', id, value: { at }, expect: 'absent' }) as const),
    );
  }
  await store.put({ collection: 'agenda', id: WHOLE, value: { since, scanned: at }, expect: 'any' });
}

/** Whoever asks for a plan at this moment has entered it anew: then it is another version, and stays. */
async function tidyUp({ store, clock }: Desk, entry: Stored<Entry>, plan: Plan | undefined): Promise<void> {
  const { id, version, value } = entry;
  const now = clock.now();
  const forget = () => store.delete('agenda', id, version);
  if (value.over !== undefined) return isLongAgo(value.over, now) ? forget() : undefined;
  // It is entered before it is stored as asked for, and sometimes is never asked for.
  if (!plan || plan.state === 'shown') return isLongAgo(value.at, now) ? forget() : undefined;
  if (!isOver(plan, now)) return;
  await store.put({ collection: 'agenda', id, value: { ...value, over: endOf(plan) }, expect: version });
}

/** Nothing more will become of it by itself. */
function isOver(plan: Plan, now: Date): boolean {
  const { state, takenBack } = plan;
  if (['shown', 'requested', 'approved', 'executing', 'unknown'].includes(state)) return false;
  return !isDone(plan) || takenBack !== undefined || (isVerified(plan) && !awaitsPods(plan, now));
}

function endOf({ endedAt, updatedAt }: Plan): string {
  return endedAt ?? updatedAt;
}

function isLongAgo(at: string, now: Date): boolean {
  return now.getTime() - Date.parse(at) > KEPT_MS;
}
