import { confirmed, inconclusive, ruledOut } from '../../../engine/verdict.ts';
import { isGood } from '../../evidence/node.ts';
import { clockTime, secondsSince } from '../../evidence/node-words.ts';
import type { Seen } from '../evidence.ts';
import { isFlapping } from '../flapping.ts';
import { lifeOf, type NodeCause, trusting } from '../signs.ts';

/** A cordon is somebody's decision. Alone it is no trouble, and the taint it brings is none either. */
export const plannedWork: NodeCause = {
  title: 'Planned work: somebody cordoned the node',
  chosen: true,
  judge: trusting((seen, maybe, { now, since }) => {
    if (!seen.node.cordoned) return ruledOut('it is not cordoned (spec.unschedulable is not set)');
    const bad = seen.node.conditions.filter((condition) => isGood(condition) === false);
    if (bad.length > 0) {
      const words = bad.map(({ type, status }) => `${type}=${status}`).join(', ');
      return inconclusive(`it is cordoned, but ${words}: part of the work, or the reason for it`);
    }
    const life = lifeOf(maybe, now);
    if (life.state === 'run out' || life.state === 'unseen')
      return inconclusive(`it is cordoned and Ready, but ${life.words}`);
    const late = since && afterwards(seen, since);
    if (late) return inconclusive(`it is cordoned and Ready, but ${late}`);
    if (isFlapping(maybe, now))
      return inconclusive('it is cordoned, and its readiness comes and goes: rather the reason for it');
    const unknown = seen.node.conditions.filter((condition) => isGood(condition) === undefined);
    const but = unknown.map(({ type, status }) => `${type}=${status}`).join(', ');
    return confirmed(`it is cordoned, all its conditions are good${but && ` (not judged: ${but})`}, and ${life.words}`);
  }),
  remedies: ['uncordon', 'askWhoCordoned'],
};

/** What was done after the alert had begun is somebody's answer to it, perhaps our own: no cause. */
function afterwards({ node, events }: Seen, since: Date): string | undefined {
  const noticed = events.findLast(({ reason }) => reason === 'NodeNotSchedulable');
  const at = node.cordonedAt ?? noticed?.lastSeen;
  if (at === undefined) return 'whether that was before its alert began could not be seen';
  return secondsSince(at, since) >= 0
    ? undefined
    : `only since ${clockTime(at)}, after its alert had begun: rather an answer to it`;
}
