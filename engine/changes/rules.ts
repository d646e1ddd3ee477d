import type { Action, Json } from '../action.ts';
import type { Change, ChangeOf, Verb } from '../change.ts';
import type { Readers } from '../readers.ts';
import type { Risk } from '../runbook.ts';
import type { Starter } from './starters.ts';

/** One line of a diff against what is there now. `null`: the field is absent. Raw text; redacted where it is stored. */
export interface DiffLine {
  /** `Node worker-3`, `Deployment shop/web` */
  readonly object: string;
  /** `spec.unschedulable` */
  readonly path: string;
  readonly before: string | null;
  readonly after: string | null;
}

/** What a plan is made with. `at` and `plan` are the plan's own, so that compiling again later gives equal actions. */
export interface CompileContext {
  /** Reads for this: fresh (quorum) reads, never the watch cache. */
  readonly kube: Readers['kube'];
  /** When the plan was first made; the value of `kubectl.kubernetes.io/restartedAt`. */
  readonly at: string;
  /** The plan's opaque id, written to what it creates. */
  readonly plan: string;
  /** Nodes that a plan of this incident cordoned, by uid: to uncordon them undoes nobody else's wish. */
  readonly cordoned?: ReadonlySet<string>;
  /** The pods of Jobs that were shown, by uid: those that came since are left alone. Absent: it is made to be shown. */
  readonly passing?: ReadonlySet<string>;
  /** It takes back what a plan did: whether that still stands is compared with what the plan left. */
  readonly takesBack?: boolean;
}

/** One change as it would be done to the cluster that was just read. */
export interface Compiled {
  /** In order; each only after the one before. Empty together with `blocked`, or when nothing is left to do. */
  readonly actions: readonly Action[];
  readonly diff: readonly DiffLine[];
  /** What happens to others, each in a line: pods that move, budgets that allow it, replicas left. */
  readonly effects: readonly string[];
  /** Why it cannot be done as things stand. Not empty: the plan cannot be requested. */
  readonly blocked: readonly string[];
  readonly inverse: Inverse;
  /**
   * What becomes of others that a person has to approve as well, for the digest: other pods lost than were shown make
   * another plan. Absent where the actions and the diff say it all.
   */
  readonly material?: Json;
  /** What else it does something to, by name as a diff has it: the pods that a taint ends. */
  readonly touches?: readonly string[];
  /** Of each pod that it ends what its successor, which has another name, has in common with it. */
  readonly moves?: readonly string[];
  /** Who starts another where they end. */
  readonly starters?: readonly Starter[];
  /**
   * Uids of the pods of Jobs among those that it evicts, which come and go: not in the digest. Of a plan made again it
   * evicts those of them that are still there, and no other.
   */
  readonly passing?: readonly string[];
  /** Fields of the object that tell whether the change arrived, where the diff hides values. */
  readonly marks?: readonly DiffLine[];
}

/**
 * What takes a change back, or why nothing does. `replaced`: what is gone stands there again by itself, so that it keeps
 * nothing else of the plan from being taken back.
 */
export type Inverse = readonly Change[] | { readonly none: string; readonly replaced?: boolean };

/** A right the fixer needs for a verb, as RBAC writes it. */
export interface Right {
  readonly apiGroup: string;
  /** `nodes`, `pods/eviction`, `deployments/scale` */
  readonly resource: string;
  readonly verb: 'get' | 'list' | 'create' | 'patch' | 'delete';
  /** Only in this namespace; absent: cluster-wide. */
  readonly namespace?: string;
}

/** When the effect can show, how often to look, and when verification gives up. Seconds. */
export interface Settle {
  readonly firstLookSeconds: number;
  readonly everySeconds: number;
  readonly giveUpSeconds: number;
}

/** Everything Nightshift knows about one verb of the vocabulary. */
export interface VerbRules<V extends Verb> {
  /** The least risk a remedy with this change has. */
  readonly risk: Risk;
  /** The verbs of what can take it back; none: nothing does. */
  readonly undoneBy: readonly Verb[];
  /** Reads what the change depends on and works out what would be done. Throws `ReadFailure` when it cannot look. */
  readonly compile: (change: ChangeOf<V>, context: CompileContext) => Promise<Compiled>;
  /** To compile (read) and to apply (write). */
  readonly reads: readonly Right[];
  readonly writes: readonly Right[];
  readonly settle: Settle;
}
