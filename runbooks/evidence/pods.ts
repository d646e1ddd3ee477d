import * as z from 'zod';
import type { Evidence } from '../../engine/runbook.ts';
import type { NodeTarget } from '../../engine/target.ts';
import { type Eviction, evictionOf } from './evicted.ts';
import { plural } from './node-words.ts';

const PodFields = z.object({
  metadata: z.object({
    name: z.string(),
    namespace: z.string().default('default'),
    deletionTimestamp: z.string().nullish(),
  }),
  status: z.object({
    phase: z.string().default('Unknown'),
    conditions: z.array(z.object({ type: z.string(), status: z.string() })).default([]),
  }),
});
const Pod = z.unknown().transform((object) => ({ ...PodFields.parse(object), eviction: evictionOf(object) }));
type Pod = z.infer<typeof Pod>;

const PodList = z.object({ items: z.array(Pod) }).transform(({ items }) => {
  return {
    total: items.length,
    running: items.filter(({ status }) => status.phase === 'Running').length,
    pending: items.filter(({ status }) => status.phase === 'Pending').length,
    terminating: items.filter(({ metadata }) => metadata.deletionTimestamp).length,
    evictions: items.flatMap(({ eviction }) => (eviction ? [eviction] : [])),
    /** Ready=False by the controller manager, although their containers are ready: the node fell silent, not they. */
    markedNotReady: items.filter((pod) => is(pod, 'Ready', 'False') && is(pod, 'ContainersReady', 'True')).length,
  };
});
export type PodsView = z.infer<typeof PodList>;

export const podsOnNode: Evidence<PodsView, NodeTarget> = {
  title: 'Pods on the node',
  schema: PodList,
  reads: ['list Pod'],
  read: ({ kube }, { name }) => kube.list('Pod', { fieldSelector: `spec.nodeName=${name}` }),
  show: ({ total, running, pending, terminating, evictions, markedNotReady }) => {
    const count = (as: Eviction['as']) => evictions.filter((one) => one.as === as).length;
    const [victims, turnedAway] = [count('victim'), count('turned-away')];
    return [
      `${plural(total, 'pod')}, ${running} running`,
      ...(pending > 0 ? [`${pending} pending`] : []),
      ...(terminating > 0 ? [`${terminating} terminating`] : []),
      ...(victims > 0 ? [`${victims} evicted to free resources`] : []),
      ...(turnedAway > 0 ? [`${turnedAway} turned away by a node condition`] : []),
      ...(markedNotReady > 0 ? [`${markedNotReady} marked not ready although their containers are`] : []),
    ].join(', ');
  },
};

function is({ status }: Pick<Pod, 'status'>, type: string, value: string): boolean {
  return status.conditions.some((condition) => condition.type === type && condition.status === value);
}
