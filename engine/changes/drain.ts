import type { ChangeOf } from '../change.ts';
import { budgetsOf, type Passage, passages, stateOf } from './budgets.ts';
import { CORDON_SILENCES, cordoning } from './cordon.ts';
import { cannot, nothingToDo, plural } from './drafts.ts';
import { evictable, type Fate, fateIn, inTurns, isOfJob, refusal, told } from './drain-pods.ts';
import { eviction } from './evict.ts';
import { findNode, podsOn } from './look.ts';
import type { Budget, Node, Pod } from './objects.ts';
import { endsForGood, type Owners, ownersOf, ownersReads } from './owners.ts';
import { byName, controllerOf, isReady, placeOf, podName } from './pods.ts';
import { right } from './rights.ts';
import type { CompileContext, Compiled, VerbRules } from './rules.ts';
import { startersOf } from './starters.ts';
import { type Successor, successorOf } from './successor.ts';

/**
 * As `kubectl drain` does it: DaemonSet pods and static pods stay; pods that nothing would start again and pods whose
 * data would be lost are refused unless allowed. Unlike kubectl it leaves finished pods alone. Compiled again after
 * half of it, it gives the other half. Of pods of Jobs it evicts those that it was shown with.
 * https://kubernetes.io/docs/tasks/administer-cluster/safely-drain-node/
 */
async function compile(change: ChangeOf<'drain'>, { kube, cordoned, passing }: CompileContext): Promise<Compiled> {
  const { node: name, allow = [] } = change;
  const [node, pods] = await Promise.all([findNode(kube, name), podsOn(kube, name)]);
  if (!node) return cannot(`node ${name} does not exist`);
  const owners = await ownersOf(kube, evictable(pods));
  const fates = new Map([...pods].sort(byName).map((pod) => [pod, fateIn(pod, allow, passing, owners)]));
  const going = inTurns([...fates].filter(([, { kind }]) => kind === 'evict').map(([pod]) => pod));
  const namespaces = new Set(going.map(({ metadata }) => metadata.namespace ?? 'default'));
  const way = passages(going, await budgetsOf(kube, namespaces), !isReady(node));
  const { actions, diff } = node.spec.unschedulable ? { actions: [], diff: [] } : cordoning(node, true);
  const blocked = [...[...fates].flatMap(refusal), ...obstacles(way, owners)];
  if (actions.length === 0 && going.length === 0 && blocked.length === 0) {
    return nothingToDo(`node ${name} is already cordoned and has no pod left to evict`);
  }
  const evictions = going.map(eviction);
  const nexts = going.map((pod) => ({ pod, alone: endsForGood(pod, owners), ...successorOf(pod, owners) }));
  return {
    actions: blocked.length > 0 ? [] : [...actions, ...evictions.map(({ action }) => action)],
    diff: [...diff, ...evictions.map(({ line }) => line)],
    effects: [
      summary(name, [...fates.values()]),
      ...circumstances(node),
      ...preview(fates, way, owners),
      ...nexts.flatMap(({ pod, effects }) => effects.map((words) => `evicted ${podName(pod)}: ${words}`)),
    ],
    blocked,
    ...templatesOf(nexts),
    moves: going.flatMap(placeOf),
    starters: startersOf(going, owners),
    passing: going.filter(isOfJob).map(({ metadata }) => metadata.uid),
    // Uncordon what somebody else cordoned and their wish is undone.
    inverse:
      node.spec.unschedulable && !cordoned?.has(node.metadata.uid)
        ? { none: `node ${name} was cordoned before, and pods that left it do not return by themselves` }
        : [{ verb: 'uncordon', node: name }],
  };
}

/**
 * What the pods of StatefulSets start from elsewhere, and of others that none takes their place although a controller is
 * named. Those of other controllers start as they were.
 */
function templatesOf(
  nexts: readonly (Successor & { readonly pod: Pod; readonly alone: string | undefined })[],
): Pick<Compiled, 'material'> {
  const own = nexts.filter(({ pod, alone }) => {
    const owner = controllerOf(pod);
    return owner?.kind === 'StatefulSet' || (owner && alone !== undefined);
  });
  return own.length === 0 ? {} : { material: own.map(({ pod, material }) => [podName(pod), material]) };
}

function summary(node: string, fates: readonly Fate[]): string {
  const count = (kind: Fate['kind']) => fates.filter((fate) => fate.kind === kind).length;
  const stay = [
    ...(count('daemon-set') > 0 ? [plural(count('daemon-set'), 'DaemonSet pod')] : []),
    ...(count('mirror') > 0 ? [plural(count('mirror'), 'static pod')] : []),
  ];
  const one = count('daemon-set') + count('mirror') === 1;
  const staying = stay.length === 0 ? '' : `; ${stay.join(' and ')} ${one ? 'stays' : 'stay'}`;
  return count('evict') === 0
    ? `no pod of node ${node} is evicted${staying}`
    : `evicts ${plural(count('evict'), 'pod')} of node ${node} one by one${staying}; uncordoning does not bring them back`;
}

function circumstances(node: Node): string[] {
  const { name } = node.metadata;
  return [
    ...(node.spec.unschedulable ? [`node ${name} is already cordoned`] : [CORDON_SILENCES]),
    ...(isReady(node)
      ? []
      : [`node ${name} is not ready: its evicted pods stay Terminating until its kubelet is back or the node is gone`]),
  ];
}

function preview(fates: ReadonlyMap<Pod, Fate>, way: ReadonlyMap<Pod, Passage>, owners: Owners): string[] {
  const staying = [...fates].filter(([, { kind }]) => kind !== 'evict');
  return [...way, ...staying].map(([pod, about]) => told(pod, about, owners));
}

/** Each budget that never opens once, with the pods it holds; each pod that several budgets select. */
function obstacles(way: ReadonlyMap<Pod, Passage>, owners: Owners): string[] {
  const held = new Map<Budget, string[]>();
  for (const [{ metadata }, passage] of way) {
    if (passage.kind === 'never') held.set(passage.budget, [...(held.get(passage.budget) ?? []), metadata.name]);
  }
  return [
    ...[...held].map(
      ([budget, names]) =>
        `budget ${stateOf(budget)}, and nothing in sight would raise it; it holds ${plural(names.length, 'pod')} here: ${names.join(', ')}`,
    ),
    ...[...way].flatMap(([pod, passage]) => (passage.kind === 'several' ? [told(pod, passage, owners)] : [])),
  ];
}

export const drain: VerbRules<'drain'> = {
  compile,
  risk: 'medium',
  undoneBy: ['uncordon'],
  reads: [
    right('get', 'Node'),
    right('list', 'Pod'),
    right('get', 'Pod'),
    right('list', 'PodDisruptionBudget'),
    ...ownersReads,
    // Of the pod that is next.
    right('get', 'ReplicaSet'),
    right('get', 'StatefulSet'),
  ],
  writes: [right('patch', 'Node'), right('create', 'Pod', 'eviction')],
  /** Pods have 30 s to end by default (terminationGracePeriodSeconds), and each budget waits for replacements. */
  settle: { firstLookSeconds: 30, everySeconds: 15, giveUpSeconds: 900 },
};
