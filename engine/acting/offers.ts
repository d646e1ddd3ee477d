import type { Incident } from '../incident.ts';
import type { Offers } from '../triage.ts';
import type { Acting } from './desk.ts';
import { plansOf } from './incident-plans.ts';
import { planLineOf } from './plan-card.ts';
import { ruleFor } from './policy.ts';

/**
 * Which remedies get a button: those that fit what was found, that some rule of the policy names, in a cluster that can
 * be changed, and that nobody has asked for already. No policy, no button.
 */
export async function offersOf(acting: Acting, incident: Incident): Promise<Offers> {
  const plans = await plansOf(acting.store, incident);
  const busy = plans.filter(({ state }) => state === 'requested' || state === 'approved' || state === 'executing');
  const { policy } = await acting.rules().catch(() => ({ policy: [] }));
  const can =
    acting.writers.has(incident.cluster) && (incident.state === 'diagnosed' || incident.state === 'still-broken');
  const offered = (incident.report?.remedies ?? []).flatMap((remedy) => {
    if (!can || 'unavailable' in remedy || busy.some((plan) => plan.remedy === remedy.id)) return [];
    const scope = { remedy: remedy.id, runbook: incident.runbook ?? '', risk: remedy.risk, cluster: incident.cluster };
    return ruleFor(policy, scope) ? [remedy.id] : [];
  });
  return { offered, plans: plans.map(planLineOf) };
}
