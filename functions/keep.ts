import { isUnderWay } from '../engine/acting/incident-plans.ts';
import { type Incident, isOpen } from '../engine/incident.ts';
import { pagesOf } from '../engine/pages.ts';
import type { Plan } from '../engine/plan.ts';
import type { Collection } from '../engine/ports.ts';
import type { Posts } from '../engine/posted.ts';
import type { Desk } from '../engine/triage.ts';

const DAY_MS = 86_400_000;
/** The note of when what is still open was written last, in `progress`. */
export const POSTS_KEPT = 'tick/posts-kept';

/**
 * Old documents are forgotten by the time of their last write. What is still open is written once a day, so that it is
 * not: where an open incident stands in the channel (to forget it would post it anew), its plans (what was done can be
 * taken back as long as it is open), and every plan that is not over. One of which nobody knows whether it was applied
 * waits until somebody says so, and with it the lock on its object, its message and its incident.
 */
export async function keepWhatIsOpen(desk: Desk, undecided: readonly Plan[]): Promise<void> {
  const now = desk.clock.now();
  const note = await desk.store.get<{ readonly at: string }>('progress', POSTS_KEPT);
  if (note && now.getTime() - Date.parse(note.value.at) < DAY_MS) return;
  const open = new Set((await thatAre<Incident>(desk, 'incidents', isOpen)).map(({ id }) => id));
  const inDoubt = new Set(undecided.map(({ incident }) => incident));
  const ofOpen = await thatAre<Plan>(desk, 'plans', ({ incident }) => open.has(incident));
  for (const id of new Set([...undecided, ...ofOpen].map(({ id }) => id))) await keep<Plan>(desk, 'plans', id);
  for (const id of inDoubt) await keep<Incident>(desk, 'closed', id);
  for (const id of new Set([...open, ...inDoubt])) await keep<Posts>(desk, 'posts', id);
  await desk.store.put({ collection: 'progress', id: POSTS_KEPT, value: { at: now.toISOString() }, expect: 'any' });
}

export function isNotOver(plan: Plan): boolean {
  return isUnderWay(plan) || plan.state === 'unknown';
}

async function thatAre<T>(desk: Desk, collection: Collection, fits: (value: T) => boolean): Promise<readonly T[]> {
  const found: T[] = [];
  for await (const page of pagesOf<T>(desk.store, collection)) {
    found.push(...page.map(({ value }) => value).filter(fits));
  }
  return found;
}

/** As it is. Whoever writes to it at the same moment has kept it. */
async function keep<T>({ store }: Desk, collection: Collection, id: string): Promise<void> {
  const found = await store.get<T>(collection, id);
  if (found) await store.put({ collection, id, value: found.value, expect: found.version });
}
