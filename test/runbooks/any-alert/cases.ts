import type { Case } from '../../../engine/replay.ts';
import { otherCases } from './cases-other.ts';
import { podCases } from './cases-pod.ts';

export const cases: Readonly<Record<string, Case>> = { ...podCases, ...otherCases };
