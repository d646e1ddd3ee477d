import { confirmed, inconclusive, ruledOut, type Verdict } from '../../../engine/verdict.ts';
import type { Bounds } from '../bounds.ts';
import { limits } from '../limits.ts';
import { usedNow } from '../shortage.ts';
import { asBeforeWords, isAsBefore, type PidCause, whenShort } from '../signs.ts';
import { amount, count, percent } from '../words.ts';

/** No single pod: together they are too many, or the machine has too few PIDs for them. */
export const crowd: PidCause = {
  title: 'Many pods together take the PIDs of their node',
  judge: whenShort((holders) => {
    const { total, together, before, biggest, biggestHolds, unnamed, proof } = holders;
    const others = together - biggestHolds;
    const most = biggest
      ? `, the most of them ${biggest.namespace}/${biggest.pod} with ${count(biggestHolds, 'thread')}`
      : '';
    const words = `pods have ${count(together, 'thread')}, ${percent(Math.min(1, together / total))} of all${most}`;
    if (others < limits.littleShare * total) return ruledOut(words);
    if (before && isAsBefore(before, together, before.together))
      return inconclusive(`${words}; but ${asBeforeWords(before, before.together)}. ${proof}`);
    const largest = Math.max(biggestHolds, unnamed);
    if (together < limits.mostShare * total) return inconclusive(`${words}. ${proof}`);
    const family = holders.family();
    if (family?.leaks) return ruledOut(`${words}; but ${family.words}, and far fewer before: these are it`);
    if (largest >= limits.littleShare * total) return inconclusive(`${words}. ${proof}`);
    return family && family.leaks === undefined
      ? inconclusive(`${words}; but ${family.words}: whether these leak, or are too many, is not told. ${proof}`)
      : confirmed(`${words}: no single one is it. ${proof}`);
  }, byProcesses),
  measure: usedNow,
  remedies: ['cordon', 'spreadPods', 'limitPods', 'keepPatience'],
};

/** No single pod only where none can have a fifth, even with all threads that nobody is known to have. */
function byProcesses({ total, together, rest, biggest, proof }: Bounds): Verdict {
  const { namespace, pod, processes } = biggest;
  const words = `pods have ${count(together, 'process')} at least, ${percent(Math.min(1, together / total))} of all threads, the most of them ${namespace}/${pod} with ${amount(processes)}`;
  if (total - processes < limits.littleShare * total) return ruledOut(words);
  if (together >= limits.mostShare * total && processes + rest < limits.littleShare * total)
    return confirmed(`${words}: no single one is it. ${proof}`);
  return inconclusive(`${words}. ${proof}`);
}
