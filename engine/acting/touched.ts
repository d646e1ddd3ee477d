import type { Change } from '../change.ts';
import type { Plan } from '../plan.ts';

/** What a change is done to, as `node/worker-3`, `pod/shop/web-1`, `flowschema/noisy`. */
function objectOf(change: Change): string {
  switch (change.verb) {
    case 'cordon':
    case 'uncordon':
    case 'drain':
    case 'taint':
    case 'untaint':
      return `node/${change.node}`;
    case 'evict':
    case 'delete-pod':
      return `pod/${change.namespace}/${change.pod}`;
    case 'restart':
    case 'undo':
    case 'pause':
    case 'resume':
    case 'scale':
    case 'set-resources':
      return named(change.workload);
    case 'isolate-flow':
    case 'restore-flow':
      return `flowschema/${change.flow}`;
    case 'annotate':
      return named(change.object);
  }
}

type Touching = Pick<Plan, 'changes'> & Partial<Pick<Plan, 'diff' | 'touches' | 'moves'>>;

/** What a plan changes: what its changes name, and what they come down to (the pods of a drain, those that a taint ends). */
function changedBy({ changes, diff = [], touches = [] }: Touching): ReadonlySet<string> {
  const objects = [...diff.map(({ object }) => object), ...touches];
  const seen = objects.map((object) => object.replace(' ', '/').toLowerCase());
  return new Set([...changes.map(objectOf), ...seen]);
}

/** What was left alone no more when this was done: also the workloads whose pods ended, whose names nobody will see again. */
export function disturbedBy(plan: Touching): ReadonlySet<string> {
  return new Set([...changedBy(plan), ...(plan.moves ?? [])]);
}

/**
 * What has to be left alone before this is done. Who ends one pod means its workload, which must have settled; whoever
 * empties a node does not wait because one of its workloads lost a pod elsewhere: their budgets are asked.
 */
export function meantBy(plan: Touching): ReadonlySet<string> {
  const isOfPods = plan.changes.some(({ verb }) => verb === 'evict' || verb === 'delete-pod');
  return isOfPods ? disturbedBy(plan) : changedBy(plan);
}

/**
 * Everything that a plan touches: what its incident is about, and what it changes. An incident of etcd cordons a node, and
 * then that node was changed, whatever the incident is called.
 */
export function touchedBy({ target, ...plan }: Touching & Pick<Plan, 'target'>): ReadonlySet<string> {
  return new Set([target, ...changedBy(plan)]);
}

function named(object: { readonly kind: string; readonly namespace?: string; readonly name: string }): string {
  return [object.kind.toLowerCase(), object.namespace, object.name].filter((part) => part !== undefined).join('/');
}
