import type { Case } from '../../../engine/replay.ts';
import type { Report } from '../../../engine/report.ts';
import { reportedBy } from '../reported.ts';
import { caseOf, runbook } from './case.ts';
import { cases } from './cases.ts';
import type { Reads, World } from './world.ts';

export const reported = (one: Case): Promise<Report> => reportedBy(runbook, one);

export function reportOf(name: string): Promise<Report> {
  const one = cases[name];
  if (!one) throw new Error(`no case ${name}`);
  return reported(one);
}

export function look(world: World, change?: (reads: Reads) => Reads): Promise<Report> {
  return reported(caseOf('', world, {}, change));
}
