import type { Evidence } from '../../engine/runbook.ts';
import { EventsByPod, eventsByPod } from '../evidence/event.ts';
import { clockTime } from '../evidence/node-words.ts';
import type { ControlPlaneTarget } from './target.ts';
import { troubledPods } from './troubled.ts';

/** What a kubelet says of a pod in trouble. */
export interface Told {
  readonly pod: string;
  readonly reason: string;
  readonly message: string;
  readonly count: number;
  readonly at: string;
}

const LONGEST_MESSAGE = 220;

const Schema = EventsByPod.transform((all): readonly Told[] =>
  all
    .flatMap(({ pod, events }) =>
      events.items.map(({ reason, message, count, lastSeen: at }) => ({
        pod,
        reason,
        message: message.slice(0, LONGEST_MESSAGE),
        count,
        at,
      })),
    )
    .toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at) || (a.reason < b.reason ? -1 : 1)),
);

/** Events have no watch cache: only of the pods in trouble, each by its name. */
export const podEvents: Evidence<readonly Told[], ControlPlaneTarget> = {
  title: 'Events of its pods in trouble',
  schema: Schema,
  reads: ['list Pod in kube-system', 'list Event in kube-system'],
  read: async ({ kube }, { name: component }, { now }) => {
    const pods = (await troubledPods(kube, component, now)).map(({ name }) => ({ namespace: 'kube-system', name }));
    return eventsByPod(kube, pods, ({ name }) => name);
  },
  show: (all) =>
    all.length === 0
      ? 'none'
      : all
          .slice(-3)
          .map(({ pod, at, reason, count, message }) => `${pod}, ${clockTime(at)} ${reason} x${count}: ${message}`)
          .join('; '),
  deadlineMs: 3_000,
};
