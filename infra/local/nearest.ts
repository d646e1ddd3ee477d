import { distance } from 'fastest-levenshtein';

/** Of what there is, what was most likely meant; `undefined` when nothing is near, for a wild guess only misleads. */
export function nearest(typed: string, known: readonly string[]): string | undefined {
  const word = typed.toLowerCase();
  const begun = word.length > 1 ? known.find((name) => name.toLowerCase().startsWith(word)) : undefined;
  if (begun !== undefined) return begun;
  const [best] = known
    .map((name) => ({ name, away: distance(word, name.toLowerCase()) }))
    .sort((a, b) => a.away - b.away);
  if (best === undefined) return undefined;
  const near = best.away <= Math.max(2, 0.4 * word.length);
  // Two short words can be two slips apart without a letter in common.
  const alike = best.away < Math.min(word.length, best.name.length);
  return near && alike ? best.name : undefined;
}

/** `; did you mean X?`, or nothing. */
export function didYouMean(typed: string, known: readonly string[]): string {
  const meant = nearest(typed, known);
  return meant === undefined ? '' : `; did you mean ${meant}?`;
}
