import type { Case } from '../../../engine/replay.ts';
import type { Report } from '../../../engine/report.ts';
import { reportedBy } from '../reported.ts';
import { caseOf, runbook } from './case.ts';
import { cases } from './cases.ts';
import type { World } from './world.ts';

export const reported = (one: Case): Promise<Report> => reportedBy(runbook, one);

export async function reportOf(name: string): Promise<Report> {
  const told = cases[name];
  if (!told) throw new Error(`no case ${name}`);
  return reported(await caseOf(told));
}

export async function look(world: World): Promise<Report> {
  return reported(await caseOf({ about: '', world, expect: {} }));
}
