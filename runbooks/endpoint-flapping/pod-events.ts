import * as z from 'zod';
import type { Evidence } from '../../engine/runbook.ts';
import { clockTime, plural } from '../evidence/node-words.ts';
import { changedLately, nameOf, Pods, type PodView, podReads, readPods } from './pods.ts';
import type { FlapTarget } from './target.ts';

const Event = z
  .object({
    metadata: z.object({ creationTimestamp: z.string() }),
    reason: z.string().default(''),
    message: z.string().default(''),
    source: z.object({ component: z.string().optional() }).nullish(),
    reportingComponent: z.string().nullish(),
    count: z.number().nullish(),
    lastTimestamp: z.string().nullish(),
    eventTime: z.string().nullish(),
  })
  .transform(({ metadata, reason, message, count, ...event }) => ({
    reason,
    message: message.slice(0, 300),
    from: event.source?.component ?? event.reportingComponent ?? '',
    count: count ?? 1,
    lastSeen: event.lastTimestamp ?? event.eventTime ?? metadata.creationTimestamp,
  }));
export type PodEvent = z.infer<typeof Event>;

/** Events of those pods that were asked, by `namespace/name`; each list the oldest first. */
export type PodEvents = ReadonlyMap<string, readonly PodEvent[]>;

const Schema: z.ZodType<PodEvents> = z
  .array(z.object({ pod: z.string(), events: z.object({ items: z.array(Event) }) }))
  .transform((asked) => {
    const ordered = (items: readonly PodEvent[]) =>
      items.toSorted((a, b) => Date.parse(a.lastSeen) - Date.parse(b.lastSeen) || (a.reason < b.reason ? -1 : 1));
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
    const { pods } = Pods.parse(await readPods(readers, target));
    return Promise.all(
      toAsk(pods, now).map(async (pod) => ({
        pod: nameOf(pod),
        events: await readers.kube.list('Event', {
          namespace: pod.namespace,
          fieldSelector: `involvedObject.kind=Pod,involvedObject.name=${pod.name}`,
          limit: 100,
          fresh: true,
        }),
      })),
    );
  },
  show: (events) =>
    events.size === 0 ? 'no pod came or went' : [...events].map(([pod, all]) => `${pod}: ${wordsOf(all)}`).join('; '),
};

const SHOWN = 3;

function wordsOf(events: readonly PodEvent[]): string {
  if (events.length === 0) return 'no events within their one hour of life';
  const words = events
    .slice(-SHOWN)
    .toReversed()
    .map(({ reason, count, lastSeen }) => `${clockTime(lastSeen)} ${reason}${count > 1 ? ` x${count}` : ''}`);
  return `${plural(events.length, 'event')}, ${words.join(', ')}`;
}
