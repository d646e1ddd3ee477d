import type { Plan } from './plan.ts';

/** What somebody may do with a plan as it stands; which buttons its message has. */
export type PlanButton =
  | 'approve'
  | 'refuse'
  /** `approved`, `executing`: before its last request has begun. */
  | 'stop'
  /** After it was applied: makes the plan of the inverse. */
  | 'undo'
  /** `unknown`: a person who has looked says what is true. */
  | 'it-was-applied'
  | 'it-was-not-applied'
  /** `outdated`, `expired`, `failed`, `partly-applied`: make the plan anew, of what is left to do. */
  | 'plan-again';

/** One reason, in a sentence; `by`: whom it is about. */
export interface Waiting {
  readonly by?: string;
  readonly why: string;
}

/** A plan as its message in the thread and its modal show it. All strings are raw and already redacted. */
export interface PlanCard {
  readonly plan: Plan;
  /** "Cordon node worker-3: waits for 1 of 1 approvals until 03:42 UTC" */
  readonly headline: string;
  /** Who may approve: ids of users and user groups. Empty: nobody, and `nobodyBecause` says why. */
  readonly approvers: { readonly users: readonly string[]; readonly userGroups: readonly string[] };
  readonly nobodyBecause?: string;
  /** Its inverse is a plan with a risk of its own, which no rule may allow: then there is no "Undo", and this says why. */
  readonly undoNobodyBecause?: string;
  /** Who may break the glass; absent: nobody. */
  readonly glassBreakers?: PlanCard['approvers'];
  /** By the policy as it is now, while it waits; afterwards what counted when it was decided. */
  readonly approvalsNeeded: number;
  /** Of the approvals those that count. */
  readonly approvalsCounting: number;
  /** Until when it can be approved. */
  readonly expiresAt?: string;
  /** Why it still waits although somebody has approved it, or why nobody can approve it now. */
  readonly waitsFor: readonly Waiting[];
  readonly requesterMayApprove: boolean;
  readonly expiresAfterMinutes: number;
  /** Whether it can be requested: applicable, every interlock holds, somebody may approve. */
  readonly mayRequest: boolean;
  readonly buttons: readonly PlanButton[];
}

/** The line of the incident's card about one plan, edited in place: requested → approved → … with times and names. */
export interface PlanLine {
  readonly plan: string;
  readonly title: string;
  readonly steps: readonly {
    readonly word:
      | 'requested'
      | 'approved'
      | 'refused'
      | 'stopped'
      | 'broke-glass'
      | 'rehearsed'
      | 'applied'
      | 'partly-applied'
      | 'verified'
      | 'taken-back'
      | 'failed'
      | 'unknown'
      | 'expired'
      | 'outdated'
      | 'moot';
    readonly at: string;
    /** A user id, where a person did it. */
    readonly by?: string;
    readonly note?: string;
  }[];
}
