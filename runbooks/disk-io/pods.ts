import type { Evidence } from '../../engine/runbook.ts';
import type { NodeTarget } from '../../engine/target.ts';
import type { MovablePod } from '../evidence/movable-pod.ts';
import { plural } from '../evidence/node-words.ts';
import { isWaiting, PodsHere, podName, podsOf } from '../evidence/pods-here.ts';

export const podsHere: Evidence<readonly MovablePod[], NodeTarget> = {
  title: 'Pods on the node',
  schema: PodsHere,
  reads: ['list Pod'],
  read: ({ kube }, { name }) => kube.list('Pod', podsOf(name)),
  show: (pods) => {
    const waiting = pods.filter(isWaiting);
    const named = waiting.slice(0, 3).map(podName).join(', ');
    return `${plural(pods.length, 'pod')}${waiting.length > 0 ? `, ${waiting.length} waiting to start (${named}${waiting.length > 3 ? ', …' : ''})` : ''}`;
  },
};
