import type { Case } from '../../engine/replay.ts';
import type { AnyRunbook } from '../../engine/runbook.ts';

export type Reads = Case['reads'];
type Verdict = 'confirmed' | 'ruled-out' | 'inconclusive';
type Judged = Pick<AnyRunbook, 'causes'>;

export type Expectation = { readonly [verdict in 'confirmed' | 'inconclusive']?: readonly string[] } & {
  readonly recovered?: Verdict;
};

/** What a case expects. Causes not named are expected to be ruled out. */
export function expected({ causes }: Judged, { confirmed = [], inconclusive = [], recovered }: Expectation) {
  const unknown = [...confirmed, ...inconclusive].filter((cause) => !(cause in causes));
  if (unknown.length > 0) throw new Error(`the runbook has no such cause: ${unknown.join(', ')}`);
  const verdictOf = (cause: string): Verdict =>
    confirmed.includes(cause) ? 'confirmed' : inconclusive.includes(cause) ? 'inconclusive' : 'ruled-out';
  return {
    causes: Object.fromEntries(Object.keys(causes).map((cause) => [cause, verdictOf(cause)])),
    ...(recovered ? { recovered } : {}),
  };
}

/** The same reads, some of them answered differently: by a part of their key. */
export function answering(reads: Reads, parts: readonly string[], answer: Reads[string]): Reads {
  const wanted = (key: string) => parts.some((part) => key.includes(part));
  return Object.fromEntries(Object.entries(reads).map(([key, old]) => [key, wanted(key) ? answer : old]));
}

export function without(reads: Reads, parts: readonly string[]): Reads {
  return Object.fromEntries(Object.entries(reads).filter(([key]) => !parts.some((part) => key.includes(part))));
}
