import type * as z from 'zod';
import type { Budget } from './budget.ts';
import type { Change, Verb, WorkloadKind } from './change.ts';
import type { ReadFailureKind } from './errors.ts';
import type { Measure } from './measure.ts';
import type { Readers } from './readers.ts';
import type { ReadRight } from './rights.ts';
import type { Target } from './target.ts';
import type { Verdict } from './verdict.ts';
import type { KeptOfConfigMap } from './withheld.ts';

/**
 * Which label of an alert names its target. The family decides, not the labels that happen to be there: an alert
 * about a Node object carries the `pod` of kube-state-metrics. (Meanings: `engine/resolve.ts`.)
 */
export type AlertFamily =
  | 'node-object'
  | 'kubelet'
  | 'node-exporter'
  | 'static-pod'
  | 'pod'
  | 'object'
  | 'component'
  | 'cluster';

/** One alert a runbook answers: the exact, case-sensitive name, and labels that must have one of the given values. */
export interface AlertMatch {
  readonly name: string;
  readonly labels?: Readonly<Record<string, readonly string[]>>;
  readonly family: AlertFamily;
  /** The component the alert is about; only with family `component`. */
  readonly component?: string;
  /** Whether alerts of two scrape jobs are about two of them, each with an incident of its own. */
  readonly perJob?: true;
  /** kube-state-metrics tells it, and its label `job` is that one's: it says nothing of who scrapes the component. */
  readonly toldByExporter?: true;
}

/** The alert a run is about. `expr` is its PromQL, where the sender's link tells it. */
export interface AlertContext {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly expr?: string | undefined;
}

/**
 * What `read` may know besides the target. `since` is when the alert says the problem began; `alert` is absent when a
 * person asks.
 */
export interface ReadContext {
  readonly now: Date;
  readonly since: Date | undefined;
  readonly alert?: AlertContext | undefined;
}

/** One named thing to look at. `read` does the only I/O of a runbook; `schema` decides whether the answer is believed. */
export interface Evidence<Value, T> {
  readonly title: string;
  readonly schema: z.ZodType<Value>;
  /** What `read` may ask Kubernetes; anything else throws. The reader's RBAC role is made from it. Default: nothing. */
  readonly reads?: readonly ReadRight[];
  readonly read: (readers: Readers, target: T, context: ReadContext) => Promise<unknown>;
  /** The value in one line, with units, for a person. */
  readonly show: (value: Value) => string;
  readonly windowSeconds?: number;
  /** The limit the causes compare with, in words with its unit, and where that limit comes from. */
  readonly threshold?: string;
  readonly thresholdSource?: string;
  /** What a record keeps of a value of a ConfigMap: what the schema uses, and no more. Default: nothing of it. */
  readonly keptOfConfigMap?: KeptOfConfigMap;
  /** Milliseconds for all reads of this evidence together. Default 5,000. */
  readonly deadlineMs?: number;
  /** A further witness of what other evidence tells, too: where nobody has configured it, nothing is called missing. */
  readonly witness?: true;
}

/** What `judge` may know besides the evidence: the clock of the run, so that a replay judges as the live run did. */
export interface JudgeContext<T> {
  readonly target: T;
  readonly now: Date;
  readonly since: Date | undefined;
  /** Why evidence is missing, by its id: a system nobody has configured does not fail, and a closed port does not hang. */
  readonly failures?: ReadonlyMap<string, ReadFailureKind>;
  /** Of these the ones whose connection was refused: nothing listens there, which no wrong name or certificate looks like. */
  readonly refused?: ReadonlySet<string>;
}

/**
 * A hypothesis. `judge` is pure and synchronous. Reading a property of `seen` that could not be collected ends the
 * judgement as inconclusive, naming it; `maybe` holds the same evidence, `undefined` where it is missing. Whatever was
 * touched is cited.
 */
export interface Cause<E, RemedyName extends string, T> {
  readonly title: string;
  readonly judge: (seen: E, maybe: Partial<E>, context: JudgeContext<T>) => Verdict;
  readonly remedies?: readonly RemedyName[];
  /**
   * How bad it is now, whether it is confirmed or not: what verification compares before and after a fix. Pure, as
   * `judge`; `undefined`, or reading what could not be collected: there is no figure.
   */
  readonly measure?: (seen: E, maybe: Partial<E>, context: JudgeContext<T>) => Measure | undefined;
  /**
   * What confirms it is so now, not only in the minutes before: while it is confirmed the object has not recovered, and no
   * incident about it closes.
   */
  readonly present?: true;
  /** A state that somebody chose and no trouble in itself: when it comes about after a fix, nothing is worse by that. */
  readonly chosen?: true;
  /**
   * It breaks nothing and only keeps causes from being seen, so that it must never read as the cause of an alert: it is
   * never confirmed, and its manual remedies are listed while it is open.
   */
  readonly sight?: true;
}

export type Risk = 'none' | 'low' | 'medium' | 'high';

/** A fix the API can make. `propose` may answer that it does not fit; `changes` is pure data. */
export interface Remedy<Params, E, T, V extends Verb = Verb> {
  readonly title: string;
  readonly risk: Risk;
  /**
   * `false`: it only keeps harm from spreading, so that nothing that is well afterwards is its work. `here`: what is ended
   * begins anew elsewhere, and may bring its trouble there.
   */
  readonly heals?: false | 'here';
  /** The verbs of its changes, and no others. The fixer's RBAC role is made from them. */
  readonly verbs: readonly V[];
  /** Of which kinds the workloads are that it changes, or whose pods it ends; absent: of any. Fewer kinds are fewer rights. */
  readonly workloads?: readonly WorkloadKind[];
  readonly params: z.ZodType<Params>;
  readonly propose: (seen: E, target: T) => NoInfer<Params> | { readonly unavailable: string };
  readonly changes: (params: NoInfer<Params>) => readonly (Change & { readonly verb: NoInfer<V> })[];
}

/** How to see that it worked: exactly what to type, and what it then shows. */
export interface Check {
  readonly command: string;
  readonly shows: string;
}

interface StepOf<Kind extends string> {
  readonly kind: Kind;
  readonly title: string;
  readonly warning?: string;
}

/** Changes nothing: what to type, and what to look for in the answer. */
export interface LookStep extends StepOf<'look'> {
  readonly command: string;
  readonly shows?: string;
}

/** Changes something, so there is a command that verifies it. Without a command of its own: what a command cannot do. */
export interface ChangeStep extends StepOf<'change'> {
  readonly command?: string;
  readonly verify: Check;
}

/** Nothing to do: what to know, what not to do, or why not now. */
export interface AdviceStep extends StepOf<'advice'> {
  readonly warning: string;
}

/** One step a person makes by hand, exactly as typed. */
export type ManualStep = LookStep | ChangeStep | AdviceStep;

/** Whether there is anything to do in them, and so anything to verify afterwards. */
export function changesSomething({ steps }: { readonly steps: readonly ManualStep[] }): boolean {
  return steps.some(({ kind }) => kind === 'change');
}

/** A fix no API can make, or advice that is refused with the reason. */
export interface ManualRemedy<E, T> {
  readonly title: string;
  readonly risk: Risk;
  readonly steps: (maybe: Partial<E>, target: T) => readonly ManualStep[];
}

/** What we know about one problem. Write it with `defineRunbook`, which makes the types flow. */
export interface Runbook<T extends Target, E, R, M extends string> {
  readonly id: string;
  readonly title: string;
  readonly alerts: readonly AlertMatch[];
  readonly target: z.ZodType<T>;
  readonly evidence: { readonly [Name in keyof E]: Evidence<E[Name], T> };
  /** In the order a person would suspect them: of several confirmed causes the first leads the card. */
  readonly causes: Readonly<Record<string, Cause<NoInfer<E>, NoInfer<(keyof R & string) | M>, T>>>;
  readonly remedies: { readonly [Name in keyof R]: Remedy<R[Name], NoInfer<E>, T> };
  readonly manual: Readonly<Record<M, ManualRemedy<NoInfer<E>, T>>>;
  /** Asked when Alertmanager says resolved: does the object itself look well? Only `confirmed` closes the incident. */
  readonly recovered: (seen: NoInfer<E>, maybe: Partial<NoInfer<E>>, context: JudgeContext<T>) => Verdict;
  /** What a run may cost, where the default would make the problem worse. */
  readonly budget?: Partial<Budget>;
}

export function defineRunbook<T extends Target, E, R, M extends string>(
  runbook: Runbook<T, E, R, M>,
): Runbook<T, E, R, M> {
  return runbook;
}

/**
 * The runbook of this id answers every alert that no other does. What it answers is told apart by the alert's name, as
 * if there were no runbook: on one target there may be several such problems.
 */
export const ANY_ALERT = 'any-alert';

/** Whether a runbook of its own topic answers it. */
export function hasTopic(runbook: string | null): runbook is string {
  return runbook !== null && runbook !== ANY_ALERT;
}

/** A runbook as the catalogue and the engine hold it. The erasure happens in `anyRunbook`, once. */
export type AnyRunbook = Runbook<Target, Record<string, unknown>, Record<string, unknown>, string>;

/** Forgets the type parameters. Sound because the engine feeds a runbook only what its own schemas accepted. */
export function anyRunbook<T extends Target, E, R, M extends string>(runbook: Runbook<T, E, R, M>): AnyRunbook {
  return runbook as unknown as AnyRunbook;
}
