import type { AnyRunbook } from '../../../engine/runbook.ts';
import { caseFiles, readCase, replay } from '../case-files.ts';
import type { Group } from './truth.ts';
import { truthOf } from './truths.ts';

/** What a runbook makes of one case, beside what is really wrong in it. */
export interface Outcome {
  readonly name: string;
  readonly about: string;
  readonly truth: Group;
  readonly recorded: boolean;
  /** Causes it confirms that are so. */
  readonly named: readonly string[];
  /** Causes that are so, neither confirmed nor ruled out. */
  readonly open: readonly string[];
  /** Causes it confirms that are not so, or of which the world does not settle whether they are. */
  readonly wrong: readonly string[];
  /** Causes it rules out that are so, or may be. */
  readonly falselyRuledOut: readonly string[];
}

/** The outcomes of all cases of which the truth is known, in the order of their names. */
export async function outcomesOf(runbook: AnyRunbook): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const file of caseFiles(runbook).toSorted()) {
    const name = file.replace(/\.json$/, '');
    const truth = truthOf(runbook, name);
    if (truth !== undefined) outcomes.push(await outcomeOf(runbook, file, name, truth));
  }
  return outcomes;
}

async function outcomeOf(runbook: AnyRunbook, file: string, name: string, truth: Group): Promise<Outcome> {
  const one = readCase(runbook, file);
  const { report } = await replay(runbook, one);
  const { about = '' } = one;
  const { is, perhaps = [] } = truth;
  const judged = (verdict: string) => report.causes.filter((one) => one.verdict === verdict).map(({ id }) => id);
  const [confirmed, ruledOut, inconclusive] = [judged('confirmed'), judged('ruled-out'), judged('inconclusive')];
  return {
    name,
    about,
    truth,
    recorded: name.startsWith('recorded-') || about.startsWith('Recorded'),
    named: confirmed.filter((cause) => is.includes(cause)),
    open: inconclusive.filter((cause) => is.includes(cause)),
    wrong: confirmed.filter((cause) => !is.includes(cause)),
    falselyRuledOut: ruledOut.filter((cause) => is.includes(cause) || perhaps.includes(cause)),
  };
}
