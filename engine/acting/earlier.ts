import type { Plan } from '../plan.ts';
import type { Store } from '../ports.ts';
import { plansAbout } from './incident-plans.ts';
import { isDone, plansIn } from './stored.ts';

type Identified = Pick<Plan, 'id' | 'incident' | 'remedy' | 'undoes'>;

/** What plans that were carried out before have to do with one that is made now. */
interface Earlier {
  /** The same fix, or the same undo of it, stopped halfway, and nobody has taken that back: this plan goes on with it. */
  readonly continues?: string;
  /** Nodes that are cordoned because this incident had them cordoned, by uid. */
  readonly cordoned: ReadonlySet<string>;
}

/**
 * What a plan goes by of those before it: the plans of its incident, and what they have to do with it. All plans are read only
 * where its incident had a node cordoned: another one may have uncordoned that since, however long ago.
 */
export async function historyOf(
  store: Store,
  plan: Identified,
): Promise<{ readonly plans: readonly Plan[]; readonly earlier: Earlier }> {
  const plans = await plansAbout(store, plan.incident);
  const own = earlierThan(plans, plan);
  return { plans, earlier: own.cordoned.size === 0 ? own : earlierThan(await plansIn(store), plan) };
}

function earlierThan(plans: readonly Plan[], { id, incident, remedy, undoes }: Identified): Earlier {
  const done = plans
    .filter((plan) => plan.id !== id && plan.executedAt !== undefined)
    .sort((a, b) => ((a.executedAt ?? '') < (b.executedAt ?? '') ? -1 : 1));
  const same = done.filter(
    (plan) => plan.incident === incident && plan.remedy === remedy && plan.undoes === undoes && isDone(plan),
  );
  const last = same.at(-1);
  const open = last?.state === 'partly-applied' && !done.some((plan) => plan.undoes === last.id && isDone(plan));
  return { ...(last && open ? { continues: last.id } : {}), cordoned: cordonedBy(done, incident) };
}

/** The last word of ours on each node counts, under whichever name its cluster has; a cordon by hand after an uncordon by hand cannot be told from ours. */
function cordonedBy(plans: readonly Plan[], incident: string): ReadonlySet<string> {
  const nodes = new Set<string>();
  for (const plan of plans) {
    for (const { state, uid, marks = [] } of plan.steps) {
      const cordon = marks.find(({ object, path }) => object.startsWith('Node ') && path === 'spec.unschedulable');
      if (!cordon || uid === undefined || state !== 'done') continue;
      if (cordon.after === 'true' && plan.incident === incident) nodes.add(uid);
      else nodes.delete(uid);
    }
  }
  return nodes;
}
