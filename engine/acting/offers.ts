import type { Incident } from '../incident.ts';
import type { Plan } from '../plan.ts';
import type { Offers } from '../triage.ts';
import type { Acting } from './desk.ts';
import { isUnderWay, plansOf, SHOWN_ON_CARD } from './incident-plans.ts';
import { planLineOf } from './plan-line.ts';
import { ruleFor } from './policy.ts';

/**
 * It was done, and whether it helped is not known yet: what the incident was found to be is from before. An undo may well
 * bring back what the fix had mended: what was found after it counts, and the fix can be asked for again.
 */
function isToShow({ state, verification, takenBack, undoes, endedAt = '' }: Plan, { report }: Incident): boolean {
  if (undoes !== undefined && report !== undefined && report.startedAt > endedAt) return false;
  return state === 'applied' && !takenBack && (verification === undefined || verification.verdict === 'waiting');
}

/**
 * Which remedies get a button: those that fit what was found, that some rule of the policy names, in a cluster that can
 * be changed, and that nobody has asked for already, or only just had. No policy, no button. Where nobody may do anything the plans can be
 * looked at all the same, and the card says why that is all.
 */
export async function offersOf(acting: Acting, incident: Incident): Promise<Offers> {
  const plans = await plansOf(acting.store, incident);
  const busy = plans.filter((plan) => isUnderWay(plan) || isToShow(plan, incident));
  const { policy, nobody } = await acting.rules().catch(() => ({ policy: [], nobody: undefined }));
  const can =
    acting.writers.has(incident.cluster) && (incident.state === 'diagnosed' || incident.state === 'still-broken');
  const offered = (incident.report?.remedies ?? []).flatMap((remedy) => {
    if (!can || 'unavailable' in remedy || busy.some((plan) => plan.remedy === remedy.id)) return [];
    const scope = { remedy: remedy.id, runbook: incident.runbook ?? '', risk: remedy.risk, cluster: incident.cluster };
    return nobody !== undefined || ruleFor(policy, scope) ? [remedy.id] : [];
  });
  const lines = plans.slice(-SHOWN_ON_CARD).map(planLineOf);
  return { offered, plans: lines, ...(nobody && offered.length > 0 ? { note: nobody } : {}) };
}
