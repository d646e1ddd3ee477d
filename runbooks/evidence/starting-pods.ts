import * as z from 'zod';
import type { Evidence } from '../../engine/runbook.ts';
import type { NodeTarget } from '../../engine/target.ts';
import { EventsByPod, type EventView, eventsByPod } from './event.ts';
import type { MovablePod } from './movable-pod.ts';
import { clockTime, plural } from './node-words.ts';
import { isWaiting, PodsHere, podName, podsOf } from './pods-here.ts';

/** So many pods that wait are asked what for; each is one read. */
const MOST_PODS = 3;

/** What a pod that does not start waits for, by the last word of its kubelet. */
export interface Start {
  readonly pod: string;
  /** Who makes it, as `NAMESPACE/KIND NAME`: pods of one owner mount the same. Absent: nobody does. */
  readonly owner?: string;
  /** Since when it has been pulling an image; absent: it is not. */
  readonly pullingSince?: string;
  /** A volume the kubelet could not mount in time. On a stalled node a token in memory gives this as well. */
  readonly failedMount?: string;
  /** A volume that was not attached or mounted, in the words of the last who said so, and nothing has come of it since. */
  readonly lacks?: {
    readonly reason: 'FailedMount' | 'FailedAttachVolume';
    readonly message: string;
    readonly at: string;
  };
}

/** What pods wait for. `waiting`: all of them, also those that were not asked. */
export interface Starting {
  readonly waiting: number;
  readonly starts: readonly Start[];
}

const Owners = z.array(z.object({ pod: z.string(), owner: z.string() }));

const Schema = z.object({ waiting: z.number(), asked: EventsByPod, owners: Owners.default([]) }).transform(
  ({ waiting, asked, owners }): Starting => ({
    waiting,
    starts: asked
      .map(({ pod, events }) => {
        const owner = owners.find((one) => one.pod === pod)?.owner;
        return { ...startOf(pod, events.items), ...(owner === undefined ? {} : { owner }) };
      })
      .toSorted((a, b) => (a.pod < b.pod ? -1 : 1)),
  }),
);

/** Events have no watch cache: only of a few pods, each by its name. */
export const starting: Evidence<Starting, NodeTarget> = {
  title: 'What pods wait for to start',
  schema: Schema,
  reads: ['list Pod', 'list Event'],
  read: async ({ kube }, { name }) => {
    const waiting = PodsHere.parse(await kube.list('Pod', podsOf(name))).filter(isWaiting);
    const some = waiting.slice(0, MOST_PODS);
    const asked = await eventsByPod(kube, some);
    const owners = some.flatMap((pod) => ownerOf(pod) ?? []);
    return { waiting: waiting.length, asked, owners };
  },
  show: ({ waiting, starts }) =>
    waiting === 0
      ? 'no pod waits'
      : `${plural(waiting, 'pod')} waiting: ${starts.map(({ pod, pullingSince, failedMount, lacks }) => `${pod} ${pullingSince ? `pulls an image since ${clockTime(pullingSince)}` : failedMount ? 'waits for a volume (FailedMount), as every pod on a stalled node does' : lacks ? `waits for a volume (${inShort(lacks.message)})` : 'says nothing of a pull'}`).join('; ')}`,
};

/** Said in this order while a pod starts: what comes after its volumes means that it has them. */
const volumeWords: ReadonlySet<string> = new Set([
  'FailedMount',
  'FailedAttachVolume',
  'SuccessfulAttachVolume',
  'Pulling',
  'Pulled',
  'Created',
  'Started',
]);

/** What went wrong stands at the end of a long command sometimes: it is judged as a whole, and shown in short. */
export function inShort(message: string): string {
  return message.length > 200 ? `${message.slice(0, 90)} … ${message.slice(-107)}` : message;
}

/** A Deployment's pods are made by its ReplicaSets, a CronJob's by its Jobs: their names end with a hash, and a time. */
function ownerOf({ namespace, name, owner }: MovablePod): { readonly pod: string; readonly owner: string } | undefined {
  if (!owner) return undefined;
  const own = ['ReplicaSet', 'Job'].includes(owner.kind) ? owner.name.replace(/-[a-z0-9]+$/, '') : owner.name;
  return { pod: podName({ namespace, name }), owner: `${namespace}/${owner.kind} ${own}` };
}

function startOf(pod: string, events: readonly EventView[]): Start {
  const ordered = events.toSorted((a, b) => Date.parse(a.lastSeen) - Date.parse(b.lastSeen));
  const pull = ordered.findLast(({ reason }) => ['Pulling', 'Pulled', 'Failed', 'BackOff'].includes(reason));
  const mount = ordered.findLast(({ reason }) => reason === 'FailedMount');
  const last = ordered.findLast(({ reason }) => volumeWords.has(reason));
  return {
    pod,
    ...(pull?.reason === 'Pulling' ? { pullingSince: pull.lastSeen } : {}),
    ...(mount ? { failedMount: mount.message } : {}),
    ...(last ? lackOf(last) : {}),
  };
}

function lackOf({ reason, message, lastSeen: at }: EventView): Pick<Start, 'lacks'> {
  return reason === 'FailedMount' || reason === 'FailedAttachVolume' ? { lacks: { reason, message, at } } : {};
}
