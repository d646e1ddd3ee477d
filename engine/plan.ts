import type { Change } from './change.ts';
import type { DiffLine } from './changes/rules.ts';
import type { InterlockReport } from './interlocks.ts';
import type { Risk } from './runbook.ts';

/**
 * `shown` somebody has seen it · `requested` waits for approvals · `approved` waits for its turn · `executing` ·
 * `applied` | `failed` | `unknown` done, refused by the cluster, or nobody knows · `refused` by a person · `expired` ·
 * `outdated` the cluster changed, another plan stands in its place · `moot` the problem is gone.
 */
export type PlanState =
  | 'shown'
  | 'requested'
  | 'approved'
  | 'executing'
  | 'applied'
  | 'failed'
  | 'unknown'
  | 'refused'
  | 'expired'
  | 'outdated'
  | 'moot';

export interface Said {
  readonly by: string;
  readonly at: string;
}

/** One API request of the plan. Its body is not stored: it is compiled anew from the cluster and must fit the digest. */
export interface Step {
  /** `patch Node worker-3` */
  readonly action: string;
  /** Of the object it means; absent for one that it creates. */
  readonly uid?: string;
  readonly state: 'waiting' | 'rehearsed' | 'started' | 'done' | 'failed' | 'unknown';
  readonly at?: string;
  /** What the API server said, redacted. */
  readonly said?: string;
}

export interface Verification {
  readonly looks: number;
  readonly untilAt: string;
  readonly verdict: 'waiting' | 'fixed' | 'not-fixed' | 'worse' | 'cannot-tell';
  readonly reason: string;
  readonly at: string;
}

/** The exact changes of one remedy for one incident, and what became of them. Stored; plain JSON; redacted. */
export interface Plan {
  /** Opaque and unguessable: what a button holds. */
  readonly id: string;
  readonly incident: string;
  readonly cluster: string;
  readonly runbook: string;
  readonly target: string;
  readonly remedy: string;
  readonly title: string;
  readonly risk: Risk;
  /** The verdict it rests on. */
  readonly cause: { readonly id: string; readonly title: string; readonly reason: string };
  /** Causes that were confirmed when it was made: one more afterwards means that it made things worse. */
  readonly confirmedBefore: readonly string[];
  readonly changes: readonly Change[];
  /** Each change in words. */
  readonly described: readonly string[];
  readonly diff: readonly DiffLine[];
  readonly effects: readonly string[];
  readonly blocked: readonly string[];
  readonly inverse: readonly Change[] | { readonly none: string };
  readonly interlocks: readonly InterlockReport[];
  /** Over cluster, incident, changes, compiled actions with their preconditions, and the verdict. */
  readonly digest: string;
  readonly at: string;
  readonly state: PlanState;
  readonly shownTo: readonly string[];
  readonly request?: Said & { readonly expiresAt: string; readonly approvalsNeeded: number };
  readonly approvals: readonly Said[];
  readonly refusal?: Said;
  readonly breakGlass?: Said & { readonly reason: string };
  readonly steps: readonly Step[];
  /** Why it is in its state, in a sentence, where the state alone does not say it. */
  readonly because?: string;
  readonly rehearsedAt?: string;
  readonly executedAt?: string;
  readonly verification?: Verification;
  /** The plan this one takes back. */
  readonly undoes?: string;
  /** The plan that stands in its place. */
  readonly supersededBy?: string;
  readonly updatedAt: string;
}
