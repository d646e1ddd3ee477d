import { clockTime, plural } from '../evidence/node-words.ts';
import type { Maybe } from './evidence.ts';
import type { Fleet } from './fleet.ts';
import type { Lead } from './lead.ts';
import { aboutOf } from './target.ts';
import { unseenIn } from './waiting.ts';

/** What comes of it, to end a reason with: nothing while another instance works. */
export function impactOf(name: string, fleet: Fleet | undefined, lead: Lead | undefined, maybe: Maybe): string {
  const works = fleet?.instances.some(({ state }) => state === 'runs' || state === 'unclear') ?? false;
  if (works && lead?.state !== 'stale') return '';
  const { standsStill, worksOn } = aboutOf(name);
  return `. Meanwhile ${standsStill}${stuckWords(name, maybe)}. What works on: ${worksOn}`;
}

/** What was seen to stand still. */
function stuckWords(name: string, { waiting, work }: Maybe): string {
  if (name === 'kube-scheduler') {
    if (waiting?.tooMany) return ' (more than fit into one answer)';
    const unseen = waiting ? unseenIn(waiting) : [];
    const [first] = unseen;
    return first ? ` (${plural(unseen.length, 'pod')}, the first since ${clockTime(first.createdAt)})` : '';
  }
  const behind = work?.behind ?? 0;
  return name === 'kube-controller-manager' && behind > 0 ? ` (${plural(behind, 'Deployment')} by now)` : '';
}
