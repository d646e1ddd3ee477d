import { startedAt } from '../crash-loop.ts';
import { withDeeds } from '../deeds.ts';
import { type Facts, withNode } from '../facts.ts';
import { settlersOf } from '../layout.ts';
import { podsEverOf } from '../placement.ts';
import { app } from '../workloads.ts';
import type { World } from '../world.ts';
import { readinessFlaps } from './node-alert.ts';
import { cordoned, evicted } from './people.ts';

const NODE = 'worker-2';
const BEGAN_SECONDS_AGO = 1_500;
/** Seconds after the beginning: the cordon, the eviction, and the restart of the kubelet that set off the alert. */
const [CORDON, EVICTION, KUBELET_STOPPED, KUBELET_STARTED] = [200, 210, 900, 990];
/** From the start of the build until the disk is short of space, and from its end until that is cleared away. */
const [FILLS_IN_SECONDS, CLEARED_IN_SECONDS] = [40, 20];
/** The kubelet keeps the condition this long after there is space again (`--eviction-pressure-transition-period`). */
const TRANSITION_SECONDS = 300;

/** Builds what the shop shows, and keeps all that it ever built on the disk of its node. */
const builder = app('shop', 'catalogue-builder', {
  kind: 'StatefulSet',
  replicas: 1,
  volumesOn: [NODE],
  rolledOutSecondsAgo: BEGAN_SECONDS_AGO,
});

/**
 * Somebody cordoned the node because this pod fills its disk, evicted it, and has not mended it yet: the cordon is all
 * that keeps it away. Nothing in the cluster says so. Uncordoned too early the node runs short of space within a minute;
 * asked first, they mend it, and then the node may be uncordoned.
 */
export const cordonWithReason: World = {
  id: 'cordon-with-reason',
  title: 'A node that somebody cordoned',
  description: `${NODE} is cordoned and looks well, and nobody remembers why`,
  runbook: 'node-not-ready',
  target: `node/${NODE}`,
  expect: ['plannedWork'],
  beganSecondsAgo: BEGAN_SECONDS_AGO,
  trouble(quiet, beganAt) {
    const facts = { ...quiet, guests: [{ workload: builder, on: [NODE] }] };
    const outage = { kubeletStoppedAt: beganAt + KUBELET_STOPPED, kubeletStartedAt: beganAt + KUBELET_STARTED };
    const evictions = settlersOf(facts, builder).map((place) => evicted(place, beganAt + EVICTION));
    return filling(withDeeds(withNode(facts, NODE, outage), cordoned(NODE, beganAt + CORDON), ...evictions));
  },
  react: filling,
  byHand: `ask who cordoned ${NODE}: they stop shop/catalogue-builder from filling its disk`,
  byHandFix: 'askWhoCordoned',
  alerts: () => [readinessFlaps(NODE, KUBELET_STARTED + 45)],
};

/** The disk is short of space while the builder runs there, unless it was mended before. */
function filling(facts: Facts): Facts {
  const { mendedAt = Number.POSITIVE_INFINITY } = facts;
  const diskShort = podsEverOf(facts, builder).flatMap((pod) => {
    const { goneAt = Number.POSITIVE_INFINITY } = pod.life ?? {};
    const from = startedAt(pod) + FILLS_IN_SECONDS;
    const ends = Math.min(goneAt, mendedAt);
    if (!Number.isFinite(from) || from >= ends) return [];
    return [{ from, ...(Number.isFinite(ends) ? { until: ends + CLEARED_IN_SECONDS + TRANSITION_SECONDS } : {}) }];
  });
  return withNode(facts, NODE, { diskShort });
}
