import { investigate } from '../../engine/investigate.ts';
import { type Case, caseClock, caseSource } from '../../engine/replay.ts';
import type { Report } from '../../engine/report.ts';
import type { AnyRunbook } from '../../engine/runbook.ts';

/** What the runbook reports of a case as it is in a file. */
export async function reportedBy(runbook: AnyRunbook, one: Case): Promise<Report> {
  const recorded: Case = JSON.parse(JSON.stringify(one));
  const since = recorded.since === undefined ? undefined : new Date(recorded.since);
  const options = { source: caseSource(recorded), clock: caseClock(recorded), cluster: recorded.cluster, since };
  return investigate(runbook, recorded.target, options);
}

export function causeIn({ causes }: Report, id: string) {
  const found = causes.find((cause) => cause.id === id);
  if (!found) throw new Error(`no cause ${id}`);
  return found;
}

export function shownIn({ evidence }: Report, id: string): string | undefined {
  return evidence.find((one) => one.id === id)?.shown;
}
