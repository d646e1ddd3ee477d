import { conditionOf } from '../evidence/node.ts';
import { secondsSince } from '../evidence/node-words.ts';
import type { Maybe } from './evidence.ts';

/** This many changes of readiness in half an hour: what is well now says nothing about a minute ago. */
const FLAPPING_CHANGES = 3;
/** The window of `readinessChanges` (queries.ts). */
export const FLAPPING_SECONDS = 1800;
/** Its events count falls only, and say less of when they were: so many within the window are more than a trouble and its cure. */
const FLAPPING_FALLS = 3;

/**
 * What comes and goes is not well because it happens to be Ready now. Counted by kube-state-metrics; or, where that tells
 * nothing, by how often one of those who do so (the kubelet, the controller manager) called it NotReady, as long as it has
 * not been Ready for longer than usual between two of these.
 */
export function isFlapping(maybe: Maybe, now: Date): boolean {
  const changes = maybe.history?.readinessChanges;
  if (changes !== undefined) return changes >= FLAPPING_CHANGES;
  const ready = maybe.node && conditionOf(maybe.node, 'Ready')?.lastTransitionTime;
  if (!ready) return false;
  const falls = maybe.events?.filter(({ reason }) => reason === 'NodeNotReady') ?? [];
  return falls.some(({ count, firstSeen, lastSeen }) => {
    // One event stands for all of its kind: they are taken to lie equally far apart.
    const apartSeconds = secondsSince(firstSeen, new Date(lastSeen)) / (count - 1);
    const fitting = Math.floor((FLAPPING_SECONDS - secondsSince(lastSeen, now)) / apartSeconds) + 1;
    if (Math.min(count, fitting) < FLAPPING_FALLS) return false;
    return secondsSince(ready, now) < apartSeconds;
  });
}
