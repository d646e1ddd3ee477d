/** Counts what became of something. */
export interface Tally<Label extends string> {
  inc(labels: Readonly<Record<Label, string>>, by?: number): void;
}

/** What handlers count; counters of prom-client do, and so does whatever else has the same shape. */
export interface Tallies {
  /** In the words of `nightshift incidents`: posted, joined, suppressed, rejected. */
  readonly alerts: Tally<'outcome'>;
  readonly webhooks: Tally<'outcome'>;
  readonly investigationSeconds: { observe(labels: { readonly runbook: string }, seconds: number): void };
  readonly verdicts: Tally<'runbook' | 'verdict'>;
  readonly kubernetesCalls: { inc(by: number): void };
  readonly remediations: Tally<'step'>;
  readonly executions: Tally<'outcome'>;
  readonly messages: Tally<'kind'>;
}
