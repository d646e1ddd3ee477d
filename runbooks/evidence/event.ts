import * as z from 'zod';
import type { ListOptions, Readers } from '../../engine/readers.ts';

/** What we use of an Event, whoever wrote it: the older `lastTimestamp` and `source`, or the newer `eventTime`, `series` and `reportingComponent`. */
const Event = z
  .object({
    metadata: z.object({ creationTimestamp: z.string() }),
    type: z.string().default('Normal'),
    reason: z.string().default(''),
    message: z.string().default(''),
    source: z.object({ component: z.string().optional() }).nullish(),
    reportingComponent: z.string().nullish(),
    count: z.number().nullish(),
    firstTimestamp: z.string().nullish(),
    lastTimestamp: z.string().nullish(),
    eventTime: z.string().nullish(),
    series: z.object({ count: z.number().nullish(), lastObservedTime: z.string().nullish() }).nullish(),
  })
  .transform(({ metadata, type, reason, message, ...event }) => ({
    isWarning: type === 'Warning',
    reason,
    message,
    from: event.source?.component ?? event.reportingComponent ?? '',
    count: event.count ?? event.series?.count ?? 1,
    /** By the API server's clock. */
    createdAt: metadata.creationTimestamp,
    /** By the clock of whoever sent it: for a kubelet's event the distance to `createdAt` is the node's skew. */
    firstSeen: event.firstTimestamp ?? event.eventTime ?? metadata.creationTimestamp,
    lastSeen: event.lastTimestamp ?? event.series?.lastObservedTime ?? event.eventTime ?? metadata.creationTimestamp,
  }));
export type EventView = z.infer<typeof Event>;

/**
 * Seconds by which the clock of whoever sent it was ahead of the API server's when it was first seen; `undefined`: cannot
 * be told. One that goes on after it has expired (`--event-ttl`) is stored anew, with its count and the first date it had.
 * https://github.com/kubernetes/client-go/blob/master/tools/record/event.go
 */
export function clockAhead({ count, firstSeen, createdAt }: EventView): number | undefined {
  const ahead = (Date.parse(firstSeen) - Date.parse(createdAt)) / 1000;
  return ahead < 0 && count > 1 ? undefined : ahead;
}

export const EventList = z.object({ items: z.array(Event) });

/** Seconds that an event is kept: `--event-ttl` of the API server. */
export const EVENTS_LIVE_SECONDS = 3_600;

/** What `eventsByPod` answers. */
export const EventsByPod = z.array(z.object({ pod: z.string(), events: EventList }));

/** Order of events, the oldest first; those of one moment always in the same order. */
export function byLastSeen(a: EventView, b: EventView): number {
  return Date.parse(a.lastSeen) - Date.parse(b.lastSeen) || (a.reason < b.reason ? -1 : 1);
}

interface PodName {
  readonly namespace: string;
  readonly name: string;
}

/** The events of each of these pods, by what the runbook calls it. They have no watch cache: ask for few. */
export function eventsByPod(
  kube: Readers['kube'],
  pods: readonly PodName[],
  called: (pod: PodName) => string = ({ namespace, name }) => `${namespace}/${name}`,
): Promise<readonly { readonly pod: string; readonly events: unknown }[]> {
  return Promise.all(pods.map(async (pod) => ({ pod: called(pod), events: await kube.list('Event', eventsOf(pod)) })));
}

function eventsOf({ namespace, name }: PodName): ListOptions {
  return {
    namespace,
    fieldSelector: `involvedObject.kind=Pod,involvedObject.name=${name}`,
    limit: 100,
    fresh: true,
  };
}
