import type { Told } from './case.ts';
import { answerCases } from './cases-answers.ts';
import { aroundCases } from './cases-around.ts';
import { endCases } from './cases-ends.ts';
import { loadCases } from './cases-load.ts';

export const cases: Readonly<Record<string, Told>> = { ...endCases, ...answerCases, ...loadCases, ...aroundCases };
