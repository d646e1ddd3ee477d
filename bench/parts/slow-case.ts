import { setTimeout as sleep } from 'node:timers/promises';
import { investigate } from '../../engine/investigate.ts';
import type { Source } from '../../engine/readers.ts';
import { type Case, caseClock, caseSource } from '../../engine/replay.ts';
import type { Report } from '../../engine/report.ts';
import type { AnyRunbook } from '../../engine/runbook.ts';
import { caseFiles, readCase } from '../../test/runbooks/case-files.ts';

/** The case of a runbook in which most is read; none when it has no cases. */
export function richestCase(runbook: AnyRunbook): { readonly name: string; readonly one: Case } | undefined {
  const cases = caseFiles(runbook).map((file) => ({ name: file.replace(/\.json$/, ''), one: readCase(runbook, file) }));
  const reads = ({ one }: { readonly one: Case }) => Object.keys(one.reads).length;
  return cases.toSorted((a, b) => reads(b) - reads(a))[0];
}

/** Runs it over the recorded answers, each of which comes so late. */
export async function replayedSlowly(
  runbook: AnyRunbook,
  one: Case,
  latencyMs: number,
): Promise<{ readonly report: Report; readonly runMs: number }> {
  const recorded = caseSource(one);
  const source: Source = {
    read: async (request, limits) => {
      await sleep(latencyMs);
      return recorded.read(request, limits);
    },
  };
  const since = one.since === undefined ? undefined : new Date(one.since);
  const { cluster, alert } = one;
  const began = performance.now();
  const report = await investigate(runbook, one.target, { source, clock: caseClock(one), cluster, since, alert });
  return { report, runMs: performance.now() - began };
}
