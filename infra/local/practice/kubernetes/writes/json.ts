import type { Json, JsonObject } from '../../../../../engine/action.ts';

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

/** The value at `spec.template.spec`. */
export function at(object: Json | undefined, path: string): Json | undefined {
  return path.split('.').reduce<Json | undefined>((inner, key) => (isObject(inner) ? inner[key] : undefined), object);
}

/** The object with another value there; `undefined` takes it away. */
export function withAt(object: JsonObject, path: string, value: Json | undefined): JsonObject {
  const [key = '', ...rest] = path.split('.');
  const { [key]: inner, ...others } = object;
  if (rest.length > 0) return { ...object, [key]: withAt(isObject(inner) ? inner : {}, rest.join('.'), value) };
  return value === undefined ? others : { ...object, [key]: value };
}
