import type { Plan } from '../plan.ts';
import { isDone } from './stored.ts';

/** What plans that were carried out before have to do with one that is made now. */
export interface Earlier {
  /** The same fix, or the same undo of it, stopped halfway, and nobody has taken that back: this plan goes on with it. */
  readonly continues?: string;
  /** Nodes that are cordoned because this incident had them cordoned, by uid. */
  readonly cordoned: ReadonlySet<string>;
}

export function earlierThan(
  plans: readonly Plan[],
  { id, cluster, incident, remedy, undoes }: Pick<Plan, 'id' | 'cluster' | 'incident' | 'remedy' | 'undoes'>,
): Earlier {
  const done = plans
    .filter((plan) => plan.id !== id && plan.cluster === cluster && plan.executedAt !== undefined)
    .sort((a, b) => ((a.executedAt ?? '') < (b.executedAt ?? '') ? -1 : 1));
  const same = done.filter(
    (plan) => plan.incident === incident && plan.remedy === remedy && plan.undoes === undoes && isDone(plan),
  );
  const last = same.at(-1);
  const open = last?.state === 'partly-applied' && !done.some((plan) => plan.undoes === last.id && isDone(plan));
  return { ...(last && open ? { continues: last.id } : {}), cordoned: cordonedBy(done, incident) };
}

/** The last word of ours on each node counts; a cordon by hand after an uncordon by hand cannot be told from ours. */
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
