import type { Acting } from './desk.ts';
import { aboutPlan, append } from './ledger.ts';
import { incidentById, planById } from './stored.ts';

const HOUR_MS = 3_600_000;

export interface Attempt {
  readonly user: string;
  /** Their workspace. */
  readonly team: string;
  readonly what: string;
  readonly plan?: string | undefined;
  readonly incident?: string | undefined;
}

/**
 * Somebody of another workspace wanted something, and was sent away at the door: that is written down like every other
 * no. Once an hour for each thing that a person wants with a plan or an incident, so that nobody from outside can fill the
 * ledger; what names nothing known counts as one.
 */
export async function noteTurnedAway(acting: Acting, { user: by, team, what, plan, incident }: Attempt): Promise<void> {
  const { store, clock } = acting;
  const about: About = await aboutOf(acting, plan, incident);
  const id = ['denied', by, about.incident ?? '', about.plan ?? '', what].join('/');
  const now = clock.now();
  const last = (await store.get<{ readonly at: string }>('progress', id))?.value.at;
  if (last !== undefined && now.getTime() - Date.parse(last) < HOUR_MS) return;
  const details = { what, why: 'people of other workspaces may not', team };
  await append(store, clock, { kind: 'denied', ...about, by, details });
  await store.put({ collection: 'progress', id, value: { at: now.toISOString() }, expect: 'any' });
}

type About = Partial<ReturnType<typeof aboutPlan>>;

async function aboutOf({ store }: Acting, planId: string | undefined, incidentId: string | undefined): Promise<About> {
  const plan = planId === undefined ? undefined : await planById(store, planId);
  if (plan) return aboutPlan(plan);
  const incident = incidentId === undefined ? undefined : await incidentById(store, incidentId);
  return incident ? { cluster: incident.cluster, incident: incident.id } : {};
}
