import type { Report } from '../../../engine/report.ts';
import { lookingAt } from '../looking.ts';
import { caseOf, runbook } from './case.ts';
import { cases } from './cases.ts';
import type { Reads, World } from './world.ts';

export const { reported, reportOf } = lookingAt(runbook, cases, (one) => one);

export function look(world: World, change?: (reads: Reads) => Reads): Promise<Report> {
  return reported(caseOf('', world, {}, change));
}
