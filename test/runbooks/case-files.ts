import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Case, parseCase } from '../../engine/replay.ts';
import type { AnyRunbook } from '../../engine/runbook.ts';

export { replay } from '../../infra/local/cases/replay.ts';

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
