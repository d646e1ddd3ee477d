import type { Plan } from '../plan.ts';
import type { Outgoing } from '../ports.ts';
import { announcePlan } from './announce.ts';
import { lookFor } from './arrival.ts';
import { type Acting, clusterOf } from './desk.ts';
import { end } from './ending.ts';
import type { Happening } from './ledger.ts';
import { amendPlan, changed } from './stored.ts';

/** What happened to a request of which nobody knows whether it was done, and what is seen of it in the cluster. */
export interface Doubt {
  readonly what: string;
  readonly seen: string;
}

/** It ends, for now, in doubt: a person decides. `entry`: for the ledger, where nothing was written down so far. */
export function endInDoubt(acting: Acting, plan: Plan, { what, seen }: Doubt, entry?: Happening): Promise<void> {
  const doubt = { what, seen, since: acting.clock.now().toISOString() };
  return end(acting, plan, 'unknown', wordsOf(doubt), [], { doubt, entry });
}

/**
 * A request whose answer was lost may still be under way in the API server (`--request-timeout`, 60 s unless somebody
 * sets it), so that one look right afterwards proves nothing. It is looked for again until somebody has decided.
 */
export async function lookOnceMore(acting: Acting, inDoubt: Plan): Promise<Outgoing[]> {
  const { id, cluster: name, steps, doubt } = inDoubt;
  const step = steps.find(({ state }) => state === 'unknown');
  const cluster = clusterOf(acting, name);
  if (!step || !doubt) return [];
  const seen = cluster ? await lookFor(cluster, step, inDoubt) : 'Its cluster is no longer configured';
  if (seen === doubt.seen) return [];
  return amendPlan<Outgoing[]>(
    acting.store,
    id,
    (plan) => {
      if (plan.state !== 'unknown') return { result: [] };
      const now = acting.clock.now();
      const fresh = { what: doubt.what, seen, since: now.toISOString() };
      const value = changed(plan, { doubt: fresh, because: wordsOf(fresh) }, now);
      return { result: announcePlan(acting, value), value };
    },
    [],
  );
}

function wordsOf({ what, seen }: Doubt): string {
  return `${what}. ${seen}`;
}
