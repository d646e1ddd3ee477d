import type { Verb } from '../change.ts';
import { changeRules, risksOfVerb } from '../changes/catalog.ts';
import type { Risk } from '../runbook.ts';

const risks: readonly Risk[] = ['none', 'low', 'medium', 'high'];

/** What a runbook says of its fix, or what the changes themselves are, whichever is worse. */
export function riskierOf(a: Risk, b: Risk): Risk {
  return risks.indexOf(a) >= risks.indexOf(b) ? a : b;
}

/** Every risk that a plan of this fix, or the undo of one, may turn out to have. */
export function possibleRisks({ risk, verbs }: { readonly risk: Risk; readonly verbs: readonly Verb[] }): Set<Risk> {
  const own = verbs.flatMap(risksOfVerb).map((one) => riskierOf(one, risk));
  const ofUndo = verbs.flatMap((verb) => changeRules[verb].undoneBy).flatMap(risksOfVerb);
  return new Set([risk, ...own, ...ofUndo]);
}
