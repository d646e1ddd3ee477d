import type { EventIs, PodIs } from './objects.ts';
import { notReadyOfPod } from './objects.ts';
import { quiet, type World } from './world.ts';

/** What asks for the node's heartbeats alone. */
export const heartbeatCauses = [
  'controlPlane',
  'controllerManager',
  'clockJumped',
  'kubeletStalled',
  'tooDense',
  'stuckConnection',
  'graceTooSmall',
] as const;
/** What a kubelet counts when the silence is over. */
export const uncounted = ['kubeletStalled', 'stuckConnection'] as const;
export const podCauses = [
  'containerEnds',
  'readinessProbe',
  'readinessGate',
  'notStarted',
  'doesNotGo',
  'rollout',
] as const;

/** The controller manager called the node NotReady some times, and its kubelet said Ready again so long afterwards. */
export function silences(lastAgo: number, backAfter: number | undefined, count = 4): readonly EventIs[] {
  const called = { reason: 'NodeNotReady', from: 'node-controller', count, last: lastAgo, stored: lastAgo + 900 };
  if (backAfter === undefined) return [called];
  return [
    called,
    { reason: 'NodeReady', count, last: lastAgo - backAfter, stored: lastAgo + 890, first: lastAgo + 890 },
  ];
}

/** As they are after that: marked not ready with their node, and ready again some seconds after it. */
export function pods(changed: number, all = quiet.pods): readonly PodIs[] {
  return all.map((one) => ({ ...one, changed }));
}

/** The article's node: heartbeats come 41 s apart, four times within half an hour, and the controller manager waits 40. */
export function flapping(lastAgo = 400, backAfter = 2): World {
  return {
    ...quiet,
    pods: pods(lastAgo - backAfter - 8),
    podEvents: Object.fromEntries(quiet.pods.map(({ name }) => [name, [notReadyOfPod(lastAgo)]])),
    node: { since: lastAgo - backAfter },
    events: silences(lastAgo, backAfter),
    heartbeats: { age: (minutesAgo) => (minutesAgo % 7 === 6 ? 41 : 9.8), unknown: [6, 13, 20, 27] },
  };
}

/** Heartbeats that were so late, four times. */
export function late(seconds: number, every = 30): World['heartbeats'] {
  return { age: (minutesAgo) => (minutesAgo % 7 === 6 ? seconds : 9.8), every, unknown: [6, 13, 20, 27] };
}
