import { anyRunbook } from '../../../engine/runbook.ts';
import { runbook as typed } from '../../../runbooks/pod-network/index.ts';
import { causesBut, nodeCases } from '../node-case.ts';
import { NODE, now } from './objects.ts';
import { readsOf } from './world.ts';

export const runbook = anyRunbook(typed);

export const caseOf = nodeCases(runbook, { node: NODE, now, readsOf });
export const everything = Object.keys(runbook.causes);
export const but = causesBut(runbook);
/** Judged by what the kubelet says and agents write. */
export const bySigns = ['agentPids', 'xtablesLock', 'subnetMissing', 'apiUnreached', 'poolExhausted'];
