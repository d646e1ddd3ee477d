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
type Aimed = Touching & Pick<Plan, 'target'>;

/** What a plan changes: what its changes name, and what they come down to (the pods of a drain, those that a taint ends). */
function changedBy({ changes, diff = [], touches = [] }: Touching): ReadonlySet<string> {
  const objects = [...diff.map(({ object }) => object), ...touches];
  const seen = objects.map((object) => object.replace(' ', '/').toLowerCase());
  return new Set([...changes.map(objectOf), ...seen]);
}

/**
 * Everything that a plan touches: what its incident is about, and what it changes. An incident of etcd cordons a node, and
 * then that node was changed, whatever the incident is called.
 */
export function touchedBy({ target, ...plan }: Aimed): ReadonlySet<string> {
  return new Set([target, ...changedBy(plan)]);
}

/**
 * What keeps a plan waiting while another one is being done, or nobody knows whether it was: an object that both touch, a
 * workload of which one ends a pod and that the other changes, or one of which both end pods.
 */
export function sharedNow(own: Aimed, other: Aimed): string | undefined {
  const [mine, theirs] = [touchedBy(own), touchedBy(other)];
  return (
    first(mine, theirs) ??
    withPodsEnded(other, mine) ??
    changedUnder(own, theirs) ??
    (isOfPods(own) ? samePlace(own, other) : undefined)
  );
}

/**
 * What keeps it waiting after another one was done. A pod that ended counts for its workload, whose successors nobody knows
 * by name. Who ends one pod means its workload, which must have settled; whoever empties a node does not wait because one
 * of its workloads was changed, or lost a pod elsewhere: their budgets are asked.
 */
export function sharedLately(own: Touching, other: Touching): string | undefined {
  const [mine, theirs] = [changedBy(own), changedBy(other)];
  const shared = first(mine, theirs) ?? withPodsEnded(other, mine);
  if (shared !== undefined || !isOfPods(own)) return shared;
  return changedUnder(own, theirs) ?? samePlace(own, other);
}

function isOfPods({ changes }: Touching): boolean {
  return changes.some(({ verb }) => verb === 'evict' || verb === 'delete-pod');
}

function first(mine: ReadonlySet<string>, theirs: ReadonlySet<string>): string | undefined {
  return [...theirs].find((object) => mine.has(object));
}

/** A pod that ends, whose workload is among these. */
function withPodsEnded({ moves = [] }: Touching, objects: ReadonlySet<string>): string | undefined {
  return moves.find((place) => workloadsOf(place).some((workload) => objects.has(workload)));
}

/** The workload of a pod that ends, if it is among these. */
function changedUnder({ moves = [] }: Touching, objects: ReadonlySet<string>): string | undefined {
  return moves.flatMap(workloadsOf).find((workload) => objects.has(workload));
}

/** Pods of a DaemonSet on two nodes have nothing to do with each other. */
function samePlace({ moves: mine = [] }: Touching, { moves: theirs = [] }: Touching): string | undefined {
  return theirs.find((place) => mine.includes(place));
}

/** `a pod of DaemonSet shop/agent on worker-1`; a ReplicaSet by the name it shares with those of the same Deployment. */
const PLACE = /^a pod of (?<kind>\S+) (?<name>[^\s/]+\/\S+)/;

function workloadsOf(place: string): readonly string[] {
  const { kind = '', name = '' } = PLACE.exec(place)?.groups ?? {};
  const kinds = kind === 'ReplicaSet' ? ['deployment', 'replicaset'] : [kind.toLowerCase()];
  return kinds.map((one) => `${one}/${name}`);
}

function named(object: { readonly kind: string; readonly namespace?: string; readonly name: string }): string {
  return [object.kind.toLowerCase(), object.namespace, object.name].filter((part) => part !== undefined).join('/');
}
