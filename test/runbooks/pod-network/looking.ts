import { investigate } from '../../../engine/investigate.ts';
import { type Case, caseClock, caseSource } from '../../../engine/replay.ts';
import type { Report } from '../../../engine/report.ts';
import { anyRunbook } from '../../../engine/runbook.ts';
import { runbook } from '../../../runbooks/pod-network/index.ts';
import { caseOf } from './case.ts';
import { cases } from './cases.ts';
import type { World } from './objects.ts';
import type { Reads } from './world.ts';

/** What the runbook reports of a case as it is in a file. */
export async function reported(one: Case): Promise<Report> {
  const recorded: Case = JSON.parse(JSON.stringify(one));
  const since = recorded.since === undefined ? undefined : new Date(recorded.since);
  const options = { source: caseSource(recorded), clock: caseClock(recorded), cluster: recorded.cluster, since };
  return investigate(anyRunbook(runbook), recorded.target, options);
}

export function reportOf(name: string): Promise<Report> {
  const one = cases[name];
  if (!one) throw new Error(`no case ${name}`);
  return reported(one);
}

export function look(world: World, change?: (reads: Reads) => Reads): Promise<Report> {
  return reported(caseOf('', world, {}, change));
}

export function causeIn({ causes }: Report, id: string) {
  const found = causes.find((cause) => cause.id === id);
  if (!found) throw new Error(`no cause ${id}`);
  return found;
}
