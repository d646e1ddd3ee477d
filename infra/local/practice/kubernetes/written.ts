import type { Json, JsonObject } from '../../../../engine/action.ts';
import { type ObjectKey, type Wrote, writesTo } from '../deeds.ts';
import type { Facts } from '../facts.ts';
import { fieldsOf, managedBy } from './managed-fields.ts';
import { type KubeObject, versionAt } from './values.ts';
import { isObject } from './writes/json.ts';

/** How an object is looked up among what was written. Pods of one name follow each other; all others keep their name. */
export function keyOfObject(kind: string, { metadata }: KubeObject): ObjectKey {
  const { name, namespace, uid } = metadata;
  const place = { kind, name, ...(namespace === undefined ? {} : { namespace }) };
  return kind === 'Pod' ? { ...place, uid: String(uid) } : place;
}

/**
 * The object with what was written to its metadata: annotations, labels, who wrote what, and the revision of it. What was
 * written to its spec its own maker knows.
 */
export function asWritten(facts: Facts, kind: string, apiVersion: string, object: KubeObject): KubeObject {
  const deeds = writesTo(facts, keyOfObject(kind, object));
  const last = deeds.at(-1);
  if (!last) return object;
  const { metadata, ...rest } = object;
  const annotations = merged(
    metadata.annotations,
    deeds.map((deed) => deed.annotations),
  );
  const labels = merged(
    metadata.labels,
    deeds.map((deed) => deed.labels),
  );
  const changed = {
    ...metadata,
    resourceVersion: String(Math.max(Number(metadata.resourceVersion), Number(versionAt(last.at)))),
    ...(metadata.labels || Object.keys(labels).length > 0 ? { labels } : {}),
    ...(metadata.annotations || Object.keys(annotations).length > 0 ? { annotations } : {}),
  };
  const whole = { ...rest, metadata: changed } as unknown as JsonObject;
  const managedFields = managersOf(metadata.managedFields, deeds, apiVersion, whole);
  return { ...rest, metadata: { ...changed, managedFields } };
}

function merged(
  before: unknown,
  changes: readonly (Readonly<Record<string, string | null>> | undefined)[],
): Record<string, string> {
  const all = Object.entries(Object.assign({}, before, ...changes) as Record<string, string | null>);
  return Object.fromEntries(all.filter((entry): entry is [string, string] => entry[1] !== null));
}

interface Entry {
  readonly fieldsV1: JsonObject;
}

/** Whoever wrote a field last has it. Who has none left is not named. */
function managersOf(others: unknown, deeds: readonly Wrote[], apiVersion: string, object: JsonObject): unknown[] {
  const byWriter = Map.groupBy(deeds, ({ by, subresource = '' }) => `${by}/${subresource}`);
  const writers = [...byWriter.values()].map((own) => entryOf(own, apiVersion, object));
  const taken = [...byWriter.values()].flat().map(({ wrote }) => fieldsOf(wrote) as JsonObject);
  const left = ((others ?? []) as Entry[]).map((entry) => ({
    ...entry,
    fieldsV1: taken.reduce((fields, mine) => without(fields, mine), entry.fieldsV1),
  }));
  const newcomers = writers.map((entry) => ({
    ...entry,
    fieldsV1: left.reduce((fields, other) => unmarked(fields, other.fieldsV1), entry.fieldsV1),
  }));
  return [...left, ...newcomers].filter(({ fieldsV1 }) => Object.keys(fieldsV1).length > 0);
}

function entryOf(deeds: readonly Wrote[], apiVersion: string, object: JsonObject): Entry & Record<string, unknown> {
  const { by: manager = '', at = 0, subresource } = deeds.at(-1) ?? {};
  const wrote = deeds.reduce<Json>((all, deed) => joined(all, deed.wrote as JsonObject), {});
  const still = present(wrote, object);
  const [entry] = managedBy({ manager, apiVersion, at, wrote: isObject(still) ? still : {} });
  return { ...(entry as Entry & Record<string, unknown>), ...(subresource === undefined ? {} : { subresource }) };
}

function joined(a: Json, b: Json): Json {
  if (!isObject(a) || !isObject(b)) return b;
  return { ...a, ...Object.fromEntries(Object.entries(b).map(([key, value]) => [key, joined(a[key] ?? null, value)])) };
}

/** What of it the object still has. */
function present(wrote: Json, object: Json | undefined): Json | undefined {
  if (object === undefined || !isObject(wrote) || !isObject(object)) return object === undefined ? undefined : wrote;
  const there = Object.entries(wrote).flatMap(([key, value]): [string, Json][] => {
    const inner = present(value, object[key]);
    return inner === undefined || (isObject(inner) && isObject(value) && Object.keys(inner).length === 0)
      ? []
      : [[key, inner]];
  });
  return Object.fromEntries(there);
}

/** In a field set: the map or list itself is there because of this manager. */
const MARK = '.';

/** Field sets: `a` without the marks that `b` has in the same places. */
function unmarked(a: JsonObject, b: JsonObject): JsonObject {
  const entries = Object.entries(a).filter(([key]) => key !== MARK || b[MARK] === undefined);
  return Object.fromEntries(
    entries.map(([key, inner]): [string, Json] => {
      const other = b[key];
      return [key, isObject(inner) && isObject(other) ? unmarked(inner, other) : inner];
    }),
  );
}

/** Field sets: `a` without what stands in `b`. */
function without(a: JsonObject, b: JsonObject): JsonObject {
  const left = Object.entries(a).flatMap(([key, inner]): [string, Json][] => {
    const other = b[key];
    if (key === MARK || !isObject(other) || !isObject(inner)) return [[key, inner]];
    const rest = without(inner, other);
    return Object.keys(other).length === 0 || Object.keys(rest).length === 0 ? [] : [[key, rest]];
  });
  return Object.fromEntries(left.length === 1 && left[0]?.[0] === MARK ? [] : left);
}
