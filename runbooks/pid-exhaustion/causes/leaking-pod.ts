import { confirmed, inconclusive, ruledOut, type Verdict } from '../../../engine/verdict.ts';
import type { Bounds } from '../bounds.ts';
import { limits } from '../limits.ts';
import { usedNow } from '../shortage.ts';
import { asBeforeWords, type Holders, type PidCause, partOf, partOfAll, whenShort } from '../signs.ts';
import { holdsWords, meanOver, type PodUse } from '../threads.ts';
import { count } from '../words.ts';

/** Without a limit of its own (podPidsLimit, by default none) a pod may take all PIDs of its node. */
export const leakingPod: PidCause = {
  title: 'A pod takes the PIDs of its node',
  judge: whenShort(byThreads, byProcesses),
  measure: usedNow,
  remedies: ['rollBack', 'evictPod', 'cordon', 'endLeak', 'limitPods', 'keepPatience'],
};

function byThreads(holders: Holders): Verdict {
  const { total, biggest, biggestHolds, before, minutes, unnamed, proof } = holders;
  if (biggest === undefined) return inconclusive(`no pod was seen to hold threads. ${proof}`);
  const leaker = leakerIn(holders);
  if (leaker) {
    const holds = meanOver(leaker.threads, minutes);
    const { words } = partOf(holders, holds);
    return confirmed(`${leaker.namespace}/${leaker.pod} has ${holdsWords(leaker, holds)}, ${words}. ${proof}`);
  }
  const family = holders.family();
  if (family?.leaks && partOf(holders, family.holds).isWhy)
    return confirmed(`${family.words}, and far fewer before PIDs ran out: no single one is it. ${proof}`);
  const part = partOf(holders, biggestHolds);
  const name = `${biggest.namespace}/${biggest.pod}`;
  const words = `${holdsWords(biggest, biggestHolds)}, ${part.words}`;
  if (part.isWhy && before) {
    return inconclusive(`${name} has ${words}; but ${asBeforeWords(before, holders.biggestHeld)}. ${proof}`);
  }
  if (biggestHolds < limits.littleShare * total && unnamed >= limits.littleShare * total)
    return inconclusive(`${name} has ${words}; what other pods hold was not seen. ${proof}`);
  if (biggestHolds < limits.littleShare * total) {
    const few = `no pod has many: ${name} has most, ${words}`;
    return family && family.leaks !== false ? inconclusive(`${few}; but ${family.words}. ${proof}`) : ruledOut(few);
  }
  return inconclusive(`${name} has ${words}, which is not the most of it. ${proof}`);
}

/** The pod that has so many threads, and more than before, that PIDs would not have run out without it. */
export function leakerIn(holders: Omit<Holders, 'proof' | 'family'>): PodUse | undefined {
  const { grown, minutes } = holders;
  return grown && partOf(holders, meanOver(grown.threads, minutes)).isWhy ? grown : undefined;
}

/** It surely has as many as it has processes. */
function byProcesses({ total, max, rest, biggest, proof }: Bounds): Verdict {
  const part = partOfAll(total, max, biggest.processes);
  const name = `${biggest.namespace}/${biggest.pod}`;
  const words = `${name} has ${count(biggest.processes, 'process')} at least, ${part.words}`;
  if (part.isWhy) return confirmed(`${words}. ${proof}`);
  const most = biggest.processes + rest;
  if (most < limits.littleShare * total)
    return ruledOut(`no pod can have many: ${name} has at most ${count(most, 'thread')}`);
  return inconclusive(`${words}; how many threads they have its kubelet does not count. ${proof}`);
}
