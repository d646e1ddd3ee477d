import * as z from 'zod';
import type { Evidence } from '../../engine/runbook.ts';
import type { NodeTarget } from '../../engine/target.ts';
import { MovablePod } from '../evidence/movable-pod.ts';
import { plural } from '../evidence/node-words.ts';

/** The pods of the node, by name; the same read as other runbooks make of them. */
export const PodsHere = z
  .object({ items: z.array(MovablePod) })
  .transform(({ items }): readonly MovablePod[] => items.toSorted((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1)));

export function podsOf(node: string) {
  return { fieldSelector: `spec.nodeName=${node}` } as const;
}

export const podsHere: Evidence<readonly MovablePod[], NodeTarget> = {
  title: 'Pods on the node',
  schema: PodsHere,
  reads: ['list Pod'],
  read: ({ kube }, { name }) => kube.list('Pod', podsOf(name)),
  show: (pods) => {
    const waiting = pods.filter(isWaiting);
    const named = waiting.slice(0, 3).map(nameOf).join(', ');
    return `${plural(pods.length, 'pod')}${waiting.length > 0 ? `, ${waiting.length} waiting to start (${named}${waiting.length > 3 ? ', …' : ''})` : ''}`;
  },
};

/** Bound to the node, and not running yet: pulling its images, or waiting for what it mounts. */
export function isWaiting({ phase, isEnding }: MovablePod): boolean {
  return phase === 'Pending' && !isEnding;
}

export function nameOf({ namespace, name }: { readonly namespace: string; readonly name: string }): string {
  return `${namespace}/${name}`;
}
