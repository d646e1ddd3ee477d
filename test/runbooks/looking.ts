import type { Case } from '../../engine/replay.ts';
import type { Report } from '../../engine/report.ts';
import type { AnyRunbook } from '../../engine/runbook.ts';
import { reportedBy } from './reported.ts';

/** What a runbook reports of its cases: of one that is at hand, or of one by its name. */
export function lookingAt<Composed>(
  runbook: AnyRunbook,
  cases: Readonly<Record<string, Composed>>,
  caseOf: (composed: Composed) => Case | Promise<Case>,
) {
  const reported = (one: Case): Promise<Report> => reportedBy(runbook, one);
  const reportOf = async (name: string): Promise<Report> => {
    const composed = cases[name];
    if (composed === undefined) throw new Error(`no case ${name}`);
    return reported(await caseOf(composed));
  };
  return { reported, reportOf };
}
