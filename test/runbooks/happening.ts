import { requestKey } from '../../engine/request.ts';
import type { Reads } from './expectation.ts';

/** An Event of a node or a pod, as a world tells it. From the kubelet, if it does not say from whom. */
export interface Happening {
  readonly minutesAgo: number;
  readonly reason: string;
  readonly from?: string;
  readonly message?: string;
  readonly count?: number;
}

/** As the API server keeps it. */
export function eventOf(now: Date, { minutesAgo, reason, from = 'kubelet', message = '', count = 1 }: Happening) {
  const time = new Date(now.getTime() - minutesAgo * 60_000).toISOString();
  return {
    metadata: { creationTimestamp: time },
    reason,
    message,
    source: { component: from },
    count,
    firstTimestamp: time,
    lastTimestamp: time,
  };
}

/** The read of a node's events, and its answer. */
export function nodeEventsRead(node: string, now: Date, events: readonly Happening[]): Reads {
  return { [nodeEventsKey(node)]: { body: { items: events.map((event) => eventOf(now, event)) } } };
}

export function nodeEventsKey(node: string): string {
  const fieldSelector = `involvedObject.kind=Node,involvedObject.name=${node}`;
  return requestKey({ verb: 'list', kind: 'Event', namespace: 'default', fieldSelector, limit: 500, fresh: true });
}
