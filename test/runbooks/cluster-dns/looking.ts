import { investigate } from '../../../engine/investigate.ts';
import { type Case, caseClock, caseSource } from '../../../engine/replay.ts';
import type { Report } from '../../../engine/report.ts';
import { caseOf, runbook } from './case.ts';
import { cases } from './cases.ts';
import type { World } from './world.ts';

/** What the runbook reports of a case as it is in a file. */
export async function reported(one: Case): Promise<Report> {
  const recorded: Case = JSON.parse(JSON.stringify(one));
  const options = { source: caseSource(recorded), clock: caseClock(recorded), cluster: recorded.cluster };
  return investigate(runbook, recorded.target, options);
}

export async function reportOf(name: string): Promise<Report> {
  const told = cases[name];
  if (!told) throw new Error(`no case ${name}`);
  return reported(await caseOf(told));
}

export async function look(world: World): Promise<Report> {
  return reported(await caseOf({ about: '', world, expect: {} }));
}

export function causeIn({ causes }: Report, id: string) {
  const found = causes.find((cause) => cause.id === id);
  if (!found) throw new Error(`no cause ${id}`);
  return found;
}

export function shownIn({ evidence }: Report, id: string): string | undefined {
  return evidence.find((one) => one.id === id)?.shown;
}
