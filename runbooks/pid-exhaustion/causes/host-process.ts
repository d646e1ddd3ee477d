import { confirmed, inconclusive, ruledOut, type Verdict } from '../../../engine/verdict.ts';
import type { Bounds } from '../bounds.ts';
import { limits } from '../limits.ts';
import { usedNow } from '../shortage.ts';
import { asBeforeWords, isAsBefore, type PidCause, partOf, whenShort } from '../signs.ts';
import { count } from '../words.ts';

/** What the machine has and its pods do not: daemons, cron jobs, a session, also what a runtime left behind. */
export const hostProcess: PidCause = {
  title: 'A process of the machine, of no pod, takes its PIDs',
  judge: whenShort((holders) => {
    const { short, total, together, before, proof } = holders;
    if (short.of === 'pods') return ruledOut(`it is their common limit that the pods reached. ${short.words}`);
    const outside = Math.max(0, total - together);
    const part = partOf(holders, outside);
    const words = `${count(outside, 'thread')} are of no pod, ${part.words}`;
    const held = before ? Math.max(0, before.total - before.together) : 0;
    if (part.isWhy && before && isAsBefore(before, outside, held))
      return inconclusive(`${words}; but ${asBeforeWords(before, held)}. ${proof}`);
    if (part.isWhy) return confirmed(`${words}. ${proof}`);
    if (outside < limits.littleShare * total) return ruledOut(words);
    return inconclusive(`${words}, which is not the most of it. ${proof}`);
  }, byProcesses),
  measure: usedNow,
  remedies: ['cordon', 'findHostProcess', 'keepPatience'],
};

/** Who has the threads beyond one for each process of a pod cannot be told: that pod, or the machine. */
function byProcesses({ total, together, rest, proof }: Bounds): Verdict {
  const words = `${count(together, 'process')} are of pods, ${count(rest, 'thread')} more are theirs or of no pod`;
  if (rest < limits.littleShare * total) return ruledOut(words);
  return inconclusive(`${words}. ${proof}`);
}
