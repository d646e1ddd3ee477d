import { confirmed, inconclusive, ruledOut } from '../../../engine/verdict.ts';
import { shortageOf } from '../shortage.ts';
import type { PidCause } from '../signs.ts';

/** PIDPressure is a comparison with what is configured, and nothing else: recorded with 2 % of 32,768 PIDs used. */
export const threshold: PidCause = {
  title: 'PIDs are enough: the eviction threshold is set too high',
  judge: (seen, maybe, { now }) => {
    const { state, words } = shortageOf(seen, maybe, now);
    if (state === 'threshold') return confirmed(`${words}. Pods are evicted for nothing`);
    if (state === 'unclear') return inconclusive(words);
    return ruledOut(state === 'enough' ? `no PIDPressure, and ${words}` : words);
  },
  remedies: ['lowerThreshold', 'keepPatience'],
};
