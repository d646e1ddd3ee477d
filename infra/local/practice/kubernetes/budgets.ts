import { deedsOf, type Spent } from '../deeds.ts';
import type { Facts } from '../facts.ts';
import { hasMoved } from '../life/moved.ts';
import { podsOf } from '../placement.ts';
import { countedAt, tallyOf } from '../tally.ts';
import type { Workload } from '../workloads.ts';
import { managedBy } from './managed-fields.ts';
import { isReady } from './pod-status.ts';
import { type KubeObject, meta, time } from './values.ts';

/** The disruption controller believes so long that a pod it gave leave to end is about to (disruption.go, DeletionTimeout). */
const LEAVE_SECONDS = 120;

export interface Budget {
  readonly healthy: number;
  /** As few as there may be. */
  readonly needed: number;
  readonly expected: number;
  /** How many may be disrupted now. */
  readonly allowed: number;
  /** Pods whose eviction had leave and did not come to pass. */
  readonly awaited: readonly Spent[];
}

/** `undefined`: the workload has none. */
export function budgetOf(facts: Facts, workload: Workload, now: number): Budget | undefined {
  const { disruptionBudget } = workload;
  if (!disruptionBudget) return undefined;
  const { desired, ready } = tallyOf(facts, workload, now);
  const { minAvailable, maxUnavailable = 0 } = disruptionBudget;
  const needed = minAvailable ?? Math.max(0, desired - maxUnavailable);
  const awaited = awaitedOf(facts, workload, now);
  const healthy = ready - awaited.length;
  return { healthy, needed, expected: desired, allowed: Math.max(0, healthy - needed), awaited };
}

function awaitedOf(facts: Facts, workload: Workload, now: number): Spent[] {
  const spent = deedsOf(facts).filter(
    (deed): deed is Spent => deed.did === 'spend' && isAbout(deed, workload) && now < deed.at + LEAVE_SECONDS,
  );
  if (spent.length === 0) return [];
  const there = podsOf(facts, workload, now).filter((place) => !place.evictedAt && isReady(place, now));
  return spent.filter(({ pod }, index) => {
    const again = spent.findIndex((other) => other.pod === pod) < index;
    return !again && there.some(({ name }) => name === pod);
  });
}

function isAbout({ budget }: Spent, { namespace, name }: Workload): boolean {
  return budget.namespace === namespace && budget.name === name;
}

/** What a budget lets the eviction API do now. */
export function budgetObject(facts: Facts, workload: Workload, now: number): KubeObject {
  const { namespace, name, labels, disruptionBudget = {} } = workload;
  const budget = budgetOf(facts, workload, now);
  const { healthy = 0, needed = 0, expected = 0, allowed = 0, awaited = [] } = budget ?? {};
  const createdAt = facts.bornAt + 600;
  const counted = hasMoved(facts, workload, now) || expected !== healthy ? countedAt(facts, workload, now) : createdAt;
  const changedAt = Math.max(createdAt, counted, ...awaited.map(({ at }) => at));
  const spec = { ...disruptionBudget, selector: { matchLabels: labels } };
  const disruptedPods = Object.fromEntries(awaited.map(({ pod, at }) => [pod, time(at)]));
  const status = {
    conditions: [
      {
        type: 'DisruptionAllowed',
        status: allowed > 0 ? 'True' : 'False',
        observedGeneration: 1,
        lastTransitionTime: time(changedAt),
        reason: allowed > 0 ? 'SufficientPods' : 'InsufficientPods',
        message: '',
      },
    ],
    ...(awaited.length > 0 ? { disruptedPods } : {}),
    observedGeneration: 1,
    disruptionsAllowed: allowed,
    currentHealthy: healthy,
    desiredHealthy: needed,
    expectedPods: expected,
  };
  return {
    metadata: meta(
      { kind: 'PodDisruptionBudget', namespace, name, createdAt, changedAt },
      {
        generation: 1,
        managedFields: managedBy(
          { manager: 'helm', apiVersion: 'policy/v1', at: createdAt, wrote: { spec } },
          { manager: 'kube-controller-manager', apiVersion: 'policy/v1', at: changedAt, wrote: { status } },
        ),
      },
    ),
    spec,
    status,
  };
}
