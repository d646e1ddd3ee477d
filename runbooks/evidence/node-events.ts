import * as z from 'zod';
import type { Evidence } from '../../engine/runbook.ts';
import type { NodeTarget } from '../../engine/target.ts';
import { clockTime, plural } from './node-words.ts';

const Event = z
  .object({
    metadata: z.object({ creationTimestamp: z.string() }),
    reason: z.string().default(''),
    message: z.string().default(''),
    source: z.object({ component: z.string().optional() }).nullish(),
    reportingComponent: z.string().nullish(),
    count: z.number().nullish(),
    firstTimestamp: z.string().nullish(),
    lastTimestamp: z.string().nullish(),
    eventTime: z.string().nullish(),
  })
  .transform(({ metadata, ...event }) => ({
    reason: event.reason,
    message: event.message.slice(0, 300),
    from: event.source?.component ?? event.reportingComponent ?? '',
    count: event.count ?? 1,
    /** By the API server's clock. */
    createdAt: metadata.creationTimestamp,
    /** By the clock of whoever sent it: for a kubelet's event the distance to `createdAt` is the node's skew. */
    firstSeen: event.firstTimestamp ?? event.eventTime ?? metadata.creationTimestamp,
    lastSeen: event.lastTimestamp ?? event.eventTime ?? metadata.creationTimestamp,
  }));
export type EventView = z.infer<typeof Event>;

const KEPT = 40;
const EventList = z
  .object({ items: z.array(Event) })
  .transform(({ items }) => [...items].sort((a, b) => Date.parse(a.lastSeen) - Date.parse(b.lastSeen)).slice(-KEPT));

export const nodeEvents: Evidence<readonly EventView[], NodeTarget> = {
  title: 'Events of the node',
  schema: EventList,
  reads: ['list Event in default'],
  // By kind and name only: kubelets write the node's name as uid, the controller manager the real uid.
  read: ({ kube }, { name }) =>
    kube.list('Event', {
      namespace: 'default',
      fieldSelector: `involvedObject.kind=Node,involvedObject.name=${name}`,
      limit: 500,
      fresh: true, // events have no watch cache
    }),
  show: showEvents,
  // Read from etcd in 7-20 ms in health; without quorum it never ends, and the rest should not wait for it.
  deadlineMs: 3_000,
};

function showEvents(events: readonly EventView[]): string {
  if (events.length === 0) return 'no events within their one hour of life';
  const last = events.slice(-4).reverse();
  const words = last.map(({ reason, from, lastSeen, count }) => {
    return `${clockTime(lastSeen)} ${reason}${count > 1 ? ` x${count}` : ''}${from ? ` from ${from}` : ''}`;
  });
  return `${plural(events.length, 'event')}, the latest: ${words.join('; ')}`;
}
