import type { Plan } from '../plan.ts';
import type { Store } from '../ports.ts';
import { plansUnderWay } from './agenda.ts';
import { isSameCluster } from './same-cluster.ts';

/** It holds the line of its cluster: whatever else was approved there waits for its end. */
export function holdsLine({ state, paused }: Pick<Plan, 'state' | 'paused'>): boolean {
  return state === 'executing' && !paused;
}

/** Why an approved plan has not begun, where that is for another of its cluster: executions happen one at a time. */
export async function inFrontOf({ store }: { readonly store: Pick<Store, 'get' | 'list'> }, plan: Plan) {
  const others = (await plansUnderWay(store)).filter((other) => other.id !== plan.id && isSameCluster(other, plan));
  const running = others.find(holdsLine);
  if (running) return `${running.title} is being done`;
  const since = approvedAt(plan);
  const before = others.find((one) => one.state === 'approved' && !one.paused && approvedAt(one) < since);
  return before && `${before.title} comes first`;
}

/** Empty for what is not approved. */
function approvedAt({ approvals }: Plan): string {
  return approvals.reduce((latest, { at }) => (at > latest ? at : latest), '');
}
