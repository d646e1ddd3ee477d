import { anyRunbook } from '../../../engine/runbook.ts';
import { runbook as typed } from '../../../runbooks/disk-io/index.ts';
import { causesBut, nodeCases } from '../node-case.ts';
import { NODE, now, readsOf } from './world.ts';

export const runbook = anyRunbook(typed);

export const caseOf = nodeCases(runbook, { node: NODE, now, readsOf });
export const everything = Object.keys(runbook.causes);
export const but = causesBut(runbook);
/** What is judged only once the disk is proved to be the matter. */
export const ofTheDisk = ['failingDisk', 'logFlood', 'otherWriter', 'imagePulls', 'swapping', 'slowDevice'];
