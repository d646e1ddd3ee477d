import * as z from 'zod';
import type { ListOptions } from '../../engine/readers.ts';

/** What we use of an Event, whoever wrote it: the older `lastTimestamp` and `source`, or the newer `eventTime` and `reportingComponent`. */
export const Event = z
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
  })
  .transform(({ metadata, type, reason, message, ...event }) => ({
    isWarning: type === 'Warning',
    reason,
    message,
    from: event.source?.component ?? event.reportingComponent ?? '',
    count: event.count ?? 1,
    /** By the API server's clock. */
    createdAt: metadata.creationTimestamp,
    /** By the clock of whoever sent it: for a kubelet's event the distance to `createdAt` is the node's skew. */
    firstSeen: event.firstTimestamp ?? event.eventTime ?? metadata.creationTimestamp,
    lastSeen: event.lastTimestamp ?? event.eventTime ?? metadata.creationTimestamp,
  }));
export type EventView = z.infer<typeof Event>;

export const EventList = z.object({ items: z.array(Event) });

/** Answers to `eventsOf` for several pods, each by what the runbook calls it. */
export const EventsByPod = z.array(z.object({ pod: z.string(), events: EventList }));

/** Order of events, the oldest first; those of one moment always in the same order. */
export function byLastSeen(a: EventView, b: EventView): number {
  return Date.parse(a.lastSeen) - Date.parse(b.lastSeen) || (a.reason < b.reason ? -1 : 1);
}

/** How to list the events of one pod: they have no watch cache, so that each pod is asked for by its name. */
export function eventsOf({ namespace, name }: { readonly namespace: string; readonly name: string }): ListOptions {
  return {
    namespace,
    fieldSelector: `involvedObject.kind=Pod,involvedObject.name=${name}`,
    limit: 100,
    fresh: true,
  };
}
