import * as z from 'zod';
import type { Readers } from '../readers.ts';
import { isEmpty, matches } from './labels.ts';
import { parsed } from './look.ts';
import { Budget, type Pod } from './objects.ts';
import { isFinished, isReady } from './pods.ts';

const BudgetList = z.object({ apiVersion: z.string().default('policy/v1'), items: z.array(Budget) });

/** More namespaces than this are read as one list of the whole cluster. */
const NAMESPACES_APART = 8;

/** The disruption budgets of these namespaces that select anything. Throws `ReadFailure`. */
export async function budgetsOf(kube: Readers['kube'], namespaces: ReadonlySet<string>): Promise<readonly Budget[]> {
  if (namespaces.size > NAMESPACES_APART) return listed(kube);
  return (await Promise.all([...namespaces].map((namespace) => listed(kube, namespace)))).flat();
}

async function listed(kube: Readers['kube'], namespace?: string): Promise<readonly Budget[]> {
  const found = await kube.list('PodDisruptionBudget', {
    fresh: true,
    ...(namespace === undefined ? {} : { namespace }),
  });
  const { apiVersion, items } = parsed(BudgetList, found, 'the list of PodDisruptionBudgets');
  // An empty selector selects every pod in v1 and none in v1beta1; no selector selects none in both.
  return items.filter(({ spec: { selector } }) => selector && !(apiVersion === 'policy/v1beta1' && isEmpty(selector)));
}

/**
 * Whether the eviction of a pod would be let through when it is its turn:
 * `free` no budget stands in the way · `allowed` it takes one disruption of its budget · `waits` until its budget
 * allows one again · `never` nothing in sight would make its budget allow one · `several` more than one budget selects
 * it, to which the API server answers 500.
 */
export type Passage =
  | { readonly kind: 'free' }
  | { readonly kind: 'allowed' | 'waits' | 'never'; readonly budget: Budget }
  | { readonly kind: 'several'; readonly budgets: readonly Budget[] };

/**
 * What the eviction subresource would answer for each of these pods, in this order, if none of the evicted came back
 * meanwhile. A dry run cannot tell: it does not use the budget up. The rules are those of
 * https://github.com/kubernetes/kubernetes/blob/master/pkg/registry/core/pod/storage/eviction.go
 * `nodeIsDead`: these pods will not become ready again where they are.
 */
export function passages(
  pods: readonly Pod[],
  budgets: readonly Budget[],
  nodeIsDead = false,
): ReadonlyMap<Pod, Passage> {
  const left = new Map(budgets.map((budget) => [budget, allowedBy(budget)]));
  const lost = (budget: Budget) =>
    nodeIsDead ? pods.filter((pod) => selects(budget, pod) && counts(pod) && !isReady(pod)).length : 0;

  function passageOf(pod: Pod): Passage {
    if (!counts(pod)) return { kind: 'free' };
    const selecting = budgets.filter((budget) => selects(budget, pod));
    const [budget] = selecting;
    if (budget === undefined) return { kind: 'free' };
    if (selecting.length > 1) return { kind: 'several', budgets: selecting };
    if (!isReady(pod) && letsUnreadyGo(budget)) return { kind: 'free' };
    const disruptions = left.get(budget) ?? 0;
    left.set(budget, disruptions - 1);
    if (disruptions > 0) return { kind: 'allowed', budget };
    return { kind: allowedBy(budget) > 0 || mayRise(budget, lost(budget)) ? 'waits' : 'never', budget };
  }

  return new Map(pods.map((pod) => [pod, passageOf(pod)]));
}

/** "shop/web allows 1 disruption now: 3 of 3 pods are healthy, 2 must be" */
export function stateOf(budget: Budget): string {
  const { currentHealthy, expectedPods, desiredHealthy } = budget.status;
  const allowed = allowedBy(budget);
  const name = `${budget.metadata.namespace}/${budget.metadata.name}`;
  if (isBehind(budget)) return `${name} was changed and is still being worked out`;
  const disruptions = allowed === 0 ? 'no disruption' : `${allowed} disruption${allowed === 1 ? '' : 's'}`;
  return `${name} allows ${disruptions} now: ${currentHealthy} of ${expectedPods} pods are healthy, ${desiredHealthy} must be`;
}

/** Pods that do not run, or are on their way out, are let go without asking any budget. */
function counts(pod: Pod): boolean {
  return !isFinished(pod) && pod.status.phase !== 'Pending' && !pod.metadata.deletionTimestamp;
}

function selects({ metadata, spec }: Budget, pod: Pod): boolean {
  return (
    metadata.namespace === pod.metadata.namespace && !!spec.selector && matches(spec.selector, pod.metadata.labels)
  );
}

/** A pod that is not ready does not count as healthy, so letting it go takes nothing from a budget that is kept. */
function letsUnreadyGo({ spec, status }: Budget): boolean {
  if (spec.unhealthyPodEvictionPolicy === 'AlwaysAllow') return true;
  return status.desiredHealthy > 0 && status.currentHealthy >= status.desiredHealthy;
}

/** The status is older than the budget: the API server lets nobody go until it is worked out anew. */
function isBehind({ metadata, status }: Budget): boolean {
  return status.observedGeneration < metadata.generation;
}

function allowedBy(budget: Budget): number {
  return isBehind(budget) ? 0 : Math.max(0, budget.status.disruptionsAllowed);
}

/** Once every pod is healthy that can still become so, the budget would allow a disruption. */
function mayRise(budget: Budget, lost: number): boolean {
  return isBehind(budget) || budget.status.expectedPods - lost > budget.status.desiredHealthy;
}
