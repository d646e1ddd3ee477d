import type * as z from 'zod';
import type { Readers } from '../../engine/readers.ts';
import { EventList } from '../evidence/event.ts';
import { clockTime, plural } from '../evidence/node-words.ts';
import { inShort } from '../evidence/starting-pods.ts';
import { type AnyTarget, namespaceOf, objectOf } from './target.ts';

const KEPT = 20;
/** The latest last; `null`: the target is no object that has events. */
export const Events = EventList.transform(({ items }) =>
  items
    .toSorted((one, other) => Date.parse(one.lastSeen) - Date.parse(other.lastSeen))
    .slice(-KEPT)
    .map((event) => ({ ...event, message: inShort(event.message) })),
).nullable();
export type Events = z.infer<typeof Events>;

/** Events of the target itself, by kind and name. Those of a Node live in the namespace `default`. */
export async function readEvents({ kube }: Readers, target: AnyTarget): Promise<unknown> {
  const object = objectOf(target);
  if (object === undefined) return null;
  const { kind, name } = object;
  return kube.list('Event', {
    namespace: kind === 'Namespace' ? name : (namespaceOf(target) ?? 'default'),
    fieldSelector: `involvedObject.kind=${kind},involvedObject.name=${name}`,
    limit: 500,
    fresh: true,
  });
}

const SHOWN = 4;

export function showEvents(events: Events): string {
  if (events === null) return 'it is no object that has events';
  if (events.length === 0) return 'none within their one hour of life';
  const warnings = events.filter(({ isWarning }) => isWarning);
  const shown = (warnings.length > 0 ? warnings : events).slice(-SHOWN).reverse();
  const words = shown.map(
    ({ reason, count, lastSeen, message }) =>
      `${clockTime(lastSeen)} ${reason}${count > 1 ? ` x${count}` : ''}: ${message}`,
  );
  return `${plural(events.length, 'event')}, ${plural(warnings.length, 'warning')}: ${words.join('; ')}`;
}
