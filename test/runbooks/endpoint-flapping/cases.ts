import type { Told } from './case.ts';
import { clockCases } from './cases-clocks.ts';
import { wayCases } from './cases-containers.ts';
import { edgeCases } from './cases-edges.ts';
import { failedCases } from './cases-failed.ts';
import { heartbeatCases } from './cases-heartbeat.ts';
import { leftCases } from './cases-left.ts';
import { nodeCases } from './cases-nodes.ts';
import { podCases } from './cases-pods.ts';
import { recordedCases } from './cases-recorded.ts';

export const cases: Readonly<Record<string, Told>> = {
  ...heartbeatCases,
  ...clockCases,
  ...podCases,
  ...wayCases,
  ...leftCases,
  ...failedCases,
  ...edgeCases,
  ...nodeCases,
  ...recordedCases,
};
