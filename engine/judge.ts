import { messageOf } from './errors.ts';
import type { Measure } from './measure.ts';
import type { CauseReport } from './report.ts';
import type { Verdict } from './verdict.ts';

/** Evidence that could be collected, by id; an id that is not in it is missing. */
export type Collected = ReadonlyMap<string, unknown>;

/** Thrown by reading missing evidence; never leaves `judged`. */
class MissingEvidence extends Error {
  readonly id: string;
  constructor(id: string) {
    super(`evidence ${id} is missing`);
    this.id = id;
  }
}

export type Judgement = Pick<CauseReport, 'verdict' | 'reason' | 'cites' | 'missing'> &
  Partial<Pick<CauseReport, 'title'>>;

type Judge = (seen: Record<string, unknown>, maybe: Partial<Record<string, unknown>>) => Verdict;

/**
 * Runs one judgement over what was collected. Whatever it touches is cited; touching missing evidence through `seen`
 * makes it inconclusive, naming what is missing (`titleOf` gives the words).
 */
export function judged(judge: Judge, collected: Collected, titleOf: (id: string) => string): Judgement {
  const touched = new Set<string>();
  const seen = record(touched, (id) => {
    if (!collected.has(id)) throw new MissingEvidence(id);
    return collected.get(id);
  });
  const maybe = record(touched, (id) => collected.get(id));
  const verdict = safely(() => judge(seen, maybe), titleOf);
  const cites = [...touched];
  return { ...verdict, cites, missing: cites.filter((id) => !collected.has(id)) };
}

/**
 * A judgement that rests on what was *not* seen, of evidence of which a part could not be had (by id, in `partial`): it
 * becomes open. What was seen still proves what it proves.
 */
export function doubted(
  judgement: Judgement,
  restsOnAbsence: Verdict['verdict'],
  partial: ReadonlyMap<string, string>,
  titleOf: (id: string) => string,
): Judgement {
  const id = judgement.cites.find((cited) => partial.has(cited));
  if (judgement.verdict !== restsOnAbsence || id === undefined) return judgement;
  const reason = `${judgement.reason}; but "${titleOf(id)}" was answered in part only: ${partial.get(id)}`;
  return { ...judgement, verdict: 'inconclusive', reason };
}

/** The value, or the reason there is none because it needed missing evidence. */
export function withSeen<T>(
  work: (seen: Record<string, unknown>) => T,
  collected: Collected,
  titleOf: (id: string) => string,
): T | { readonly unavailable: string } {
  const seen = record(new Set(), (id) => {
    if (!collected.has(id)) throw new MissingEvidence(id);
    return collected.get(id);
  });
  try {
    return work(seen);
  } catch (thrown) {
    if (thrown instanceof MissingEvidence) return { unavailable: `could not be seen: ${titleOf(thrown.id)}` };
    throw thrown;
  }
}

/** A cause's figure; none where evidence for it is missing, or where it is no number. */
export function measured(
  measure: (seen: Record<string, unknown>, maybe: Partial<Record<string, unknown>>) => Measure | undefined,
  collected: Collected,
): Measure | undefined {
  const maybe = record(new Set(), (id) => collected.get(id));
  try {
    const found = withSeen((seen) => measure(seen, maybe), collected, String);
    return found && 'of' in found && Number.isFinite(found.value) ? found : undefined;
  } catch {
    // A defect of the runbook: the verdict stands without its figure.
    return undefined;
  }
}

/** A plain record of what was collected: missing evidence is `undefined`. */
export function maybeOf(collected: Collected): Partial<Record<string, unknown>> {
  return Object.fromEntries(collected);
}

function safely(judge: () => Verdict, titleOf: (id: string) => string): Verdict {
  try {
    return judge();
  } catch (thrown) {
    if (thrown instanceof MissingEvidence) {
      return { verdict: 'inconclusive', reason: `could not be seen: ${titleOf(thrown.id)}` };
    }
    // A judge that throws is a defect of the runbook: it must not take the other causes down with it.
    return { verdict: 'inconclusive', reason: `this check failed: ${messageOf(thrown)}` };
  }
}

function record(touched: Set<string>, read: (id: string) => unknown): Record<string, unknown> {
  return new Proxy(
    {},
    {
      get(_target, id) {
        if (typeof id !== 'string') return undefined;
        touched.add(id);
        return read(id);
      },
      // Spreading or listing it would silently give nothing.
      ownKeys() {
        throw new TypeError('evidence is read by name: it cannot be spread or listed');
      },
    },
  );
}
