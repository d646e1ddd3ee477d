import { isUnscheduledAt } from '../broken-part.ts';
import { firstReadyAt, livesFor, startedAt } from '../crash-loop.ts';
import { type Facts, outagesOf, recoveredAt, silenceOf } from '../facts.ts';
import { nowhere, type PodPlace } from '../placement.ts';
import { whyNowhere } from '../taints.ts';
import { homeOf } from '../workloads.ts';
import { containerStatus } from './container-status.ts';
import { time } from './values.ts';

/** After its node is Ready again a pod waits for its kubelet's first probes (measured: 4.7 s). */
const PROBED_AFTER_SECONDS = 5;

/** When the pod was called ready again after its node had been silent. `undefined`: it was not silent, or still is. */
export function readyAgainAt({ node }: Pick<PodPlace, 'node'>): number | undefined {
  const back = recoveredAt(node);
  return back === undefined ? undefined : back + PROBED_AFTER_SECONDS;
}

/** Whether the pod counts as ready: not while its node is unreachable, however well its containers run. */
export function isReady(place: PodPlace, now: number): boolean {
  return containersReady(place, now) && unreadySince(place, now) === undefined;
}

/** Whether its containers are, whatever is said of their node. */
export function containersReady(place: PodPlace, now: number): boolean {
  if (livesFor(place, now) !== undefined) return false;
  return place.life?.serial === undefined || now >= firstReadyAt(place);
}

/** Since when others than the kubelet have the say: the controller manager about a silent node. */
function unreadySince(place: PodPlace, now: number): number | undefined {
  const again = readyAgainAt(place);
  if (again !== undefined && now >= again - PROBED_AFTER_SECONDS && now < again) return again - PROBED_AFTER_SECONDS;
  return silenceOf(place.node, now)?.unknownAt;
}

export function phaseOf(place: PodPlace, now: number): 'Pending' | 'Running' {
  return place.life?.serial === undefined || now >= startedAt(place) ? 'Running' : 'Pending';
}

export function podStatus(facts: Facts, place: PodPlace, now: number): object {
  // Nobody looks at it, so that nobody says why it waits.
  if (place.node === nowhere && isUnscheduledAt(facts, now)) return { phase: 'Pending', qosClass: 'Burstable' };
  if (place.node === nowhere) {
    const why = {
      reason: 'Unschedulable',
      message: whyNowhere(facts, place.workload, now, homeOf(place.workload, place.name)),
    };
    const scheduled = condition('PodScheduled', 'False', place.createdAt, why);
    return { phase: 'Pending', conditions: [scheduled], qosClass: 'Burstable' };
  }
  const { node, address, createdAt, life } = place;
  const phase = phaseOf(place, now);
  const boundAt = life?.boundAt ?? createdAt;
  return {
    phase,
    conditions: conditionsOf(place, boundAt, now),
    hostIP: node.address,
    ...(phase === 'Running' ? { podIP: address, podIPs: [{ ip: address }] } : {}),
    startTime: time(boundAt),
    containerStatuses: [containerStatus(place, now)],
    qosClass: 'Burstable',
  };
}

function conditionsOf(place: PodPlace, boundAt: number, now: number): object[] {
  const message = `containers with unready status: [${place.workload.container}]`;
  const backs = outagesOf(place.node, now).map(({ backAt }) => backAt);
  const readyAt = Math.max(firstReadyAt(place), ...[readyAgainAt(place) ?? 0, ...backs].filter((at) => at <= now));
  const byContainers = (type: string) =>
    containersReady(place, now)
      ? condition(type, 'True', type === 'Ready' ? readyAt : firstReadyAt(place))
      : condition(type, 'False', boundAt, { reason: 'ContainersNotReady', message });
  const since = unreadySince(place, now);
  return [
    condition('Initialized', 'True', boundAt),
    // Only the controller manager's word changes: the containers run on, and their own condition goes on saying so.
    since === undefined ? byContainers('Ready') : condition('Ready', 'False', since),
    byContainers('ContainersReady'),
    condition('PodScheduled', 'True', boundAt),
  ];
}

function condition(type: string, status: string, at: number, why: object = {}): object {
  return { type, status, lastProbeTime: null, lastTransitionTime: time(at), ...why };
}
