import type { Kind } from './readers.ts';

/** Who stands in `metadata.managedFields` for what we changed. */
export const FIELD_MANAGER = 'nightshift';

export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: Json;
}

/** The kinds Nightshift may change, and no others. */
export type WritableKind = Extract<
  Kind,
  'Node' | 'Pod' | 'Deployment' | 'StatefulSet' | 'DaemonSet' | 'FlowSchema' | 'PriorityLevelConfiguration'
>;

export interface ObjectRef {
  readonly kind: WritableKind;
  /** Absent for kinds without a namespace. */
  readonly namespace?: string;
  readonly name: string;
}

/**
 * One request that changes the cluster, as data. The same value is rehearsed (server-side dry run) and applied; it says
 * by itself which object it means (`uid`), so that another of the same name is never touched. A `patch` holds
 * `metadata.uid` and `metadata.resourceVersion`, which the API server compares (409). The body of a `create` has neither
 * `apiVersion` nor `kind`: the writer adds those of the version the cluster serves. Objects of flow control are written
 * as in v1 (`nominalConcurrencyShares`); for a server that has only v1beta1 or v1beta2 the writer translates the name
 * (`assuredConcurrencyShares`), and translates answers back.
 */
export type Action =
  | {
      readonly verb: 'patch';
      readonly object: ObjectRef;
      readonly subresource?: 'scale';
      /** https://kubernetes.io/docs/reference/using-api/api-concepts/#patch-and-apply */
      readonly type: 'merge' | 'strategic';
      readonly body: JsonObject;
    }
  | { readonly verb: 'create'; readonly object: ObjectRef; readonly body: JsonObject }
  | { readonly verb: 'delete'; readonly object: ObjectRef; readonly uid: string }
  | { readonly verb: 'evict'; readonly object: ObjectRef & { readonly kind: 'Pod' }; readonly uid: string };

export interface WriteLimits {
  readonly deadlineMs: number;
  readonly signal?: AbortSignal;
}

/** `object` is what the API server answered: the object as it is now, or as it would be. */
export interface WriteAnswer {
  /** 200, 201 */
  readonly status: number;
  readonly object: unknown;
  /** Method and path, as one would repeat it by hand. */
  readonly asked: string;
}

/** The only way to change a cluster. Both methods throw `WriteFailure` only, and never repeat a request by themselves. */
export interface Writer {
  /** The same request with `dryRun=All`: admission and validation run, nothing is stored. */
  rehearse(action: Action, limits: WriteLimits): Promise<WriteAnswer>;
  apply(action: Action, limits: WriteLimits): Promise<WriteAnswer>;
}

/** Why a write was not done. */
export type WriteFailureKind =
  /** The object changed, or is another one of the same name (409). */
  | 'conflict'
  /** The API server does not accept the body (400, 422). */
  | 'invalid'
  /** A PodDisruptionBudget does not allow the eviction now (429 with cause DisruptionBudget), or several match (500). */
  | 'budget'
  /** API priority and fairness, or another limit of the API server (429 without that cause). */
  | 'throttled'
  /** RBAC (403). `remedy` holds the rule to add. */
  | 'forbidden'
  /** An admission webhook or policy said no (403 or 400, "admission webhook … denied the request", quota, …). */
  | 'admission'
  | 'unauthorized'
  | 'not-found'
  | 'not-served'
  | 'timed-out'
  | 'unreachable'
  | 'server-error';

export interface WriteFailureOptions {
  readonly remedy?: string;
  readonly retryAfterMs?: number;
  readonly cause?: unknown;
}

/** A change that was refused, or whose fate is unknown. */
export class WriteFailure extends Error {
  readonly code = 'WRITE_FAILED';
  readonly kind: WriteFailureKind;
  /** The request may have taken effect all the same: look before anything else. Never for a dry run. */
  readonly ambiguous: boolean;
  readonly remedy: string | undefined;
  readonly retryAfterMs: number | undefined;

  constructor(kind: WriteFailureKind, message: string, ambiguous: boolean, options: WriteFailureOptions = {}) {
    super(message, { cause: options.cause });
    this.name = 'WriteFailure';
    this.kind = kind;
    this.ambiguous = ambiguous;
    this.remedy = options.remedy;
    this.retryAfterMs = options.retryAfterMs;
  }
}

/** What it does, to whichever version of its object. */
export function withoutVersion(action: Action): Action {
  if (action.verb !== 'patch') return action;
  const { resourceVersion: _version, ...metadata } = (action.body.metadata ?? {}) as JsonObject;
  return { ...action, body: { ...action.body, metadata } };
}

/** `patch Node worker-3`, for the ledger and for errors. */
export function describeAction(action: Action): string {
  const { kind, namespace, name } = action.object;
  const part = action.verb === 'patch' && action.subresource ? `/${action.subresource}` : '';
  return `${action.verb} ${kind}${part} ${namespace === undefined ? '' : `${namespace}/`}${name}`;
}
