import * as z from 'zod';
import { targetName } from '../../engine/target.ts';
import { type AnyTarget, namespaceOf } from './target.ts';

const Neighbour = z.object({
  target: z.string(),
  alerts: z.array(z.string()),
  causes: z.array(z.string()),
  since: z.string().optional(),
});
export const Neighbours = z.object({ near: z.array(Neighbour), elsewhere: z.number() });
export type Neighbours = z.infer<typeof Neighbours>;

/** Open incidents of the same target, node or namespace; of the others only how many there are. */
export function nearTo(target: AnyTarget, open: readonly unknown[]): Neighbours {
  const all = z.array(Neighbour).parse(open);
  const near = all.filter((one) => isNear(target, one.target));
  return { near, elsewhere: all.length - near.length };
}

function isNear(target: AnyTarget, other: string): boolean {
  const node = target.kind === 'Node' ? target.name : target.kind === 'Pod' ? target.node : undefined;
  if (other === targetName(target) || other === 'cluster') return true;
  if (node !== undefined && other === `node/${node}`) return true;
  const namespace = namespaceOf(target);
  return namespace !== undefined && other.split('/').length === 3 && other.split('/')[1] === namespace;
}

const SHOWN = 5;

export function showNeighbours({ near, elsewhere }: Neighbours): string {
  const others = elsewhere > 0 ? `; ${elsewhere} elsewhere in the cluster` : '';
  if (near.length === 0) return `no other incident near it${others}`;
  const words = near
    .slice(-SHOWN)
    .map(({ target, alerts, causes }) => `${target} (${[...causes, ...alerts].slice(0, 2).join(', ')})`);
  return `${words.join(', ')}${near.length > SHOWN ? ` and ${near.length - SHOWN} more` : ''}${others}`;
}
