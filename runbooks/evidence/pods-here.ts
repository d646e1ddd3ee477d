import * as z from 'zod';
import { MovablePod } from './movable-pod.ts';

/** The pods of the node, by name; the same read as other runbooks make of them. */
export const PodsHere = z
  .object({ items: z.array(MovablePod) })
  .transform(({ items }): readonly MovablePod[] => items.toSorted((a, b) => (podName(a) < podName(b) ? -1 : 1)));

export function podsOf(node: string) {
  return { fieldSelector: `spec.nodeName=${node}` } as const;
}

/** Bound to the node, and not running yet: pulling its images, or waiting for what it mounts. */
export function isWaiting({ phase, isEnding }: MovablePod): boolean {
  return phase === 'Pending' && !isEnding;
}

export function podName({ namespace, name }: { readonly namespace: string; readonly name: string }): string {
  return `${namespace}/${name}`;
}
