import type { Change, ChangeOf } from '../change.ts';
import { budgetsOf, passages } from '../changes/budgets.ts';
import { plural } from '../changes/drafts.ts';
import { evictable, fateOf } from '../changes/drain-pods.ts';
import { matches, selectorText } from '../changes/labels.ts';
import { find, list, podsOn } from '../changes/look.ts';
import { type Budget, Pod } from '../changes/objects.ts';
import { endsForGood, type Owners, ownerOf, ownersOf } from '../changes/owners.ts';
import { controllerOf, isFinished, isGoing, podName, workloadOf } from '../changes/pods.ts';
import { endedBy } from '../changes/taint-pods.ts';
import type { InterlockReport } from '../interlocks.ts';
import type { Readers } from '../readers.ts';
import { type Afterwards, type Loss, leftByLosses } from './ready-left.ts';
import { leftByRollout } from './rollout-left.ts';
import { leftByScaling } from './scaled-down.ts';

type Kube = Readers['kube'];

/**
 * Whether every workload keeps a ready replica, over all changes of a plan together: three deletions take three. Those
 * of which none would be left for as long as a pod takes to start again or elsewhere are named (also where a new template
 * replaces the only one, or all at once); whoever may break the glass can answer for that. Nobody can for pods that
 * nothing starts again, or for a workload scaled to nothing by a change that does not say so. Pods of Jobs, DaemonSets and static pods stand in for no
 * other, and are not counted.
 * `undefined`: no pod goes. `bareAllowed`: also of evictions, each of which is a part of a drain that may.
 */
export async function lastReplicas(
  kube: Kube,
  changes: readonly Change[],
  bareAllowed = false,
): Promise<InterlockReport | undefined> {
  const losses = await lossesOf(kube, changes);
  const scaled = changes.filter((change) => change.verb === 'scale');
  const leftOver = changes.flatMap((change) => [leftByRollout(kube, change), leftByScaling(kube, change)]);
  const replaced = (await Promise.all(leftOver)).filter((one) => one !== undefined);
  if (losses.length === 0 && scaled.length === 0 && replaced.length === 0) return undefined;
  const bare = losses.filter(
    ({ pod, mayBeBare, owners }) => !mayBeBare && !bareAllowed && endsForGood(pod, owners) !== undefined,
  );
  const counted = [...(await leftByLosses(kube, losses)), ...replaced];
  const names = counted.filter(({ taken, left }) => taken > 0 && left < 1).map(({ name }) => name);
  const empty = [...new Set(names)].sort();
  const none = scaled.filter(({ replicas }) => replicas === 0);
  const meant = none.filter(({ allow = [] }) => allow.includes('none-left'));
  const forGood = [
    ...none.filter((change) => !meant.includes(change)).map(wouldHave),
    ...bare.map(({ pod, owners }) => `nothing would bring pod ${podName(pod)} back${whyNot(pod, owners)}`),
  ];
  const away = empty.length > 0 ? [`${noneReady(empty.length)} until others have started: ${empty.join(', ')}`] : [];
  const problems = [...forGood, ...meant.map(wouldHave), ...away];
  return {
    id: 'last-replica',
    title: 'Not the last replica',
    holds: problems.length === 0,
    value: (problems.length > 0 ? problems : [...scaled.map(wouldHave), ...kept(counted, losses)]).join('; '),
    breakable: forGood.length === 0,
    ...(problems.length > 0 && forGood.length === 0 ? { occasions: [...meant.map(nameOf), ...empty] } : {}),
  };
}

/** How many first: a message may have to leave some of their names out. */
function noneReady(workloads: number): string {
  return workloads === 1 ? 'none would be ready' : `none would be ready of ${workloads} workloads`;
}

async function lossesOf(kube: Kube, changes: readonly Change[]): Promise<readonly Loss[]> {
  const all = (await Promise.all(changes.map((change) => lossesBy(kube, change)))).flat();
  // Of a pod that goes in two ways the worse counts: no budget is asked.
  const guardedFirst = [...all.filter(({ guarded }) => guarded), ...all.filter(({ guarded }) => !guarded)];
  return [...new Map(guardedFirst.map((loss) => [loss.pod.metadata.uid, loss])).values()];
}

async function lossesBy(kube: Kube, change: Change): Promise<readonly Loss[]> {
  switch (change.verb) {
    case 'evict':
    case 'delete-pod': {
      const pod = await find(kube, Pod, 'Pod', change.pod, change.namespace);
      // Compiling the change says what is to be said of a pod that is gone.
      if (pod === null || isGoing(pod)) return [];
      const owners = await ownerOf(kube, pod);
      return change.verb === 'evict' ? evicted(kube, [pod], owners, false) : [unguarded(pod, owners)];
    }
    case 'drain': {
      const { allow = [] } = change;
      const pods = await podsOn(kube, change.node);
      const owners = await ownersOf(kube, evictable(pods));
      const going = pods.filter((pod) => fateOf(pod, allow, owners).kind === 'evict');
      return evicted(kube, going, owners, allow.includes('bare-pods'));
    }
    case 'taint': {
      if (change.taint.effect !== 'NoExecute') return [];
      const mayBeBare = change.allow?.includes('bare-pods') ?? false;
      const ending = endedBy(change.taint, await podsOn(kube, change.node));
      const owners = await ownersOf(kube, ending);
      return ending.map((pod) => ({ ...unguarded(pod, owners), mayBeBare }));
    }
    default:
      return [];
  }
}

function unguarded(pod: Pod, owners: Owners): Loss {
  return { pod, guarded: false, mayBeBare: false, owners };
}

/** Of a pod that names a controller: what is the matter with that. */
function whyNot(pod: Pod, owners: Owners): string {
  return controllerOf(pod) ? `: ${endsForGood(pod, owners)}` : '';
}

async function evicted(kube: Kube, pods: readonly Pod[], owners: Owners, mayBeBare: boolean): Promise<readonly Loss[]> {
  const namespaces = new Set(pods.map(({ metadata }) => metadata.namespace ?? 'default'));
  const ways = passages(pods, await budgetsOf(kube, namespaces));
  const budgets = new Set([...ways.values()].flatMap((way) => ('budget' in way ? [way.budget] : [])));
  const isMany = budgets.size > BUDGETS_APART;
  const counted = new Map(
    await Promise.all([...budgets].map(async (budget) => [budget, await countedBy(kube, budget, isMany)] as const)),
  );
  return pods.map((pod) => {
    const way = ways.get(pod);
    const guarded = way !== undefined && 'budget' in way && guards(way.budget, pod, counted.get(way.budget) ?? []);
    return { pod, guarded, mayBeBare, owners };
  });
}

/** More budgets than this do not each ask for their own pods: those of each namespace are read once. */
const BUDGETS_APART = 40;

/** The pods that a budget counts. */
async function countedBy(
  kube: Kube,
  { metadata: { namespace }, spec: { selector } }: Budget,
  isMany: boolean,
): Promise<readonly Pod[]> {
  if (!selector) return [];
  const labelSelector = isMany ? '' : selectorText(selector);
  const where = {
    ...(namespace === undefined ? {} : { namespace }),
    ...(labelSelector === '' ? {} : { labelSelector }),
  };
  const pods = await list(kube, Pod, 'Pod', where);
  return pods.filter((pod) => !isFinished(pod) && !isGoing(pod) && matches(selector, pod.metadata.labels));
}

/**
 * Whether a budget keeps a pod of this one's workload: one that counts the pods of others as well does so only if those
 * alone could not make it up.
 */
function guards({ status }: Budget, pod: Pod, counted: readonly Pod[]): boolean {
  const own = counted.filter((other) => workloadOf(other) === workloadOf(pod)).length;
  return Math.max(status.expectedPods, counted.length) - own < status.desiredHealthy;
}

function nameOf({ workload: { kind, namespace, name } }: ChangeOf<'scale'>): string {
  return `${kind} ${namespace}/${name}`;
}

function wouldHave(change: ChangeOf<'scale'>): string {
  const { replicas } = change;
  return `${nameOf(change)} would have ${plural(replicas, 'replica')}`;
}

const MOST_NAMED = 3;

function kept(counted: readonly Afterwards[], losses: readonly Loss[]): string[] {
  if (counted.length === 0)
    return losses.length === 0
      ? []
      : ['every ready pod that goes is watched over by a budget, or stands in for no other'];
  const told = counted.slice(0, MOST_NAMED).map(({ name, ready, left }) => `${name} keeps ${left} of ${ready} ready`);
  return [...told, ...(counted.length > MOST_NAMED ? [`${counted.length - MOST_NAMED} more keep some`] : [])];
}
