import * as z from 'zod';
import type { Action, Json, JsonObject } from './action.ts';
import { sameQuantity } from './changes/quantity.ts';
import { mayBeSecret } from './redact.ts';

type Patch = Extract<Action, { readonly verb: 'patch' }>;
type Creation = Extract<Action, { readonly verb: 'create' }>;

const Answered = z.looseObject({
  apiVersion: z.string().optional(),
  metadata: z
    .looseObject({
      uid: z.string().optional(),
      resourceVersion: z.string().optional(),
    })
    .optional(),
});
type Answered = z.infer<typeof Answered>;

/**
 * What the API server answered (the object as it is or would be) and what was meant, field by field: each difference in
 * words, without values that may be secret. The API drops a misspelt field without a word; fields that it adds by
 * default are no difference. An eviction or deletion answers a Status, in which there is nothing to compare.
 */
export function differences(action: Action, answered: unknown): readonly string[] {
  const read = Answered.safeParse(answered);
  if (!read.success) return ['the API server answered no object'];
  if (action.verb === 'patch' || action.verb === 'create') return compared(action, read.data);
  const uid = read.data.metadata?.uid;
  return uid !== undefined && uid !== action.uid ? ['metadata.uid: it is another object of the same name'] : [];
}

interface Place {
  readonly path: string;
  /** The list stands for all its items; a strategic merge patch names only those it means. */
  readonly whole: boolean;
}

function compared({ body, ...action }: Patch | Creation, answered: Answered): readonly string[] {
  const { resourceVersion: _compared, ...metadata } = (body.metadata ?? {}) as JsonObject;
  const whole = action.verb === 'create' || action.type === 'merge';
  return inObject({ ...known(body, answered), metadata }, answered, { path: '', whole });
}

/** A priority level borrows nothing in versions before v1beta3, which have no field for it. */
function known(body: JsonObject, { apiVersion = '' }: Answered): JsonObject {
  if (!/^flowcontrol.*\/v1beta[12]$/.test(apiVersion)) return body;
  return JSON.parse(JSON.stringify(body, (key, value) => (key === 'borrowingLimitPercent' ? undefined : value)));
}

function inValue(meant: Json, found: unknown, place: Place): readonly string[] {
  if (isList(meant)) return inList(meant, Array.isArray(found) ? found : [], place);
  if (meant !== null && typeof meant === 'object') return inObject(meant, isObject(found) ? found : {}, place);
  // Go leaves zero values out of an answer: `unschedulable: false`, `replicas: 0` of a Scale.
  const same = found === undefined || found === null ? !meant : found === meant || isSameAmount(meant, found, place);
  return same ? [] : [told(meant, found, place)];
}

function inObject(meant: JsonObject, found: Readonly<Record<string, unknown>>, { path, whole }: Place): string[] {
  const { $patch, ...fields } = meant;
  const inside = whole || $patch === 'replace';
  return Object.entries(fields).flatMap(([key, value]) =>
    inValue(value, found[key], { path: stepped(path, key), whole: inside }),
  );
}

function inList(meant: readonly Json[], found: readonly unknown[], { path, whole }: Place): readonly string[] {
  const named = [...meant, ...found].every((item) => nameOf(item) !== undefined);
  const keyOf = (item: unknown, index: number) => (named ? `${nameOf(item)}` : `${index}`);
  const there = new Map(found.map((item, index) => [keyOf(item, index), item]));
  const wanted = new Map(meant.map((item, index) => [keyOf(item, index), item]));
  const extra = whole ? [...there.keys()].filter((key) => !wanted.has(key)) : [];
  return [
    ...[...wanted].flatMap(([key, item]): readonly string[] => {
      const at = `${path}[${key}]`;
      if (!there.has(key)) return [`${at}: it is missing`];
      return inValue(item, there.get(key), { path: at, whole });
    }),
    ...extra.map((key) => `${path}[${key}]: it is there too`),
  ];
}

const AMOUNTS = /\.(?:requests|limits)(?:\.[^.]+|\[[^\]]+\])$|\.(?:sizeLimit|divisor)$/;

function isSameAmount(meant: Json, found: unknown, { path }: Place): boolean {
  return AMOUNTS.test(path) && typeof meant === 'string' && typeof found === 'string' && sameQuantity(meant, found);
}

function told(meant: Json, found: unknown, { path }: Place): string {
  // No colon after the name of a secret: what follows one would be masked.
  if (mayBeSecret(path)) return `${path} is ${found === undefined ? 'missing' : 'not as meant'}`;
  const present = found === undefined || found === null ? 'nothing' : JSON.stringify(found);
  return `${path}: ${meant === null ? 'nothing' : JSON.stringify(meant)} was meant, the API server has ${present}`;
}

function stepped(path: string, key: string): string {
  if (/[./]/.test(key)) return `${path}[${key}]`;
  return path === '' ? key : `${path}.${key}`;
}

function nameOf(item: unknown): string | undefined {
  return isObject(item) && typeof item.name === 'string' ? item.name : undefined;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
