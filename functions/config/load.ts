import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { type Document, isMap, isNode, LineCounter, parseDocument } from 'yaml';
import { type Complaint, complaintsOf } from './complaints.ts';
import { ConfigError } from './error.ts';
import { Config } from './schema.ts';
import type { Secret } from './secret.ts';

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
  if (broken)
    throw new ConfigError(
      `${file}:${lines.linePos(broken.pos[0]).line}: ${broken.message.split('\n')[0]?.replace(/:$/, '')}`,
    );
  const parsed = Config.safeParse(document.toJS() ?? {}, { reportInput: true });
  if (parsed.success) return parsed.data;
  const complaints = complaintsOf(parsed.error.issues).map((complaint) => {
    const line = lineOf(document, lines, complaint);
    return `${file}${line ? `:${line}` : ''}: ${complaint.words}`;
  });
  throw new ConfigError(complaints.join('\n'));
}

function lineOf(document: Document, lines: LineCounter, { path, key }: Complaint): number | undefined {
  if (key !== undefined) {
    const map = path.length === 0 ? document.contents : document.getIn(path, true);
    const pair = isMap(map) ? map.items.find((item) => String(item.key) === key) : undefined;
    if (isNode(pair?.key) && pair.key.range) return lines.linePos(pair.key.range[0]).line;
  }
  for (let depth = path.length; depth > 0; depth -= 1) {
    const node = document.getIn(path.slice(0, depth), true);
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
  throw new ConfigError(`${where}: secretsManager works only in AWS Lambda; here use env or file`);
}
