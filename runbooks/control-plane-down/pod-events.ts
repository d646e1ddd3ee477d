import * as z from 'zod';
import type { Evidence } from '../../engine/runbook.ts';
import { clockTime } from '../evidence/node-words.ts';
import type { ControlPlaneTarget } from './target.ts';
import { troubledPods } from './troubled.ts';

/** What a kubelet says of a pod that is not ready. */
export interface Told {
  readonly pod: string;
  readonly reason: string;
  readonly message: string;
  readonly count: number;
  readonly at: string;
}

const Event = z.object({
  reason: z.string().default(''),
  message: z.string().default(''),
  count: z.number().nullish(),
  lastTimestamp: z.string().nullish(),
  eventTime: z.string().nullish(),
  metadata: z.object({ creationTimestamp: z.string() }),
});
const Asked = z.object({ pod: z.string(), events: z.object({ items: z.array(Event) }) });

const LONGEST_MESSAGE = 220;

const Schema = z.array(Asked).transform((all): readonly Told[] =>
  all
    .flatMap(({ pod, events }) =>
      events.items.map(({ reason, message, count, lastTimestamp, eventTime, metadata }) => ({
        pod,
        reason,
        message: message.slice(0, LONGEST_MESSAGE),
        count: count ?? 1,
        at: lastTimestamp ?? eventTime ?? metadata.creationTimestamp,
      })),
    )
    .toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at) || (a.reason < b.reason ? -1 : 1)),
);

/** Events have no watch cache: only of the pods in trouble, each by its name. */
export const podEvents: Evidence<readonly Told[], ControlPlaneTarget> = {
  title: 'Events of its pods that are not ready',
  schema: Schema,
  reads: ['list Pod in kube-system', 'list Event in kube-system'],
  read: async ({ kube }, { name }) =>
    Promise.all(
      (await troubledPods(kube, name)).map(async ({ name: pod }) => ({
        pod,
        events: await kube.list('Event', {
          namespace: 'kube-system',
          fieldSelector: `involvedObject.kind=Pod,involvedObject.name=${pod}`,
          limit: 100,
          fresh: true,
        }),
      })),
    ),
  show: (all) =>
    all.length === 0
      ? 'none'
      : all
          .slice(-3)
          .map(({ pod, at, reason, count, message }) => `${pod}, ${clockTime(at)} ${reason} x${count}: ${message}`)
          .join('; '),
  deadlineMs: 3_000,
};
