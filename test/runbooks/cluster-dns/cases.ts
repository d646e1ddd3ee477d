import type { Told } from './case.ts';
import { answerCases } from './cases-answers.ts';
import { aroundCases } from './cases-around.ts';
import { callCases } from './cases-calls.ts';
import { crashCases } from './cases-crashes.ts';
import { endCases } from './cases-ends.ts';
import { livenessCases } from './cases-liveness.ts';
import { loadCases } from './cases-load.ts';
import { policyCases } from './cases-policy.ts';
import { servfailCases } from './cases-servfail.ts';
import { upstreamCases } from './cases-upstream.ts';

export const cases: Readonly<Record<string, Told>> = {
  ...endCases,
  ...crashCases,
  ...livenessCases,
  ...answerCases,
  ...callCases,
  ...upstreamCases,
  ...servfailCases,
  ...policyCases,
  ...loadCases,
  ...aroundCases,
};
