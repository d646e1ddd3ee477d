import type { Evidence } from '../../engine/runbook.ts';
import { EventsByPod, type EventView, eventsByPod } from '../evidence/event.ts';
import { clockTime } from '../evidence/node-words.ts';
import { keepsEnding, podReads, podsRead, worstFirst } from './pods.ts';
import { NAMESPACE } from './target.ts';

/** Events of those pods that were asked about, the oldest first. */
export type PodEvents = ReadonlyMap<string, readonly EventView[]>;

/** Events have no watch cache: of a few pods, each by its name. */
const MOST_PODS = 3;

export const events: Evidence<PodEvents, unknown> = {
  title: 'Events of pods in trouble',
  schema: EventsByPod.transform(
    (asked) =>
      new Map(
        asked.map(({ pod, events: { items } }) => [
          pod,
          items
            .map((event) => ({ ...event, message: event.message.replace(/\s+/g, ' ').slice(0, 200) }))
            .toSorted((a, b) => Date.parse(a.lastSeen) - Date.parse(b.lastSeen) || (a.message < b.message ? -1 : 1)),
        ]),
      ),
  ),
  reads: [...podReads, 'list Event in kube-system'],
  read: async (readers, _, { now }) => {
    const { all } = await podsRead(readers);
    const asked = worstFirst(all, now)
      .filter((pod) => !pod.isReady || keepsEnding(pod, now))
      .slice(0, MOST_PODS)
      .map(({ name }) => ({ namespace: NAMESPACE, name }));
    return eventsByPod(readers.kube, asked, ({ name }) => name);
  },
  show: (found) =>
    found.size === 0
      ? 'no pod is in trouble'
      : [...found].map(([pod, all]) => `${pod}: ${all.slice(-2).map(told).join(', ') || 'none'}`).join('; '),
};

function told({ reason, message, lastSeen }: EventView): string {
  return `${clockTime(lastSeen)} ${reason} (${message})`;
}
