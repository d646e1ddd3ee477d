import type { Change, Verb } from '../change.ts';
import { changeRules, risksOf, risksOfVerb } from '../changes/catalog.ts';
import type { Plan } from '../plan.ts';
import type { Store } from '../ports.ts';
import type { Risk } from '../runbook.ts';
import { planById } from './stored.ts';

const risks: readonly Risk[] = ['none', 'low', 'medium', 'high'];

/** What a runbook says of its fix, or what the changes themselves are, whichever is worse. */
export function riskierOf(a: Risk, b: Risk): Risk {
  return risks.indexOf(a) >= risks.indexOf(b) ? a : b;
}

/**
 * Of what it does, not of what it takes back: to let NoExecute go is harmless, to set it again is not. The undo of an undo
 * makes the very change again that was taken back, and a runbook may put its risk higher than that of its verbs.
 */
export async function riskOfUndo(
  store: Pick<Store, 'get'>,
  { undoes, inverse }: Pick<Plan, 'undoes'> & { readonly inverse: readonly Change[] },
): Promise<Risk> {
  const risk = risksOf(inverse);
  if (undoes === undefined) return risk;
  return riskierOf(risk, (await planById(store, undoes))?.risk ?? 'high');
}

/** Every risk that a plan of this fix, or the undo of one, may turn out to have. */
export function possibleRisks({ risk, verbs }: { readonly risk: Risk; readonly verbs: readonly Verb[] }): Set<Risk> {
  const own = verbs.flatMap(risksOfVerb).map((one) => riskierOf(one, risk));
  const ofUndo = verbs.flatMap((verb) => changeRules[verb].undoneBy).flatMap(risksOfVerb);
  return new Set([risk, ...own, ...ofUndo]);
}
