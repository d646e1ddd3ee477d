import { confirmed, inconclusive, ruledOut } from '../../../engine/verdict.ts';
import { limits } from '../limits.ts';
import { usedNow } from '../shortage.ts';
import { type PidCause, partOf, whenShort } from '../signs.ts';
import { holdsWords } from '../threads.ts';

/** Without a limit of its own (podPidsLimit, by default none) a pod may take all PIDs of its node. */
export const leakingPod: PidCause = {
  title: 'A pod takes the PIDs of its node',
  judge: whenShort((holders) => {
    const { total, biggest, biggestHolds, proof } = holders;
    if (biggest === undefined) return inconclusive(`no pod was seen to hold threads. ${proof}`);
    const part = partOf(holders, biggestHolds);
    const name = `${biggest.namespace}/${biggest.pod}`;
    const words = `${holdsWords(biggest, biggestHolds)}, ${part.words}`;
    if (part.isWhy) return confirmed(`${name} has ${words}. ${proof}`);
    if (biggestHolds < limits.littleShare * total) return ruledOut(`no pod has many: ${name} has most, ${words}`);
    return inconclusive(`${name} has ${words}, which is not the most of it. ${proof}`);
  }),
  measure: usedNow,
  remedies: ['rollBack', 'evictPod', 'cordon', 'endLeak', 'limitPods', 'keepPatience'],
};
