import type { Action, ObjectRef } from './action.ts';
import type { Change } from './change.ts';
import type { DiffLine, Inverse } from './changes/rules.ts';
import type { Starter } from './changes/starters.ts';
import type { InterlockReport } from './interlocks.ts';
import type { Measure } from './measure.ts';
import type { CauseReport } from './report.ts';
import type { Risk } from './runbook.ts';

/**
 * `shown` somebody has seen it · `requested` waits for approvals · `approved` waits for its turn · `executing` ·
 * `applied` | `partly-applied` | `failed` | `unknown` done, stopped after some of its steps, nothing done, or nobody knows
 * · `refused` by a person · `expired` · `outdated` the cluster changed, another plan stands in its place · `moot` the
 * problem is gone.
 */
export type PlanState =
  | 'shown'
  | 'requested'
  | 'approved'
  | 'executing'
  | 'applied'
  | 'partly-applied'
  | 'failed'
  | 'unknown'
  | 'refused'
  | 'expired'
  | 'outdated'
  | 'moot';

export interface Said {
  readonly by: string;
  readonly at: string;
  /** Where they clicked: a policy may allow some channels only. */
  readonly channel?: string;
}

/** One API request of the plan. Its body is not stored: it is compiled anew from the cluster and must fit the digest. */
export interface Step {
  /** `patch Node worker-3` */
  readonly action: string;
  /** Of the object it means; absent for one that it creates. */
  readonly uid?: string;
  /** What it does to which object; with it, and the marks, one can look afterwards whether it arrived. */
  readonly verb?: Action['verb'];
  readonly object?: ObjectRef;
  /** Which of the plan's changes it belongs to, by index; of several when they are one request. */
  readonly changes?: readonly number[];
  /** Of a patch: the fields that tell whether it arrived. Redacted. */
  readonly marks?: readonly DiffLine[];
  /** Of a patch that replaced a whole pod template: a digest of what it left. */
  readonly template?: string;
  /** Of an object that was created: a digest of the spec it had then, with the server's defaults. */
  readonly spec?: string;
  /** Of a cordon: whose it is and since when, as `metadata.managedFields` says. */
  readonly cordon?: { readonly by: string; readonly at: string };
  /** A person says that it was applied, and what is there does not bear our name, or was not seen: whose it is is not known. */
  readonly notOurs?: true;
  readonly state: 'waiting' | 'rehearsed' | 'started' | 'done' | 'failed' | 'unknown';
  readonly at?: string;
  /** What the API server said, redacted. */
  readonly said?: string;
  /** What it has stored otherwise than was meant, each difference in words; then the marks are what it has stored. Redacted. */
  readonly otherwise?: readonly string[];
}

export interface Verification {
  readonly looks: number;
  readonly untilAt: string;
  readonly verdict: 'waiting' | 'fixed' | 'not-fixed' | 'worse' | 'cannot-tell';
  readonly reason: string;
  readonly at: string;
}

/** What the verification compares with: what the evidence said when it was planned, and again right before it was applied. */
export interface Before {
  /** The causes that were confirmed, each with its figure if it has one. */
  readonly confirmed: Readonly<Record<string, Measure | null>>;
  /**
   * The causes that were seen not to be there: only one of them that is confirmed afterwards is new. What could not be told
   * is in neither.
   */
  readonly ruledOut?: readonly string[];
  /** Whether the target looked well all the same. */
  readonly recovered: CauseReport['verdict'];
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
  readonly before: Before;
  readonly changes: readonly Change[];
  /** Each change in words. */
  readonly described: readonly string[];
  readonly diff: readonly DiffLine[];
  /** What it does something to besides what its diff names, by the same names. */
  readonly touches?: readonly string[];
  /** Of each pod that it ends what its successor, which has another name, has in common with it: `a pod of ReplicaSet shop/web`. */
  readonly moves?: readonly string[];
  /** Who starts another where its pods end, and what there was of them when it was planned, and again right before it was applied. */
  readonly starters?: readonly Starter[];
  /** Uids of the pods of Jobs among those that it evicts: of such pods it evicts these, as far as they are still there. */
  readonly passing?: readonly string[];
  readonly effects: readonly string[];
  readonly blocked: readonly string[];
  /** Of all of it; once it has stopped halfway, of what was done. */
  readonly inverse: Inverse;
  /** Of each change by itself, in their order. */
  readonly inverses?: readonly Inverse[];
  /** Of each change a digest of what its requests do not say: after a pause it must be as it was approved. */
  readonly bound?: readonly string[];
  readonly interlocks: readonly InterlockReport[];
  /** The uid of its namespace kube-system: what tells clusters apart, whatever they are called. */
  readonly clusterUid?: string;
  /** Since when the interlocks of an open request could not be looked at: their values are those of before. */
  readonly unseen?: { readonly since: string; readonly because: string };
  /** Over cluster, incident, changes, compiled actions with their preconditions, and the verdict. */
  readonly digest: string;
  readonly at: string;
  readonly state: PlanState;
  readonly shownTo: readonly string[];
  readonly request?: Said & { readonly expiresAt: string; readonly approvalsNeeded: number };
  readonly approvals: readonly Said[];
  readonly refusal?: Said;
  /** Approved, and stopped all the same: no request begins after that. */
  readonly stopped?: Said;
  /** Somebody wanted to stop it when its last request was under way: that one is not sent a second time. */
  readonly notAgain?: true;
  /** Holds for what stood in the way when somebody took the word for it, as it was then, and for nothing else. */
  readonly breakGlass?: Said & { readonly reason: string; readonly although: readonly InterlockReport[] };
  readonly steps: readonly Step[];
  /**
   * Approved, or in the middle of its steps: it waits because nobody could say who may have it done, and goes on by
   * itself once that can be told, until the request expires. `who`: the id of the one who could not be looked up.
   */
  readonly paused?: { readonly since: string; readonly because: string; readonly who?: string };
  /** Why it is in its state, in a sentence, where the state alone does not say it. */
  readonly because?: string;
  /** While nobody knows whether a request was done: what happened to it, what was seen of it last, and since when so. */
  readonly doubt?: { readonly what: string; readonly seen: string; readonly since: string };
  /** What the person said who looked after a change whose fate was unknown. */
  readonly decision?: Said & { readonly wasApplied: boolean };
  readonly rehearsedAt?: string;
  /** When the API server entered our name at the rehearsal, by its own clock: the earliest of its requests. */
  readonly enteredAt?: string;
  /** When its first request was about to be sent. */
  readonly executedAt?: string;
  /** When the last request was answered, or it stopped. */
  readonly endedAt?: string;
  /** Of what ends pods and was applied: which pods are still ending, as far as was seen last. */
  readonly ending?: string;
  readonly verification?: Verification;
  /** The plan this one takes back. */
  readonly undoes?: string;
  /** The plan that took this one back, and when. */
  readonly takenBack?: { readonly plan: string; readonly at: string };
  /** The plan that stopped halfway and that this one goes on with. */
  readonly continues?: string;
  /** The plan that stands in its place. */
  readonly supersededBy?: string;
  /** Identities of people's wishes that were answered here, or that made it: one of them that comes again changes nothing. */
  readonly wishes?: readonly string[];
  readonly updatedAt: string;
}
