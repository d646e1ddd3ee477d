import type { Report } from '../../../engine/report.ts';
import { lookingAt } from '../looking.ts';
import { caseOf, runbook } from './case.ts';
import { cases } from './cases.ts';
import type { World } from './world.ts';

export const { reported, reportOf } = lookingAt(runbook, cases, caseOf);

export async function look(world: World): Promise<Report> {
  return reported(await caseOf({ about: '', world, expect: {} }));
}
