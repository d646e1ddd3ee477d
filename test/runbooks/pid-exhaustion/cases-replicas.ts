import type { Case } from '../../../engine/replay.ts';
import { caseOf } from './case.ts';
import { last, replicas } from './worlds.ts';

const six = replicas(6, 3_300, 3_300);

/** Pods of one Deployment: none of them has much, all of them together have the most of it. */
export const ofReplicas: Record<string, Case> = {
  'replicas-leak': caseOf(
    'Six replicas of a new version leak at once: each has 4,900 threads of the 1,000 that it had.',
    replicas(6, 4_900, 1_000),
    { confirmed: ['leakingPod'], recovered: 'ruled-out' },
  ),
  'four-replicas-leak': caseOf('The same with four, each of which has a quarter.', replicas(4, 7_300, 1_800), {
    confirmed: ['leakingPod'],
    recovered: 'ruled-out',
  }),
  'replicas-of-always': caseOf(
    'Six replicas with 4,900 threads each, which they have always had: too many of them, or a leak of long ago.',
    replicas(6, 4_900, 4_900),
    { inconclusive: ['leakingPod', 'crowd'], recovered: 'ruled-out' },
  ),
  'one-of-the-replicas-grows': caseOf(
    'One of six grows, to less than a third of all; the others have what they had: they are no leak of all.',
    {
      ...six,
      machine: { ...six.machine, threads: last(12, 26_400, 20_500) },
      holdings: six.holdings.map((one, index) => (index === 0 ? { ...one, threads: last(12, 7_900, 2_000) } : one)),
      together: last(12, 25_100, 19_200),
    },
    { inconclusive: ['leakingPod', 'crowd'], recovered: 'ruled-out' },
  ),
  'more-replicas-than-are-named': caseOf(
    '24 replicas grow from 300 threads to 1,200: of five of them it is known, which is not the most of it.',
    replicas(24, 1_200, 300),
    { inconclusive: ['leakingPod', 'crowd'], recovered: 'ruled-out' },
  ),
};
