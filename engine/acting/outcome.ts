import { type Measure, movementOf, movementWords } from '../measure.ts';
import type { Before, Plan, Verification } from '../plan.ts';
import type { CauseReport, Report } from '../report.ts';
import type { AnyRunbook } from '../runbook.ts';

export type Outcome = Pick<Verification, 'verdict' | 'reason'>;

/** What a report says that a later one can be compared with. */
export function beforeOf({ causes, recovered }: Report): Before {
  const confirmed = causes.filter(isConfirmed).map(({ id, measure = null }) => [id, measure] as const);
  const ruledOut = causes.filter(({ verdict }) => verdict === 'ruled-out').map(({ id }) => id);
  return { confirmed: Object.fromEntries(confirmed), ruledOut, recovered: recovered.verdict };
}

/**
 * Whether a fix helped, by the evidence before and after it alone: what could not be told before is not new because it is
 * seen now. A resolved alert is no proof, and neither is a target that looked well all along, or may have: then the plan's
 * own cause must be ruled out.
 */
export function outcomeOf(
  { cause: { id }, before }: Pick<Plan, 'cause' | 'before'>,
  report: Report,
  { causes }: Pick<AnyRunbook, 'causes'>,
): Outcome {
  const cause = report.causes.find((one) => one.id === id);
  const isNew = ({ id: other }: CauseReport) => before.confirmed[other] === undefined && !causes[other]?.chosen;
  const news = report.causes.filter((one) => isConfirmed(one) && isNew(one));
  const seenFirst = news.filter((one) => !before.ruledOut?.includes(one.id));
  if (causes[id]?.sight) return sightOutcome(cause, news, report);
  const words = withFigures(before.confirmed[id], cause);
  const { recovered } = report;
  if (isHealed(before, cause, report)) return { verdict: 'fixed', reason: words(recovered.reason) };

  const added = news.find((one) => !seenFirst.includes(one));
  if (added) return { verdict: 'worse', reason: words(`${added.title}: ${added.reason}`) };
  if (before.recovered === 'confirmed' && recovered.verdict === 'ruled-out') {
    return { verdict: 'worse', reason: words(`it was well before: ${recovered.reason}`) };
  }
  const grown = report.causes.find((one) => isClearlyWorse(one, before));
  if (grown) return { verdict: 'worse', reason: withFigures(before.confirmed[grown.id], grown)(grown.reason) };

  if (cause?.verdict === 'ruled-out') return withoutIt(cause, before, seenFirst, report, words);
  if (cause?.verdict === 'confirmed') {
    return { verdict: 'not-fixed', reason: words(`${cause.reason}${nowSeen(seenFirst)}`) };
  }
  if (recovered.verdict === 'ruled-out') return { verdict: 'not-fixed', reason: words(recovered.reason) };
  return { verdict: 'cannot-tell', reason: whyUnknown(cause, report) };
}

/**
 * It was not well, and is: by what its runbook looks at, not by its alert. A cause that still reads as confirmed (its
 * window reaches back to the trouble) does not gainsay that, if its figure has fallen.
 */
function isHealed(before: Before, cause: CauseReport | undefined, { recovered }: Report): boolean {
  if (before.recovered === 'confirmed' || recovered.verdict !== 'confirmed') return false;
  // Whether it was well before could not be told: then only its cause can say.
  if (before.recovered === 'inconclusive' && cause?.verdict === 'inconclusive') return false;
  if (cause === undefined || !isConfirmed(cause)) return true;
  return movementOf(before.confirmed[cause.id] ?? undefined, cause.measure) === 'better';
}

function isClearlyWorse({ id, verdict, measure }: CauseReport, { confirmed }: Before): boolean {
  return verdict !== 'ruled-out' && movementOf(confirmed[id] ?? undefined, measure) === 'clearly-worse';
}

/**
 * The cause has gone. What is still wrong may be the work of another one that was there before; of one that nobody could
 * see before it cannot be told whether the fix brought it; else it is no fix.
 */
function withoutIt(
  cause: CauseReport,
  { confirmed }: Before,
  seenFirst: readonly CauseReport[],
  { causes, recovered }: Report,
  words: (reason: string) => string,
): Outcome {
  const gone = words(`${cause.title}? No more: ${cause.reason}`);
  if (recovered.verdict !== 'ruled-out') return { verdict: 'fixed', reason: `${gone}${nowSeen(seenFirst)}` };
  const left = causes.find((one) => isConfirmed(one) && confirmed[one.id] !== undefined);
  if (left) return { verdict: 'fixed', reason: `${gone}. Still there, as before: ${left.title}${nowSeen(seenFirst)}` };
  if (seenFirst.length > 0) return { verdict: 'cannot-tell', reason: `${gone}${nowSeen(seenFirst)}` };
  return { verdict: 'not-fixed', reason: `${recovered.reason}. ${gone}` };
}

/** What only kept causes from being seen breaks nothing, and what is seen once it is gone was not brought by that. */
function sightOutcome(cause: CauseReport | undefined, news: readonly CauseReport[], report: Report): Outcome {
  if (cause?.verdict === 'ruled-out') {
    return { verdict: 'fixed', reason: `${cause.title}? No more: ${cause.reason}${nowSeen(news)}` };
  }
  if (cause === undefined || cause.missing.length > 0) {
    return { verdict: 'cannot-tell', reason: whyUnknown(cause, report) };
  }
  return { verdict: 'not-fixed', reason: cause.reason };
}

function nowSeen(causes: readonly CauseReport[]): string {
  return causes
    .map(({ title, reason }) => `. It could not be told before, and is seen now: ${title}: ${reason}`)
    .join('');
}

function whyUnknown(cause: CauseReport | undefined, { evidence }: Report): string {
  if (cause === undefined) return 'it cannot be told: its cause is no longer looked at';
  if (cause.missing.length === 0) return `it cannot be told: ${cause.reason}`;
  const missing = cause.missing.map((id) => {
    const item = evidence.find((one) => one.id === id);
    return item ? `${item.title} (${item.reason ?? item.shown})` : id;
  });
  return `it cannot be told, evidence is missing: ${missing.join(', ')}`;
}

/** The figure before and after comes first: lines are cut at their end. */
function withFigures(before: Measure | null | undefined, after: CauseReport | undefined): (reason: string) => string {
  const figures = movementWords(before ?? undefined, after?.measure);
  return (reason) => (figures === undefined ? reason : `${figures}; ${reason}`);
}

function isConfirmed({ verdict }: CauseReport): boolean {
  return verdict === 'confirmed';
}
