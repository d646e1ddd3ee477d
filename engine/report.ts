import type { Change } from './change.ts';
import type { ReadFailureKind } from './errors.ts';
import type { Measure } from './measure.ts';
import type { ManualStep, Risk } from './runbook.ts';

/** One evidence item with its provenance. `query` is what was asked, as one would repeat it by hand. */
export interface EvidenceReport {
  readonly id: string;
  readonly title: string;
  readonly status: 'ok' | 'failed';
  readonly source: string;
  readonly query: string;
  readonly asOf: string;
  readonly windowSeconds?: number;
  /** The value as the runbook's schema accepted it; `null` when the read failed. */
  readonly value: unknown;
  /** The value in one line, or why there is none. */
  readonly shown: string;
  readonly threshold?: string;
  readonly thresholdSource?: string;
  readonly failure?: ReadFailureKind;
  readonly reason?: string;
  /** What would let it be seen, for example the RBAC rule to add. */
  readonly remedy?: string;
  readonly elapsedMs: number;
  /** It is a further witness of what other evidence tells, too: not configured, it is no gap. */
  readonly witness?: true;
}

export interface CauseReport {
  readonly id: string;
  readonly title: string;
  readonly verdict: 'confirmed' | 'ruled-out' | 'inconclusive';
  readonly reason: string;
  /** Evidence the judgement touched, and of that what was missing. */
  readonly cites: readonly string[];
  readonly missing: readonly string[];
  /** How bad it is, where its runbook has a figure for that and the evidence was seen. */
  readonly measure?: Measure;
}

export type RemedyReport =
  | {
      readonly id: string;
      readonly title: string;
      readonly cause: string;
      readonly risk: Risk;
      readonly digest: string;
      readonly changes: readonly Change[];
      /** `null`: not rehearsed. */
      readonly rehearsal: null;
    }
  | { readonly id: string; readonly title: string; readonly cause: string; readonly unavailable: string };

export interface ManualReport {
  readonly id: string;
  readonly title: string;
  readonly cause: string;
  readonly risk: Risk;
  readonly steps: readonly ManualStep[];
}

export interface Cost {
  readonly kubernetesCalls: number;
  readonly prometheusQueries: number;
  readonly bytes: number;
  readonly elapsedMs: number;
  /** The longest time any one evidence item spent reading, one read after the other. */
  readonly slowestChainMs: number;
}

/** What one run of one runbook found. Plain data: stored, rendered, compared, and printed by `--json`. */
export interface Report {
  readonly runbook: string;
  readonly title: string;
  readonly target: string;
  readonly cluster: string;
  readonly startedAt: string;
  readonly causes: readonly CauseReport[];
  readonly evidence: readonly EvidenceReport[];
  readonly remedies: readonly RemedyReport[];
  readonly manualSteps: readonly ManualReport[];
  readonly recovered: { readonly verdict: CauseReport['verdict']; readonly reason: string };
  readonly cost: Cost;
}
