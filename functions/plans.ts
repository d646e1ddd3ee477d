import type { Acting } from '../engine/acting/desk.ts';
import { planCardOf } from '../engine/acting/plan-card.ts';
import { planRemedy } from '../engine/acting/planner.ts';
import type { PlanCard } from '../engine/plan-card.ts';

export type Preview = { readonly card: PlanCard } | { readonly problem: string };

/** The plan as it would be shown now. Nothing is stored, nothing is asked for. */
export async function previewPlan(acting: Acting, incident: string, remedy: string): Promise<Preview> {
  const planned = await planRemedy(acting, incident, remedy);
  return 'problem' in planned ? { problem: planned.problem } : { card: await planCardOf(acting, planned.plan) };
}
