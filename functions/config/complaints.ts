import type * as z from 'zod';
import { didYouMean, nearest } from '../../infra/local/nearest.ts';
import { configJsonSchema } from './schema.ts';

type Issue = z.core.$ZodIssue;

/** One thing that is wrong: where in the document, and what to write instead. */
export interface Complaint {
  readonly path: readonly PropertyKey[];
  /** The unknown key at `path`, if it is one. */
  readonly key?: string;
  readonly words: string;
}

/**
 * What the schema found wrong, in plain words. Unknown keys come first, and what only follows from a misspelt one (the
 * right key is missing) is left out. Needs `reportInput`, and never shows an input: it may be a secret.
 */
export function complaintsOf(issues: readonly Issue[]): Complaint[] {
  const all = issues.flatMap(innermost);
  const unknown = all.flatMap((issue) => (issue.code === 'unrecognized_keys' ? unknownKeys(issue) : []));
  const rest = all.filter(({ code }) => code !== 'unrecognized_keys');
  const follows = ({ path }: Issue) =>
    unknown.some(({ path: place, meant }) => meant !== undefined && startsWith(path, [...place, meant]));
  const others = rest.filter((issue) => !follows(issue));
  return [...unknown, ...others.map((issue) => ({ path: issue.path, words: say(issue) }))];
}

function unknownKeys({ path, keys }: z.core.$ZodIssueUnrecognizedKeys) {
  const known = keysAt(path);
  return keys.map((key) => ({
    path,
    key,
    meant: nearest(key, known),
    words: `unknown key ${key} in ${placeOf(path)}${didYouMean(key, known)} (known here: ${known.join(', ')})`,
  }));
}

/** Of a union the complaints of the branch that was meant; its own when none was: "one of three shapes" helps nobody. */
function innermost(issue: Issue): Issue[] {
  if (issue.code === 'invalid_key') return issue.issues.map((inner) => ({ ...inner, path: issue.path }) as Issue);
  if (issue.code !== 'invalid_union') return [issue];
  const given = Object.keys(record(issue.input));
  if (given.length === 0) return [issue];
  const meant = issue.errors.find((branch) => branch.every(({ code }) => code !== 'unrecognized_keys'));
  if (meant) return meant.flatMap((inner) => innermost({ ...inner, path: [...issue.path, ...inner.path] }));
  const known = keysAt(issue.path);
  const misspelt = given.filter((key) => !known.includes(key) && nearest(key, known) !== undefined);
  return misspelt.length === 0 ? [issue] : [{ ...issue, code: 'unrecognized_keys', keys: misspelt } as Issue];
}

function say(issue: Issue): string {
  const where = placeOf(issue.path);
  switch (issue.code) {
    case 'invalid_type':
      if (issue.input === undefined) return `${where} is missing`;
      return `${where} must be ${nouns[issue.expected] ?? issue.expected}, not ${nounOf(issue.input)}`;
    case 'invalid_union':
      return `${where}${issue.input === undefined ? ' is missing' : ''}: ${issue.message}`;
    case 'invalid_value':
      return `${where} must be ${issue.values.map(String).join(' or ')}`;
    case 'too_small':
      return issue.origin === 'number' || issue.origin === 'int'
        ? `${where} must be at least ${issue.minimum}`
        : `${where} must not be empty`;
    default:
      return `${where}: ${issue.message}`;
  }
}

const nouns: Readonly<Record<string, string>> = {
  object: 'a mapping (key: value)',
  record: 'a mapping (key: value)',
  array: 'a list',
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
};

function nounOf(value: unknown): string {
  if (value === null) return 'nothing';
  return nouns[Array.isArray(value) ? 'array' : typeof value] ?? typeof value;
}

function placeOf(path: readonly PropertyKey[]): string {
  return path.map(String).join('.') || 'the top level';
}

function startsWith(path: readonly PropertyKey[], start: readonly PropertyKey[]): boolean {
  return start.every((step, at) => path[at] === step);
}

/** The keys the schema knows at a place, read from its JSON schema. */
function keysAt(path: readonly PropertyKey[]): string[] {
  let places: Record<string, unknown>[] = [configJsonSchema()];
  for (const step of path) places = places.flatMap(branches).flatMap((place) => child(place, step));
  return [...new Set(places.flatMap(branches).flatMap((place) => Object.keys(record(place.properties))))];
}

function branches(place: Record<string, unknown>): Record<string, unknown>[] {
  return Array.isArray(place.anyOf) ? place.anyOf.map(record) : [place];
}

function child(place: Record<string, unknown>, step: PropertyKey): Record<string, unknown>[] {
  const next = typeof step === 'number' ? place.items : record(place.properties)[String(step)];
  return next === undefined ? [] : [record(next)];
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
