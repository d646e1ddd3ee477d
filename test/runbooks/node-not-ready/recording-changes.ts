import { recording } from './compose.ts';
import type { Json, Recording } from './recording.ts';

/** An event as the API server lists it, at so many seconds before a moment. */
export type EventAt = (ago: (seconds: number) => string, node: string) => Json;

/** The recorded moment with one more event, and, if that is given, Ready (or not) since so many seconds. */
export function withEvents(name: string, event: EventAt, readySeconds?: number): Recording {
  return changed(name, { more: [event], readySeconds });
}

/** The recorded moment with more events, or with these only, and its Ready condition since so many seconds. */
export function changed(
  name: string,
  { more = [], only, readySeconds }: { more?: EventAt[]; only?: EventAt[]; readySeconds?: number | undefined },
): Recording {
  const moment = recording(name);
  const ago = (seconds: number) =>
    new Date(Date.parse(moment.now) - seconds * 1000).toISOString().replace(/\.\d+Z$/, 'Z');
  const made = (only ?? more).map((event) => event(ago, moment.node.metadata.name));
  const events = only ? made : [...moment.events, ...made];
  return { ...(readySeconds === undefined ? moment : readySince(moment, ago(readySeconds))), events };
}

/** The recorded moment with its Ready condition dated otherwise. */
export function readySince(moment: Recording, lastTransitionTime: string): Recording {
  const status = moment.node.status as { conditions: Json[] };
  const conditions = status.conditions.map((one) => (one.type === 'Ready' ? { ...one, lastTransitionTime } : one));
  return { ...moment, node: { ...moment.node, status: { ...status, conditions } } };
}

/** The recorded moment with one more condition of the node. */
export function withCondition(name: string, condition: Json): Recording {
  const moment = recording(name);
  const status = moment.node.status as { conditions: Json[] };
  return { ...moment, node: { ...moment.node, status: { ...status, conditions: [...status.conditions, condition] } } };
}

/** The recorded moment on another system. */
export function onSystem(name: string, osImage: string, kernelVersion: string): Recording {
  const moment = recording(name);
  const status = moment.node.status as { nodeInfo: Json };
  const nodeInfo = { ...status.nodeInfo, osImage, kernelVersion };
  return { ...moment, node: { ...moment.node, status: { ...status, nodeInfo } } };
}

/** A moment whose node has another container runtime. */
export function withRuntime(moment: Recording, containerRuntimeVersion: string): Recording {
  const status = moment.node.status as { nodeInfo: Json };
  const nodeInfo = { ...status.nodeInfo, containerRuntimeVersion };
  return { ...moment, node: { ...moment.node, status: { ...status, nodeInfo } } };
}

/** The recorded moment with more pods on the node. */
export function withPods(name: string, ...pods: readonly Json[]): Recording {
  const moment = recording(name);
  return { ...moment, pods: [...moment.pods, ...pods] };
}

/** What a kubelet posts when it finds another boot ID than before. */
export function rebooted(seconds: number): EventAt {
  return eventOf('Rebooted', 'kubelet', 'has been rebooted, boot id: 5f0c2b4e', seconds);
}

/** What the controller manager posts of a node that fell silent, so many times, the last one then. */
export function calledNotReady(seconds: number, count = 1): EventAt {
  return eventOf('NodeNotReady', 'node-controller', 'status is now: NodeNotReady', seconds, count);
}

/** An event of the node; several of a kind came five minutes apart. */
export function eventOf(reason: string, component: string, words: string, seconds: number, count = 1): EventAt {
  return (ago, node) => {
    const first = ago(seconds + (count - 1) * 300);
    return {
      metadata: { creationTimestamp: first },
      reason,
      message: `Node ${node} ${words}`,
      source: { component },
      count,
      firstTimestamp: first,
      lastTimestamp: ago(seconds),
    };
  };
}

/** An event the API server stored then, which the kubelet dated so many seconds earlier. */
export function datedEarlier(seconds: number, earlier: number): EventAt {
  return (ago, node) => ({
    ...eventOf('NodeHasSufficientMemory', 'kubelet', 'status is now: NodeHasSufficientMemory', seconds)(ago, node),
    firstTimestamp: ago(seconds + earlier),
    lastTimestamp: ago(seconds + earlier),
  });
}

/** An event that goes on since long ago: it had expired, and is stored anew with the first date that it had. */
export function storedAnew(seconds: number, since: number): EventAt {
  return (ago, node) => ({
    ...datedEarlier(seconds, since)(ago, node),
    count: 14,
    lastTimestamp: ago(seconds),
  });
}

/** What a kubelet posts whenever it starts. */
export function started(seconds: number): EventAt {
  return eventOf('Starting', 'kubelet', 'starts', seconds);
}

/** A limit of eviction was reached then. */
export function reclaiming(what: string, seconds: number): EventAt {
  return (ago, node) => ({
    ...eventOf('EvictionThresholdMet', 'kubelet', '', seconds)(ago, node),
    message: `Attempting to reclaim ${what}`,
  });
}

/** Its garbage collection did not reach the container runtime. */
export function dialFailed(seconds: number): EventAt {
  return eventOf('ContainerGCFailed', 'kubelet', 'connect: no such file or directory', seconds);
}
