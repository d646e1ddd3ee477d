import type { Json, JsonObject } from '../../../../../engine/action.ts';
import { canonicalJson } from '../../../../../engine/change.ts';
import { isList, isObject } from './json.ts';

/** What of `after` is not so in `before`, in its place. Items of a list with names are told apart by them. */
export function difference(before: Json | undefined, after: Json): Json | undefined {
  if (before !== undefined && canonicalJson(before) === canonicalJson(after)) return undefined;
  if (isObject(after)) {
    const changed = Object.entries(after).flatMap(([key, value]): [string, Json][] => {
      const inner = difference(isObject(before) ? before[key] : undefined, value);
      return inner === undefined ? [] : [[key, inner]];
    });
    return Object.fromEntries(changed);
  }
  if (!isList(after) || !after.every((item) => isObject(item) && typeof item.name === 'string')) return after;
  return after.flatMap((item): Json[] => {
    const { name = '' } = item as JsonObject;
    const former = isList(before) ? before.find((other) => isObject(other) && other.name === name) : undefined;
    const inner = difference(former, item);
    return inner === undefined ? [] : [{ ...(inner as JsonObject), name }];
  });
}

/** Entry by entry what a map of texts became: `null` for what is gone. `undefined`: nothing changed. */
export function entriesChanged(
  before: Json | undefined,
  after: Json | undefined,
): Readonly<Record<string, string | null>> | undefined {
  const [was, is] = [isObject(before) ? before : {}, isObject(after) ? after : {}];
  const keys = [...new Set([...Object.keys(was), ...Object.keys(is)])].filter((key) => was[key] !== is[key]);
  if (keys.length === 0) return undefined;
  return Object.fromEntries(keys.map((key) => [key, is[key] === undefined ? null : String(is[key])]));
}
