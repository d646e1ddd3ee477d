/**
 * What is really wrong in the worlds of a group of cases, whatever the runbook says of them: decided from how a world was
 * recorded or composed, never from what its case expects.
 */
export interface Group<Cause extends string = string> {
  /** Within the time the runbook looks at; several in a mixture, none where nothing of what it knows is wrong. */
  readonly is: readonly Cause[];
  /** What the world, as it was made, leaves possible and does not settle: to say yes or no to it would be a guess. */
  readonly perhaps?: readonly Cause[];
  /** The case takes away the evidence that would tell: a system is blind, reads are forbidden, figures are not collected. */
  readonly unseen?: true;
  /** Where it does not go without saying. */
  readonly why?: string;
  /** Names of case files without `.json`, with spaces between. */
  readonly cases: string;
}

/** The truth about all cases of a runbook, each of them in one group. */
export type Truth<Cause extends string = string> = readonly Group<Cause>[];

export function namesIn({ cases }: Group): readonly string[] {
  return cases.split(/\s+/).filter(Boolean);
}
