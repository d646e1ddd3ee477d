import type { Incident } from '../incident.ts';
import type { Plan } from '../plan.ts';
import { amendNoted } from './amend-noted.ts';
import { announcePlan } from './announce.ts';
import type { Acting } from './desk.ts';
import { plansOf } from './incident-plans.ts';
import { aboutPlan } from './ledger.ts';
import { changed, incidentById } from './stored.ts';

/** After a look: requests whose reason is gone retire, and say so. What is approved is asked again when it begins. */
export async function review(acting: Acting, incidentId: string): Promise<void> {
  const incident = await incidentById(acting.store, incidentId);
  if (!incident) return;
  for (const plan of await plansOf(acting.store, incident)) {
    const because = plan.state === 'requested' ? goneBecause(incident, plan) : undefined;
    if (because === undefined) continue;
    await amendNoted(acting, plan.id, async (current, { now, note }) => {
      if (current.state !== 'requested') return { result: undefined };
      await note({ kind: 'withdrawn', ...aboutPlan(plan), details: { because } });
      const value = changed(current, { state: 'moot', because }, now);
      return { result: undefined, value, send: announcePlan(acting, value) };
    });
  }
}

/** An undo stands on its own; every other plan rests on a confirmed cause. Not being able to look is no reason. */
function goneBecause({ state, closedBecause, report }: Incident, plan: Plan): string | undefined {
  if (plan.undoes !== undefined) return undefined;
  if (state === 'closed') return `the incident is closed: ${closedBecause ?? ''}`;
  const cause = report?.causes.find(({ id }) => id === plan.cause.id);
  if (cause?.verdict === 'ruled-out') return `${cause.title} is ruled out now: ${cause.reason}`;
  // Of what looked well when the plan was made, looking well is no news.
  if (plan.before.recovered === 'confirmed') return undefined;
  return report?.recovered.verdict === 'confirmed' ? report.recovered.reason : undefined;
}
