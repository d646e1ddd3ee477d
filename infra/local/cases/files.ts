import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf, Refused } from '../../../engine/errors.ts';
import { type Case, parseCase } from '../../../engine/replay.ts';
import type { AnyRunbook } from '../../../engine/runbook.ts';
import { didYouMean } from '../nearest.ts';

/** The case files (`*.json`) a path means: itself, or all below it, in the order of their names. Throws `Refused`. */
export function caseFilesAt(path: string): readonly string[] {
  try {
    if (!statSync(path).isDirectory()) return [path];
    const below = readdirSync(path, { recursive: true, encoding: 'utf8' });
    return below
      .filter((name) => name.endsWith('.json'))
      .sort()
      .map((name) => join(path, name));
  } catch (thrown) {
    throw new Refused('NO_CASES', `${path} cannot be read: ${messageOf(thrown)}`, thrown);
  }
}

export interface CaseFile {
  readonly runbook: AnyRunbook;
  readonly recorded: Case;
}

/** A case, and the runbook of these that it is a run of. Throws what is wrong with it, by file and field. */
export function readCaseFile(file: string, runbooks: readonly AnyRunbook[]): CaseFile {
  const text = readFileSync(file, 'utf8');
  const id = runbookIn(text);
  const runbook = runbooks.find((candidate) => candidate.id === id);
  const [any] = runbooks;
  if (runbook) return { runbook, recorded: parseCase(file, text, runbook) };
  // What is no case at all says so itself.
  if (id === undefined && any) parseCase(file, text, any);
  const ids = runbooks.map((candidate) => candidate.id);
  throw new Error(`${file}: runbook: there is no runbook ${id}${didYouMean(id ?? '', ids)}`);
}

function runbookIn(text: string): string | undefined {
  try {
    const { runbook } = JSON.parse(text);
    return typeof runbook === 'string' ? runbook : undefined;
  } catch {
    return undefined;
  }
}
