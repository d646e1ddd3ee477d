import { anyRunbook } from '../../../engine/runbook.ts';
import { runbook as typed } from '../../../runbooks/pid-exhaustion/index.ts';
import { causesBut, nodeCases } from '../node-case.ts';
import { NODE, now, readsOf } from './world.ts';

export const runbook = anyRunbook(typed);

export const caseOf = nodeCases(runbook, { node: NODE, now, readsOf });
export const everything = Object.keys(runbook.causes);
export const but = causesBut(runbook);
/** Judged only once the machine is proved to be short, or not. */
export const whose = ['leakingPod', 'hostProcess', 'crowd'];
