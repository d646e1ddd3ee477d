import type { Json, JsonObject } from '../../../../../engine/action.ts';
import { isList, isObject } from './json.ts';
import type { Shape } from './shapes.ts';

/** A patch that cannot be applied; the message is the API server's. */
export class UnusablePatch extends Error {
  override readonly name = 'UnusablePatch';
}

/** RFC 7386: objects are merged, `null` takes a field away, everything else is replaced. */
export function mergePatch(target: Json | undefined, patch: Json): Json {
  if (!isObject(patch)) return patch;
  const base = isObject(target) ? target : {};
  const changed = Object.entries(patch).flatMap(([key, value]): [string, Json][] =>
    value === null ? [] : [[key, mergePatch(base[key], value)]],
  );
  return { ...kept(base, patch), ...Object.fromEntries(changed) };
}

/**
 * As `mergePatch`, but lists whose items have a key are merged item by item, and `$patch: replace` or `delete` says what
 * to do with an object or an item (kubernetes/community, contributors/devel/sig-api-machinery/strategic-merge-patch.md).
 */
export function strategicPatch(target: Json | undefined, patch: Json, shape: Shape): Json {
  if (isList(patch)) return mergedList(isList(target) ? target : [], patch, shape);
  if (!isObject(patch)) return patch;
  const { $patch: directive, ...body } = patch;
  if (directive === 'replace') return withoutNulls(body);
  const base = isObject(target) ? target : {};
  const changed = Object.entries(body).flatMap(([key, value]): [string, Json][] =>
    value === null || key.startsWith('$') || isDeletion(value)
      ? []
      : [[key, strategicPatch(base[key], value, inside(shape, key))]],
  );
  return { ...kept(base, body), ...Object.fromEntries(changed) };
}

function isDeletion(value: Json): boolean {
  return isObject(value) && value.$patch === 'delete';
}

/** What the patch does not speak of. */
function kept(base: JsonObject, patch: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(base).filter(
      ([key]) => patch[key] === undefined || !(patch[key] === null || isDeletion(patch[key])),
    ),
  );
}

function inside(shape: Shape, key: string): Shape {
  if (typeof shape === 'string') return 'any';
  if ('fields' in shape) return shape.fields[key] ?? 'any';
  return 'map' in shape ? shape.map : 'any';
}

function mergedList(target: readonly Json[], patch: readonly Json[], shape: Shape): Json {
  const { key, list } = typeof shape === 'object' && 'list' in shape ? shape : { key: undefined, list: 'any' as const };
  if (key === undefined || patch.some((item) => isObject(item) && item.$patch === 'replace')) {
    return patch.filter((item) => !(isObject(item) && item.$patch === 'replace')).map(withoutNulls);
  }
  const keyOf = (item: Json | undefined) => (isObject(item) ? item[key] : undefined);
  for (const item of patch) {
    const words = `map: ${JSON.stringify(item)} does not contain declared merge key: ${key}`;
    if (keyOf(item) === undefined) throw new UnusablePatch(words);
  }
  const gone = patch.filter(isDeletion).map(keyOf);
  const changes = patch.filter((item) => !isDeletion(item));
  const present = target.filter((item) => !gone.includes(keyOf(item) ?? null));
  const merged = present.map((item) => {
    const change = changes.find((other) => keyOf(other) === keyOf(item));
    return change === undefined ? item : strategicPatch(item, change, list);
  });
  const added = changes.filter((change) => !present.some((item) => keyOf(item) === keyOf(change)));
  // What is new comes first.
  return [...added.map((item) => strategicPatch(undefined, item, list)), ...merged];
}

function withoutNulls(value: Json): Json {
  if (isList(value)) return value.map(withoutNulls);
  if (!isObject(value)) return value;
  const there = Object.entries(value).filter(([key, inner]) => inner !== null && key !== '$patch');
  return Object.fromEntries(there.map(([key, inner]) => [key, withoutNulls(inner)]));
}
