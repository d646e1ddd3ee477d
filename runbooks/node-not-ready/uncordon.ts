import * as z from 'zod';
import type { Remedy } from '../../engine/runbook.ts';
import type { NodeTarget } from '../../engine/target.ts';
import { serverTime } from '../evidence/control-plane.ts';
import { causes } from './causes/all.ts';
import type { Seen } from './evidence.ts';
import { isFlapping } from './flapping.ts';
import { lifeOf, readinessOf } from './signs.ts';

const Params = z.object({ node: z.string() });

/**
 * Takes somebody's cordon away: only where nothing else is found, for it may be there because of that. Every piece of
 * evidence the causes look at must have been seen: pods must not come to a node that was looked at with one eye.
 */
export const uncordon: Remedy<z.infer<typeof Params>, Seen, NodeTarget, 'uncordon'> = {
  title: 'Uncordon the node, if the work on it is done',
  // It undoes a decision whose reason nobody can read off the cluster.
  risk: 'medium',
  verbs: ['uncordon'],
  params: Params,
  propose: (seen, target) => {
    if (!seen.node.cordoned) return { unavailable: 'the node is not cordoned' };
    const now = new Date(seen.lease.readAt);
    const ready = readinessOf(seen);
    if (ready?.status !== 'True') return { unavailable: `Ready=${ready?.status ?? 'not set'}` };
    if (isFlapping(seen, now)) return { unavailable: 'its readiness comes and goes' };
    const life = lifeOf(seen, serverTime(seen.readyz, now));
    if (life.state !== 'renewing') return { unavailable: life.words };
    const others = confirmedBeside(seen, target, now);
    if (others.length > 0) return { unavailable: `the cordon may be there because of it: ${others.join(', ')}` };
    return { node: seen.node.name };
  },
  changes: ({ node }) => [{ verb: 'uncordon', node }],
};

/** Titles of what else is confirmed. When the alert began does not matter to a node that is well. */
function confirmedBeside(seen: Seen, target: NodeTarget, now: Date): readonly string[] {
  const { plannedWork: _, ...others } = causes;
  return Object.values(others)
    .filter(({ judge }) => judge(seen, seen, { target, now, since: undefined }).verdict === 'confirmed')
    .map(({ title }) => title);
}
