import type * as z from 'zod';
import type { Evidence } from '../../engine/runbook.ts';
import { byLastSeen, EventsByPod, type EventView, eventsByPod } from '../evidence/event.ts';
import { clockTime, plural } from '../evidence/node-words.ts';
import { changedLately, Pods, type PodView, podReads, readPods } from './pods.ts';
import type { FlapTarget } from './target.ts';

/** Events of those pods that were asked, by `namespace/name`; each list the oldest first. */
export type PodEvents = ReadonlyMap<string, readonly EventView[]>;

const Schema: z.ZodType<PodEvents> = EventsByPod.transform((asked) => {
  const ordered = (items: readonly EventView[]) =>
    items.map((event) => ({ ...event, message: event.message.slice(0, 300) })).toSorted(byLastSeen);
  return new Map(asked.map(({ pod, events }) => [pod, ordered(events.items)]));
});

/** Events have no watch cache: of a few pods, each by its name; first of those whose status does not say why. */
const MOST_PODS = 4;

export function toAsk(pods: readonly PodView[], now: Date): readonly PodView[] {
  const rank = (pod: PodView) => (pod.isReady ? 2 : pod.containersReady === true ? 1 : 0);
  return pods
    .filter((pod) => !pod.ofJob && (!pod.isReady || changedLately(pod, now)))
    .toSorted((a, b) => rank(a) - rank(b) || (b.changedAt ?? '').localeCompare(a.changedAt ?? ''))
    .slice(0, MOST_PODS);
}

export const podEvents: Evidence<PodEvents, FlapTarget> = {
  title: 'Events of pods that came or went',
  schema: Schema,
  reads: [...podReads, 'list Event'],
  read: async (readers, target, { now }) => {
    const { pods } = Pods.parse(await readPods(readers, target, now));
    return eventsByPod(readers.kube, toAsk(pods, now));
  },
  show: (events) =>
    events.size === 0 ? 'no pod came or went' : [...events].map(([pod, all]) => `${pod}: ${wordsOf(all)}`).join('; '),
};

const SHOWN = 3;

function wordsOf(events: readonly EventView[]): string {
  if (events.length === 0) return 'no events within their one hour of life';
  const words = events
    .slice(-SHOWN)
    .toReversed()
    .map(({ reason, count, lastSeen }) => `${clockTime(lastSeen)} ${reason}${count > 1 ? ` x${count}` : ''}`);
  return `${plural(events.length, 'event')}, ${words.join(', ')}`;
}
