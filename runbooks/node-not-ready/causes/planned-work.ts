import { confirmed, inconclusive, ruledOut } from '../../../engine/verdict.ts';
import { isGood } from '../../evidence/node.ts';
import { isFlapping, lifeOf, type NodeCause, trusting } from '../signs.ts';

/** A cordon is somebody's decision. Alone it is no trouble, and the taint it brings is none either. */
export const plannedWork: NodeCause = {
  title: 'Planned work: somebody cordoned the node',
  chosen: true,
  judge: trusting((seen, maybe, { now }) => {
    if (!seen.node.cordoned) return ruledOut('it is not cordoned (spec.unschedulable is not set)');
    const bad = seen.node.conditions.filter((condition) => isGood(condition) === false);
    if (bad.length > 0) {
      const words = bad.map(({ type, status }) => `${type}=${status}`).join(', ');
      return inconclusive(`it is cordoned, but ${words}: part of the work, or the reason for it`);
    }
    const life = lifeOf(maybe, now);
    if (life.state === 'run out' || life.state === 'unseen')
      return inconclusive(`it is cordoned and Ready, but ${life.words}`);
    if (isFlapping(maybe))
      return inconclusive('it is cordoned, and its readiness comes and goes: rather the reason for it');
    const unknown = seen.node.conditions.filter((condition) => isGood(condition) === undefined);
    const but = unknown.map(({ type, status }) => `${type}=${status}`).join(', ');
    return confirmed(`it is cordoned, all its conditions are good${but && ` (not judged: ${but})`}, and ${life.words}`);
  }),
  remedies: ['uncordon', 'askWhoCordoned'],
};
