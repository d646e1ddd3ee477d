import type { Facts } from '../facts.ts';
import type { KubeObject } from './values.ts';

/** What a request asks for, as far as it helps to look up instead of searching. The rest is filtered afterwards. */
export interface Query {
  readonly namespace?: string;
  readonly name?: string;
  /** The value a field selector demands for this field. */
  readonly field: (path: string) => string | undefined;
  /** Whether the label selector lets objects with these labels through. */
  readonly admits: (labels: Readonly<Record<string, string>>) => boolean;
}

/** An object that could be in the answer. It is made only when it is. */
export interface Found {
  readonly namespace: string | undefined;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly field: (path: string) => string;
  readonly make: () => KubeObject;
}

/** One kind of object under one version of its API group. */
export interface Resource {
  readonly kind: string;
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly namespaced: boolean;
  /** Fields a selector may name, besides `metadata.name` and `metadata.namespace`. */
  readonly fields: readonly string[];
  readonly find: (facts: Facts, now: number, query: Query) => Iterable<Found>;
}

/** For objects that are few: made at once, fields read off them. */
export function made(object: KubeObject): Found {
  const { namespace, name, labels = {} } = object.metadata;
  return { namespace, name, labels, make: () => object, field: (path) => fieldOf(object, path) };
}

function fieldOf(object: object, path: string): string {
  const value = path
    .split('.')
    .reduce<unknown>((inner, key) => (inner as Record<string, unknown> | undefined)?.[key], object);
  return value === undefined || value === null ? '' : String(value);
}
