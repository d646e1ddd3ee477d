import type { Action, Json, JsonObject } from '../action.ts';
import { canonicalJson } from '../change.ts';
import { nameOf } from '../changes/drafts.ts';
import type { Compiled, DiffLine } from '../changes/rules.ts';

/** One request of a plan, and which of its changes it makes. */
export interface Request {
  readonly action: Action;
  /** By index; several where one patch does the work of all. */
  readonly changes: readonly number[];
  /** Of a patch: the fields that tell afterwards whether it arrived. */
  readonly marks: readonly DiffLine[];
}

/**
 * The requests of all changes, in order. Each object is written once: a second patch with the version that was read would
 * be refused, because the first one moved it on. Patches that follow each other become one; what cannot is blocked.
 */
export function joined(parts: readonly Compiled[]): {
  readonly requests: readonly Request[];
  readonly blocked: readonly string[];
} {
  const requests: Request[] = [];
  const blocked: string[] = [];
  for (const [index, part] of parts.entries()) {
    for (const action of part.actions) {
      const next: Request = { action, changes: [index], marks: marksOf(action, part) };
      const at = requests.findIndex((one) => nameOf(one.action.object) === nameOf(action.object));
      const before = requests[at];
      if (!before) {
        requests.push(next);
        continue;
      }
      const both = oneOf(before, next, at === requests.length - 1);
      if (both) requests[at] = both;
      else
        blocked.push(
          `${nameOf(action.object)} would be changed twice in ways that cannot be one request: this takes two plans`,
        );
    }
  }
  return { requests, blocked };
}

function marksOf(action: Action, { marks = [], diff }: Compiled): readonly DiffLine[] {
  if (action.verb !== 'patch') return [];
  return marks.length > 0 ? marks : diff.filter(({ object }) => object === nameOf(action.object));
}

function oneOf(a: Request, b: Request, adjacent: boolean): Request | undefined {
  const changes = [...a.changes, ...b.changes];
  if (canonicalJson(a.action) === canonicalJson(b.action)) return { ...a, changes };
  const action = adjacent ? onePatch(a.action, b.action) : undefined;
  return action && { action, changes, marks: [...a.marks, ...b.marks] };
}

function onePatch(a: Action, b: Action): Action | undefined {
  if (a.verb !== 'patch' || b.verb !== 'patch' || a.subresource !== b.subresource) return undefined;
  const type = a.type === b.type ? a.type : 'strategic';
  // Without lists both kinds of patch say the same.
  if ([a, b].some((patch) => patch.type !== type && hasList(patch.body))) return undefined;
  const body = merged(a.body, b.body, type);
  return body && { ...a, type, body };
}

/** Both at once; `undefined` where they want different things of one field. */
function merged(a: JsonObject, b: JsonObject, type: 'merge' | 'strategic'): JsonObject | undefined {
  if ('$patch' in a || '$patch' in b) return undefined;
  const both: Record<string, Json> = { ...a };
  for (const [key, wanted] of Object.entries(b)) {
    const there = a[key];
    const value = there === undefined ? wanted : mergedValue(there, wanted, type);
    if (value === undefined) return undefined;
    both[key] = value;
  }
  return both;
}

function mergedValue(a: Json, b: Json, type: 'merge' | 'strategic'): Json | undefined {
  if (canonicalJson(a) === canonicalJson(b)) return a;
  if (isObject(a) && isObject(b)) return merged(a, b, type);
  const [these, those] = [namedItems(a), namedItems(b)];
  if (type !== 'strategic' || !these || !those) return undefined;
  const all = merged(these, those, type);
  return all && Object.values(all);
}

/** A list whose items are merged by name, such as containers, by their names. */
function namedItems(value: Json): JsonObject | undefined {
  if (!Array.isArray(value)) return undefined;
  const named = value.flatMap((item: Json) =>
    isObject(item) && typeof item.name === 'string' ? [[item.name, item] as const] : [],
  );
  return named.length === value.length ? Object.fromEntries(named) : undefined;
}

function hasList(value: Json): boolean {
  if (Array.isArray(value)) return true;
  return isObject(value) && Object.values(value).some(hasList);
}

function isObject(value: Json): value is JsonObject {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}
