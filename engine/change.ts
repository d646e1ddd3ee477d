import { createHash } from 'node:crypto';
import type { Kind } from './readers.ts';

export const workloadKinds = ['Deployment', 'StatefulSet', 'DaemonSet'] as const;
export type WorkloadKind = (typeof workloadKinds)[number];

/** A workload whose pods a controller keeps alive. */
export interface Workload {
  readonly kind: WorkloadKind;
  readonly namespace: string;
  readonly name: string;
}

export interface Taint {
  readonly key: string;
  readonly value?: string;
  readonly effect: 'NoSchedule' | 'PreferNoSchedule' | 'NoExecute';
}

/**
 * What is lost for good when all pods of a node end: pods that nothing starts again, also those whose controller is gone
 * or wants no other, and what is in volumes that end with them (emptyDir, ephemeral claims, inline CSI).
 */
export type Allowed = 'bare-pods' | 'local-storage';

/** Whose requests a flow holds, as API priority and fairness names them. */
export type FlowSubject =
  | { readonly kind: 'ServiceAccount'; readonly namespace: string; readonly name: string }
  | { readonly kind: 'User'; readonly name: string };

/**
 * Every change a remedy can describe, as data: the same value is shown on the card, hashed into the digest and (once
 * a person has approved it) applied. A new verb is a design decision, not part of writing a runbook.
 */
export type Change =
  | { readonly verb: 'cordon' | 'uncordon'; readonly node: string }
  | { readonly verb: 'drain'; readonly node: string; readonly allow?: readonly Allowed[] }
  /** `allow`: of NoExecute, which ends pods. */
  | { readonly verb: 'taint'; readonly node: string; readonly taint: Taint; readonly allow?: readonly Allowed[] }
  | { readonly verb: 'untaint'; readonly node: string; readonly taint: Taint }
  | { readonly verb: 'evict' | 'delete-pod'; readonly namespace: string; readonly pod: string }
  | { readonly verb: 'restart'; readonly workload: Workload }
  /**
   * Back to an earlier revision; without `toRevision` to the one made before the present. `from`: the revision that is to
   * blame, so that it is done only while that is the present one.
   */
  | {
      readonly verb: 'undo';
      readonly workload: Workload & { readonly kind: 'Deployment' };
      readonly from?: number;
      readonly toRevision?: number;
    }
  | { readonly verb: 'pause' | 'resume'; readonly workload: Workload & { readonly kind: 'Deployment' } }
  | {
      readonly verb: 'scale';
      readonly workload: Workload & { readonly kind: 'Deployment' | 'StatefulSet' };
      readonly replicas: number;
      /** `none-left`: to zero on purpose. Without it nobody can answer for that. */
      readonly allow?: readonly 'none-left'[];
    }
  | {
      readonly verb: 'set-resources';
      readonly workload: Workload;
      readonly container: string;
      /** `null` takes the request or limit away. */
      readonly requests?: Readonly<Record<string, string | null>>;
      readonly limits?: Readonly<Record<string, string | null>>;
      /** The limits that are to blame, so that it is done only while these are the present ones. */
      readonly from?: Readonly<Record<string, string>>;
    }
  /** A FlowSchema and a priority level of its own for one noisy client; `restore-flow` takes both away again. */
  | {
      readonly verb: 'isolate-flow';
      readonly flow: string;
      readonly subject: FlowSubject;
      readonly shares: number;
      /** The flow schema that the requests in question come through now, where that is known. */
      readonly from?: string;
    }
  | { readonly verb: 'restore-flow'; readonly flow: string }
  /** Only keys under `nightshift.dev/`; `null` removes it. */
  | {
      readonly verb: 'annotate';
      readonly object: { readonly kind: Kind; readonly namespace?: string; readonly name: string };
      readonly key: string;
      readonly value: string | null;
    };

export type Verb = Change['verb'];
/** The changes of one verb, also of those that share a shape. */
export type ChangeOf<V extends Verb, C extends Change = Change> = C extends Change
  ? V extends C['verb']
    ? C & { readonly verb: V }
    : never
  : never;

/** JSON with sorted keys, so that equal values give equal text. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    inner !== null && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

/** SHA-256 over the canonical form, in hex: two equal lists of changes have one digest. */
export function digestOf(value: unknown): string {
  return createHash('sha256').update(canonicalJson(value)).digest('hex');
}
