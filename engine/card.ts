import type { PlanLine } from './plan-card.ts';
import type { EvidenceReport, ManualReport, RemedyReport } from './report.ts';

/**
 * The state of an incident in one word a person reads first. After Alertmanager said "resolved": `still-broken` if the
 * object was seen not to be well, `unchecked` if it could not be seen. `trouble-seen`: something is wrong there, but of an
 * alert that no runbook is about it is not yet the cause.
 */
export type CardState =
  | 'looking'
  | 'diagnosed'
  | 'trouble-seen'
  | 'undiagnosed'
  | 'still-broken'
  | 'unchecked'
  | 'folded'
  | 'closed';

/** Of an alert that no runbook is about, before what was seen there. */
export const TROUBLE_SEEN = 'Trouble seen, not yet the cause: ';

/** The same words for it in the channel and on the terminal. */
export const stateWords: Readonly<Record<CardState, string>> = {
  looking: 'looking',
  diagnosed: 'cause found',
  'trouble-seen': 'trouble seen',
  undiagnosed: 'cause not found',
  'still-broken': 'still broken',
  unchecked: 'could not be checked',
  folded: 'part of a larger problem',
  closed: 'closed',
};

export interface CardCause {
  readonly title: string;
  readonly reason: string;
}

export interface CardLink {
  readonly label: string;
  readonly url: string;
}

/** One step of the live checklist while the evidence comes in. */
export interface CardStep {
  readonly title: string;
  readonly state: 'waiting' | 'ok' | 'failed';
}

/**
 * The present truth about one incident, as meaning: Slack blocks, a terminal page and a notification are renderings
 * of it. All strings are raw (unescaped) and already redacted.
 */
export interface Card {
  /** Opaque reference for buttons and for finding the message again. */
  readonly incident: string;
  readonly state: CardState;
  /** What is wrong with what: "Node worker-3 is not ready". */
  readonly title: string;
  /** One sentence: the likely cause, or what is known of it. Also the notification text. */
  readonly summary: string;
  readonly cluster: string;
  readonly target: string;
  /** How the alert's labels led to the target, or why they led to none. */
  readonly targetNote?: string;
  /** Whether there is a runbook to run again and something to look at. */
  readonly canLook: boolean;
  readonly since?: Date;
  readonly updatedAt: Date;
  /** When the look began that it tells of; absent before the first. */
  readonly lookedAt?: Date;
  readonly severity?: string;
  readonly checklist: readonly CardStep[];
  /** Confirmed causes, the likeliest first. */
  readonly likely: readonly CardCause[];
  /** The causes that an earlier look confirmed, where the last one confirmed none. */
  readonly earlier?: { readonly at: Date; readonly causes: readonly CardCause[] };
  /** No runbook is about this alert: what is confirmed is a trouble beside it, not yet its cause. */
  readonly isBeside: boolean;
  readonly ruledOut: readonly CardCause[];
  /** Seen, but undecided. */
  readonly open: readonly CardCause[];
  /** What could not be looked at, why, and what would let it be seen; each reason once. */
  readonly gaps: readonly { readonly title: string; readonly reason: string; readonly remedy?: string }[];
  readonly evidence: readonly EvidenceReport[];
  readonly remedies: readonly RemedyReport[];
  readonly manual: readonly ManualReport[];
  /** Remedies with a button: those that fit and somebody may approve. Ids of `remedies`. */
  readonly offered: readonly string[];
  readonly plans: readonly PlanLine[];
  /** Steps that people say they made by hand; `by` is a user id, `outcome` whether they helped, as far as was looked. */
  readonly byHand: readonly {
    readonly title: string;
    readonly by: string;
    readonly at: string;
    readonly outcome?: string;
  }[];
  readonly alert?: {
    readonly name: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations: Readonly<Record<string, string>>;
    readonly count: number;
    readonly firing: number;
  };
  readonly links: readonly CardLink[];
  /** Lines about the incident's life: joined alerts, a storm folded in, resolved but still broken. */
  readonly notes: readonly string[];
  readonly cost?: { readonly kubernetesCalls: number; readonly prometheusQueries: number; readonly elapsedMs: number };
}
