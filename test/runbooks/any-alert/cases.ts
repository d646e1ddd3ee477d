import type { Case } from '../../../engine/replay.ts';
import { endCases } from './cases-ends.ts';
import { memoryCases } from './cases-memory.ts';
import { otherCases } from './cases-other.ts';
import { podCases } from './cases-pod.ts';
import { startCases } from './cases-start.ts';

export const cases: Readonly<Record<string, Case>> = {
  ...podCases,
  ...memoryCases,
  ...otherCases,
  ...endCases,
  ...startCases,
};
