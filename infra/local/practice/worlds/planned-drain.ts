import { type Deed, withDeeds } from '../deeds.ts';
import { type Facts, withNode } from '../facts.ts';
import { leaves, settlersOn } from '../layout.ts';
import { nodeNamed } from '../lookup.ts';
import { app } from '../workloads.ts';
import type { World } from '../world.ts';
import { readinessFlaps } from './node-alert.ts';
import { cordoned, evicted } from './people.ts';

const [NODE, OTHER] = ['worker-1', 'worker-2'];

/** Two pods, and a budget that wants both: it never allows a disruption. */
const sessions = app('checkout', 'sessions', { replicas: 2, disruptionBudget: { minAvailable: 2 } });

/** Seconds after the cordon: the first eviction, from one to the next, and the kubelet's restart in between. */
const [FIRST_EVICTION, EVICTION_EVERY, KUBELET_STOPPED, KUBELET_STARTED] = [4, 15, 240, 330];

/**
 * Somebody drains a node to upgrade its kubelet. A budget holds the drain up, the upgrade was done all the same, and
 * its restart made the node NotReady for a while: that is where the alert comes from.
 */
export const plannedDrain: World = {
  id: 'planned-drain',
  title: 'A drain that hangs',
  description: `${NODE} is cordoned for work, its readiness flaps, and one budget lets its last pod not go`,
  runbook: 'node-not-ready',
  target: `node/${NODE}`,
  expect: ['plannedWork'],
  beganSecondsAgo: 600,
  trouble(quiet, beganAt) {
    const facts = { ...quiet, guests: [{ workload: sessions, on: [NODE, OTHER] }] };
    const outage = { kubeletStoppedAt: beganAt + KUBELET_STOPPED, kubeletStartedAt: beganAt + KUBELET_STARTED };
    return withDeeds(
      withNode(facts, NODE, outage),
      cordoned(NODE, beganAt),
      ...evictions(facts, beganAt + FIRST_EVICTION),
    );
  },
  alerts: () => [readinessFlaps(NODE, KUBELET_STARTED + 45)],
};

/** What `kubectl drain` got done before the budget: one pod after the other, each long ready again before the next. */
function evictions(facts: Facts, firstAt: number): Deed[] {
  const node = nodeNamed(facts, NODE);
  const moving = (node ? settlersOn(facts, node) : []).filter(
    ({ workload }) => leaves(workload) && workload !== sessions,
  );
  return moving.map((place, index) => evicted(place, firstAt + index * EVICTION_EVERY));
}
