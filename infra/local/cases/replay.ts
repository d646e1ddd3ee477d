import { distance } from 'fastest-levenshtein';
import { investigate } from '../../../engine/investigate.ts';
import { type Case, type CaseSource, caseClock, caseSource } from '../../../engine/replay.ts';
import type { Report } from '../../../engine/report.ts';
import type { AnyRunbook } from '../../../engine/runbook.ts';

export interface Replayed {
  readonly report: Report;
  /** Recorded and never asked for, or asked for and not recorded: in words. */
  readonly strays: readonly string[];
}

/** Runs a runbook over what was recorded, at the time it was recorded. */
export async function replay(runbook: AnyRunbook, recorded: Case): Promise<Replayed> {
  const source = caseSource(recorded);
  const since = recorded.since === undefined ? undefined : new Date(recorded.since);
  const { cluster, alert } = recorded;
  const clock = caseClock(recorded);
  const report = await investigate(runbook, recorded.target, { source, clock, cluster, since, alert });
  const undeclared = report.evidence.flatMap(({ failure, reason, remedy }) =>
    failure === 'not-declared' ? [`${reason}. ${remedy}`] : [],
  );
  return { report, strays: undeclared.length > 0 ? undeclared : straysOf(source) };
}

/** A verdict that is not what the case says must come of it. `cause` may be `recovered`. */
export interface Difference {
  readonly cause: string;
  readonly expected: string;
  readonly got: string;
  readonly reason: string;
}

export function differences({ expect }: Case, { causes, recovered }: Report): readonly Difference[] {
  const verdicts = new Map(causes.map((cause) => [cause.id, cause]));
  const wanted = Object.entries(expect.causes).map(
    ([cause, expected]) => [cause, expected, verdicts.get(cause)] as const,
  );
  const well = expect.recovered === undefined ? [] : [['recovered', expect.recovered, recovered] as const];
  return [...wanted, ...well].flatMap(([cause, expected, found]) =>
    found === undefined || found.verdict === expected
      ? []
      : [{ cause, expected, got: found.verdict, reason: found.reason }],
  );
}

/** A mistyped key is two strays that belong together. */
function straysOf(source: Pick<CaseSource, 'unused' | 'missing'>): string[] {
  const [unused, missing] = [source.unused(), source.missing()];
  const nearestOf = (key: string) => missing.toSorted((a, b) => distance(key, a) - distance(key, b)).slice(0, 3);
  return [
    ...unused.map((key) => {
      const near = nearestOf(key).map((other) => `\n    ${other}`);
      const asked = near.length === 0 ? '' : `; asked for, and not in the case:${near.join('')}`;
      return `reads[${JSON.stringify(key)}] was never asked for${asked}`;
    }),
    ...(unused.length > 0 ? [] : missing.map((key) => `asked for, and not in reads: ${key}`)),
  ];
}
