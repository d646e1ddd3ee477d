import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { distance } from 'fastest-levenshtein';
import { investigate } from '../../engine/investigate.ts';
import { type Case, type CaseSource, caseClock, caseSource, parseCase } from '../../engine/replay.ts';
import type { Report } from '../../engine/report.ts';
import type { AnyRunbook } from '../../engine/runbook.ts';

const cases = join(import.meta.dirname, '../cases');

/** The case files of a runbook, by name; none when it has no folder yet. */
export function caseFiles({ id }: AnyRunbook, root = cases): readonly string[] {
  const folder = join(root, id);
  return existsSync(folder) ? readdirSync(folder).filter((file) => file.endsWith('.json')) : [];
}

/** What to do when there is none. */
export function adviceWithout({ id }: AnyRunbook): string {
  return `runbook ${id} has no cases: save recorded runs as test/cases/${id}/*.json (CONTRIBUTING.md, step 3)`;
}

/** Throws what is wrong, by file and field. */
export function readCase(runbook: AnyRunbook, file: string, root = cases): Case {
  const name = `test/cases/${runbook.id}/${file}`;
  return parseCase(name, readFileSync(join(root, runbook.id, file), 'utf8'), runbook);
}

export interface Replayed {
  readonly report: Report;
  /** Recorded and never asked for, or asked for and not recorded: in words. */
  readonly strays: readonly string[];
}

export async function replay(runbook: AnyRunbook, one: Case): Promise<Replayed> {
  const source = caseSource(one);
  const since = one.since === undefined ? undefined : new Date(one.since);
  const report = await investigate(runbook, one.target, { source, clock: caseClock(one), cluster: one.cluster, since });
  const undeclared = report.evidence.flatMap(({ failure, reason, remedy }) =>
    failure === 'not-declared' ? [`${reason}. ${remedy}`] : [],
  );
  return { report, strays: undeclared.length > 0 ? undeclared : straysOf(source) };
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
