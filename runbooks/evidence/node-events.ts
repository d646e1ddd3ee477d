import type { Evidence } from '../../engine/runbook.ts';
import type { NodeTarget } from '../../engine/target.ts';
import { EventList, type EventView } from './event.ts';
import { clockTime, plural } from './node-words.ts';

const KEPT = 40;
const Latest = EventList.transform(({ items }) =>
  items
    .toSorted((a, b) => Date.parse(a.lastSeen) - Date.parse(b.lastSeen))
    .slice(-KEPT)
    .map((event) => ({ ...event, message: event.message.slice(0, 300) })),
);

export const nodeEvents: Evidence<readonly EventView[], NodeTarget> = {
  title: 'Events of the node',
  schema: Latest,
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
