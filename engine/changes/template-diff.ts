import type { Json, JsonObject } from '../action.ts';
import { canonicalJson, type Workload } from '../change.ts';
import { mayBeSecret } from '../redact.ts';
import { fieldOf, line } from './drafts.ts';
import type { DiffLine } from './rules.ts';

interface Named {
  /** `revision 3` */
  readonly name: string;
  readonly template: JsonObject;
}

/**
 * What differs between two pod templates, by field, with its values; but of those that may be secret (environment
 * variables, arguments, headers of probes, attributes of volumes, annotations) it says only where they come from.
 */
export function templateDiff(workload: Workload, before: Named, after: Named): readonly DiffLine[] {
  return differing(before.template, after.template, 'spec.template').map(({ path, was, will }) =>
    !mayBeSecret(path) && isPlain(was) && isPlain(will)
      ? line(workload, path, was, will)
      : line(workload, path, hint(was, before.name), hint(will, after.name)),
  );
}

const VARIABLE = /\.env\[[^\]]*\]$/;

interface Difference {
  readonly path: string;
  readonly was: Json | undefined;
  readonly will: Json | undefined;
}

/** Whether it only says where the value comes from. */
export function isHint(value: string): boolean {
  return /(?:^| \()as in revision \d+\)?$/.test(value);
}

function isPlain(value: Json | undefined): boolean {
  return value === undefined || value === null || typeof value !== 'object';
}

/** Where the value comes from, instead of the value; of a whole container also its image. */
function hint(value: Json | undefined, revision: string): string | undefined {
  if (value === undefined) return undefined;
  const image = fieldsOf(value)?.fields.image;
  return typeof image === 'string' ? `${image} (as in ${revision})` : `as in ${revision}`;
}

/** Goes into objects and into lists whose items have names, down to the fields of containers and their variables. */
function differing(was: Json | undefined, will: Json | undefined, path: string): readonly Difference[] {
  if (was !== undefined && will !== undefined && canonicalJson(was) === canonicalJson(will)) return [];
  const [a, b] = [fieldsOf(was), fieldsOf(will)];
  if (VARIABLE.test(path) || !a || !b || a.isList !== b.isList) return [{ path, was, will }];
  const keys = [...new Set([...Object.keys(a.fields), ...Object.keys(b.fields)])].sort();
  const inside = keys.flatMap((key) => differing(a.fields[key], b.fields[key], stepped(path, key, a.isList)));
  return inside.length > 0 ? inside : [{ path, was, will }]; // the same items in another order
}

function stepped(path: string, key: string, isItem: boolean): string {
  return isItem ? `${path}[${key}]` : fieldOf(path, key);
}

function fieldsOf(value: Json | undefined): { readonly fields: JsonObject; readonly isList: boolean } | undefined {
  if (value === undefined || value === null || typeof value !== 'object') return undefined;
  if (!isList(value)) return { fields: value, isList: false };
  const named = value.flatMap((item) => {
    const name = item !== null && typeof item === 'object' && !isList(item) ? item.name : undefined;
    return typeof name === 'string' ? [[name, item] as const] : [];
  });
  return named.length === value.length ? { fields: Object.fromEntries(named), isList: true } : undefined;
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
