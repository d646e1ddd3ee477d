import * as z from 'zod';
import type { Evidence } from '../../engine/runbook.ts';
import type { NodeTarget } from '../../engine/target.ts';
import { plural } from './node-words.ts';

const Pod = z.object({
  metadata: z.object({
    name: z.string(),
    namespace: z.string().default('default'),
    deletionTimestamp: z.string().nullish(),
  }),
  status: z.object({
    phase: z.string().default('Unknown'),
    reason: z.string().nullish(),
    message: z.string().nullish(),
    conditions: z.array(z.object({ type: z.string(), status: z.string() })).default([]),
  }),
});
type Pod = z.infer<typeof Pod>;

const NAMED = 5;
const PodList = z.object({ items: z.array(Pod) }).transform(({ items }) => {
  const evicted = items.filter(({ status }) => status.phase === 'Failed' && status.reason === 'Evicted');
  const victims = evicted.filter(({ status }) => /node was low on resource/i.test(status.message ?? ''));
  return {
    total: items.length,
    running: items.filter(({ status }) => status.phase === 'Running').length,
    pending: items.filter(({ status }) => status.phase === 'Pending').length,
    terminating: items.filter(({ metadata }) => metadata.deletionTimestamp).length,
    /** "The node was low on resource": chosen by the kubelet to free something. They are not the cause. */
    victims: victims.length,
    firstVictims: victims.slice(0, NAMED).map(nameOf),
    /** "The node had condition": turned away at admission, mostly newcomers of one storm before the taint. */
    turnedAway: evicted.filter(({ status }) => /node had condition/i.test(status.message ?? '')).length,
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
  show: ({ total, running, pending, terminating, victims, turnedAway, markedNotReady }) =>
    [
      `${plural(total, 'pod')}, ${running} running`,
      ...(pending > 0 ? [`${pending} pending`] : []),
      ...(terminating > 0 ? [`${terminating} terminating`] : []),
      ...(victims > 0 ? [`${victims} evicted to free resources`] : []),
      ...(turnedAway > 0 ? [`${turnedAway} turned away by a node condition`] : []),
      ...(markedNotReady > 0 ? [`${markedNotReady} marked not ready although their containers are`] : []),
    ].join(', '),
};

function nameOf({ metadata }: Pod): string {
  return `${metadata.namespace}/${metadata.name}`;
}

function is({ status }: Pod, type: string, value: string): boolean {
  return status.conditions.some((condition) => condition.type === type && condition.status === value);
}
