import * as z from 'zod';
import type { Evidence } from '../../engine/runbook.ts';
import type { NodeTarget } from '../../engine/target.ts';
import { EventsByPod, type EventView, eventsByPod } from '../evidence/event.ts';
import { clockTime, plural } from '../evidence/node-words.ts';
import { type AgentsView, PodsOnNode, podsOf } from './agents.ts';
import { type Complaint, complaintIn, lastWords } from './complaints.ts';
import { limits } from './limits.ts';

/**
 * Events have no watch cache: only so many pods are asked for, the newest first. What has waited for weeks waits for something
 * else, as a volume or a Secret that is gone; a network that fails now fails the newest.
 */
const [MOST_WAITING, MOST_AGENTS] = [6, 2];
const SHOWN = 3;

/** What the kubelet said of one pod. */
export type Said = Complaint & { readonly pod: string; readonly at: string; readonly count: number };
export interface SaidView {
  readonly asked: readonly string[];
  /** Pods that wait as well and were not asked for. */
  readonly unasked: number;
  readonly said: readonly Said[];
}

const Schema = z
  .object({
    unasked: z.number(),
    all: EventsByPod,
  })
  .transform(({ unasked, all }): SaidView => {
    const said = all.flatMap(({ pod, events }) => events.items.flatMap((event) => saidOf(pod, event)));
    const once = new Map(said.map((one) => [JSON.stringify([one.pod, one.at, one.line]), one]));
    return {
      asked: all.map(({ pod }) => pod),
      unasked,
      said: [...once.values()].toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at) || (a.line < b.line ? -1 : 1)),
    };
  });

/**
 * That a network could not be set up, or a probe of an agent failed, whatever its words; of other events only what is known. Who
 * does not reach the API server then is no network: the kubelet itself, or the driver of a volume.
 */
function saidOf(pod: string, { reason, message, count, lastSeen: at }: EventView): readonly Said[] {
  const known = complaintIn(message, new Date(at));
  const isTold = reason === 'FailedCreatePodSandBox' || reason === 'NetworkNotReady' || reason === 'Unhealthy';
  if (!isTold && (!known || known.kind === 'noApi' || known.kind === 'noAnswer')) return [];
  const kind = reason === 'Unhealthy' ? 'probe' : 'other';
  return [{ ...(known ?? { kind, line: lastWords(message) }), pod, at, count }];
}

export const said: Evidence<SaidView, NodeTarget> = {
  title: 'What the kubelet says of pods that wait for their network',
  schema: Schema,
  reads: ['list Pod', 'list Event'],
  read: async ({ kube }, { name }, { now }) => {
    const view = PodsOnNode.parse({ readAt: now.toISOString(), list: await kube.list('Pod', podsOf(name)) });
    const all = await eventsByPod(kube, toAsk(view));
    return { unasked: Math.max(0, view.waiting.length - MOST_WAITING), all };
  },
  show: ({ asked, unasked, said: all }) => {
    if (asked.length === 0) return 'no pod waits for its network';
    const words = all
      .slice(-SHOWN)
      .map(({ pod, at, count, line }) => `${pod}, ${clockTime(at)}${count > 1 ? ` x${count}` : ''}: ${line}`);
    const rest = unasked > 0 ? [`${plural(unasked, 'pod')} more not asked for`] : [];
    return [
      ...(words.length === 0 ? [`${plural(asked.length, 'pod')} asked for, nothing about the network`] : words),
      ...rest,
    ].join('; ');
  },
  threshold: `said within ${limits.latelyMinutes} minutes, it is of now; of the lock of iptables ${limits.lockLines} lines in that time`,
  thresholdSource:
    'kubelet: client-go, record/events_cache.go (one event in 300 s after a burst); the lines: our own, the next pass makes up for fewer',
};

function toAsk({ waiting, agents }: AgentsView) {
  return [...waiting.slice(0, MOST_WAITING), ...agents.filter(({ ready }) => !ready).slice(0, MOST_AGENTS)];
}
