import { messageOf } from '../../engine/errors.ts';
import { counted } from '../../engine/words.ts';
import { caseFilesAt, readCaseFile } from '../../infra/local/cases/files.ts';
import { type Difference, differences, replay as runAgain } from '../../infra/local/cases/replay.ts';
import { oneLine } from '../../infra/local/terminal.ts';
import { catalog } from '../../runbooks/catalog.ts';
import { ExitCode, type GlobalOptions, print, printJson, UsageError } from './outcome.ts';

/** What became of one case; `wrong`: it is no case, and why. */
interface Outcome {
  readonly file: string;
  readonly runbook?: string;
  readonly differences: readonly Difference[];
  /** Reads that were asked for and not recorded, or the other way round: why a verdict may differ. */
  readonly strays: readonly string[];
  readonly wrong?: string;
}

/** `nightshift replay`: recorded runs again; exit code 0 only when every verdict is what its case says. */
export async function replay(
  paths: readonly string[],
  { json = false }: GlobalOptions & { readonly json?: boolean },
): Promise<ExitCode> {
  const files = [...new Set(paths.flatMap(caseFilesAt))];
  if (files.length === 0) throw new UsageError(`no case (*.json) in ${paths.join(', ')}`);
  const outcomes: Outcome[] = [];
  for (const file of files) outcomes.push(await outcomeOf(file));
  if (json) printJson(outcomes);
  else print([...outcomes.flatMap(linesOf), summaryOf(outcomes)].join('\n'));
  return outcomes.every(isAsRecorded) ? ExitCode.ok : ExitCode.finding;
}

async function outcomeOf(file: string): Promise<Outcome> {
  try {
    const { runbook, recorded } = readCaseFile(file, catalog);
    const { report, strays } = await runAgain(runbook, recorded);
    return { file, runbook: runbook.id, differences: differences(recorded, report), strays };
  } catch (thrown) {
    return { file, differences: [], strays: [], wrong: messageOf(thrown) };
  }
}

function isAsRecorded({ wrong, differences }: Outcome): boolean {
  return wrong === undefined && differences.length === 0;
}

const LONGEST_REASON = 600;

/** One line for each difference, so that they can be counted and searched. */
function linesOf(outcome: Outcome): string[] {
  const { file, differences, strays, wrong } = outcome;
  if (wrong !== undefined) return [wrong.startsWith(file) ? wrong : `${file}: ${wrong}`];
  const lines = differences.map(
    ({ cause, expected, got, reason }) =>
      `${file}: ${cause}: expected ${expected}, got ${got}: ${oneLine(reason, LONGEST_REASON)}`,
  );
  return lines.length === 0 ? [] : [...lines, ...strays.map((stray) => `${file}: ${stray}`)];
}

function summaryOf(outcomes: readonly Outcome[]): string {
  const malformed = outcomes.filter(({ wrong }) => wrong !== undefined).length;
  const differ = outcomes.filter(({ differences }) => differences.length > 0).length;
  const runbooks = new Set(outcomes.flatMap(({ runbook }) => runbook ?? [])).size;
  return [
    `${counted(outcomes.length, 'case')}${runbooks === 0 ? '' : ` of ${counted(runbooks, 'runbook')}`}`,
    differ === 0 ? (malformed === 0 ? 'all as recorded' : 'none differs') : `${differ} with verdicts that differ`,
    ...(malformed > 0 ? [`${malformed} that cannot be read`] : []),
  ].join(', ');
}
