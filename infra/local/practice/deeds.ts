import type { JsonObject } from '../../../engine/action.ts';
import type { Taint } from '../../../engine/change.ts';
import type { Facts } from './facts.ts';
import type { Workload } from './workloads.ts';

/** What one object is called. A pod's `uid` tells it from a later one of the same name. */
export interface ObjectKey {
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
  readonly uid?: string;
}

interface Done {
  readonly at: number;
  /** The field manager, as `metadata.managedFields` names who wrote. */
  readonly by: string;
}

/** Somebody changed these fields of an object; `null` takes an annotation, label or taint away. */
export interface Wrote extends Done {
  readonly did: 'write';
  readonly about: ObjectKey;
  readonly annotations?: Readonly<Record<string, string | null>>;
  readonly labels?: Readonly<Record<string, string | null>>;
  /** By `key:effect`. */
  readonly taints?: Readonly<Record<string, Taint | null>>;
  readonly unschedulable?: boolean;
  readonly replicas?: number;
  readonly paused?: boolean;
  readonly template?: JsonObject;
  /** The fields as they stand in the object, for `managedFields`, and through which subresource they were written. */
  readonly wrote: object;
  readonly subresource?: 'scale';
}

/** Somebody evicted or deleted a pod. */
export interface Ended extends Done {
  readonly did: 'end';
  readonly pod: ObjectKey & { readonly uid: string };
  /** Without waiting for its kubelet. */
  readonly forced: boolean;
}

/** An eviction took a budget's leave and was then refused: the budget waits for that pod to go. */
export interface Spent extends Done {
  readonly did: 'spend';
  readonly budget: ObjectKey;
  readonly pod: string;
}

export interface Made extends Done {
  readonly did: 'create';
  readonly about: ObjectKey;
  /** `metadata.annotations`, `metadata.labels` and `spec`. */
  readonly object: JsonObject;
}

export interface Unmade extends Done {
  readonly did: 'remove';
  readonly about: ObjectKey;
}

export type Deed = Wrote | Ended | Spent | Made | Unmade;

/** Two deeds are never done at one moment: the moment is also the revision of the store. */
const DEED_SECONDS = 0.011;

export function deedsOf({ deeds = [] }: Facts): readonly Deed[] {
  return deeds;
}

export function withDeeds(facts: Facts, ...deeds: readonly Deed[]): Facts {
  return { ...facts, deeds: [...deedsOf(facts), ...deeds] };
}

/** The cluster's own time: while much is done at once it runs a little ahead. */
export function timeOf(facts: Facts, clockSeconds: number): number {
  return Math.max(clockSeconds, deedsOf(facts).at(-1)?.at ?? 0);
}

/** When the next deed is done. */
export function nextMoment(facts: Facts, clockSeconds: number): number {
  const last = deedsOf(facts).at(-1);
  return last === undefined ? clockSeconds : Math.max(clockSeconds, last.at + DEED_SECONDS);
}

export function keyOf({ kind, namespace = '', name, uid = '' }: ObjectKey): string {
  return [kind, namespace, name, uid].join('/');
}

const written = new WeakMap<Facts, ReadonlyMap<string, readonly Wrote[]>>();

/** What was written to one object, in order. Looked up: thousands of nodes may be asked one by one. */
export function writesTo(facts: Facts, about: ObjectKey): readonly Wrote[] {
  const known = written.get(facts) ?? Map.groupBy(writes(facts), (deed) => keyOf(deed.about));
  written.set(facts, known);
  return known.get(keyOf(about)) ?? [];
}

export function writesToWorkload(facts: Facts, { kind, namespace, name }: Workload): readonly Wrote[] {
  return writesTo(facts, { kind, namespace, name });
}

export function writes(facts: Facts): readonly Wrote[] {
  return deedsOf(facts).filter((deed) => deed.did === 'write');
}

/** The latest value of one field by then. */
export function latest<Field extends keyof Wrote>(
  deeds: readonly Wrote[],
  field: Field,
  at = Number.POSITIVE_INFINITY,
): Wrote[Field] | undefined {
  return deeds.findLast((deed) => deed.at <= at && deed[field] !== undefined)?.[field];
}
