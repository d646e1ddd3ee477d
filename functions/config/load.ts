import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { closest } from 'fastest-levenshtein';
import { type Document, isMap, isNode, LineCounter, parseDocument } from 'yaml';
import type * as z from 'zod';
import { Config, configJsonSchema, type Secret } from './schema.ts';

/** The configuration cannot be used as it is. The message names the file, the line and what to write instead. */
export class ConfigError extends Error {
  readonly code = 'CONFIG';
}

export interface LoadedConfig {
  readonly config: Config;
  /** Paths in the file are relative to this directory. */
  readonly directory: string;
}

/** Reads and checks one file. Throws `ConfigError`. */
export async function loadConfig(file: string): Promise<LoadedConfig> {
  const text = await readFile(file, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    throw new ConfigError(
      cause.code === 'ENOENT' ? `${file} does not exist` : `${file} cannot be read: ${cause.message}`,
    );
  });
  return { config: parseConfig(text, file), directory: dirname(resolve(file)) };
}

export function parseConfig(text: string, file: string): Config {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const [broken] = document.errors;
  if (broken) throw new ConfigError(`${file}:${lines.linePos(broken.pos[0]).line}: ${broken.message.split('\n')[0]}`);
  const parsed = Config.safeParse(document.toJS() ?? {});
  if (parsed.success) return parsed.data;
  const complaints = parsed.error.issues.flatMap(innermost).map((issue) => {
    const line = lineOf(document, lines, issue);
    return `${file}${line ? `:${line}` : ''}: ${sentence(issue)}`;
  });
  throw new ConfigError(complaints.join('\n'));
}

type Issue = z.core.$ZodIssue;

/** Of a union's branches, the complaints of the one that came closest: "expected one of three shapes" helps nobody. */
function innermost(issue: Issue): Issue[] {
  if (issue.code !== 'invalid_union' || issue.errors.length === 0) return [issue];
  const weight = (branch: readonly Issue[]) =>
    branch.reduce((sum, { code }) => sum + (code === 'unrecognized_keys' ? 1 : 2), 0);
  const [nearest] = [...issue.errors].sort((a, b) => weight(a) - weight(b));
  return (nearest ?? []).flatMap((inner) => innermost({ ...inner, path: [...issue.path, ...inner.path] }));
}

function sentence(issue: Issue): string {
  const where = issue.path.map(String).join('.') || 'the top level';
  if (issue.code !== 'unrecognized_keys') return `${where}: ${issue.message}`;
  const known = keysAt(issue.path);
  const [key = ''] = issue.keys;
  const nearest = known.length > 0 ? `; did you mean ${closest(key, known)}? (known here: ${known.join(', ')})` : '';
  return `unknown key ${key} in ${where}${nearest}`;
}

/** The keys the schema knows at a place, read from its JSON schema. */
function keysAt(path: readonly PropertyKey[]): string[] {
  let places: Record<string, unknown>[] = [configJsonSchema()];
  for (const step of path) places = places.flatMap((place) => branches(place)).flatMap((place) => child(place, step));
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

function lineOf(document: Document, lines: LineCounter, issue: Issue): number | undefined {
  if (issue.code === 'unrecognized_keys') {
    const map = issue.path.length === 0 ? document.contents : document.getIn(issue.path, true);
    const pair = isMap(map) ? map.items.find(({ key }) => String(key) === issue.keys[0]) : undefined;
    if (isNode(pair?.key) && pair.key.range) return lines.linePos(pair.key.range[0]).line;
  }
  for (let depth = issue.path.length; depth > 0; depth -= 1) {
    const node = document.getIn(issue.path.slice(0, depth), true);
    if (isNode(node) && node.range) return lines.linePos(node.range[0]).line;
  }
  return undefined;
}

/** What a secret refers to; `where` names the setting in errors. Throws `ConfigError` naming the variable or file. */
export async function readSecret(
  secret: Secret,
  where: string,
  from: { readonly env: Readonly<Record<string, string | undefined>>; readonly directory: string },
): Promise<string> {
  if ('env' in secret) {
    const value = from.env[secret.env]?.trim();
    if (!value) throw new ConfigError(`${where}: the environment variable ${secret.env} is not set`);
    return value;
  }
  if ('file' in secret) {
    const path = resolve(from.directory, secret.file);
    const value = (await readFile(path, 'utf8').catch(() => '')).trim();
    if (!value) throw new ConfigError(`${where}: the file ${path} is missing or empty`);
    return value;
  }
  throw new ConfigError(
    `${where}: secretsManager works only in AWS Lambda, which this version does not run on; use env or file`,
  );
}
