/** Writes test/cases/api-429/*.json: node test/runbooks/api-429/write-cases.ts */
import { mkdirSync, writeFileSync } from 'node:fs';
import type { Case } from '../../../engine/replay.ts';
import { cases } from './cases.ts';

/** A line for every sample, so that a change shows as what it is. */
export function textOf(made: Case): string {
  const reads = Object.entries(made.reads).map(([key, answer]) => {
    const rows = 'body' in answer && Array.isArray(answer.body) && answer.body.length > 0 ? answer.body : undefined;
    const text = rows
      ? `{ "body": [\n${rows.map((row) => `   ${JSON.stringify(row)}`).join(',\n')}\n  ] }`
      : JSON.stringify(answer);
    return `  ${JSON.stringify(key)}: ${text}`;
  });
  const rest = Object.entries(made).filter(([name]) => name !== 'reads');
  const lines = rest.map(([name, value]) => ` ${JSON.stringify(name)}: ${JSON.stringify(value)}`);
  return `{\n${[...lines, ` "reads": {\n${reads.join(',\n')}\n }`].join(',\n')}\n}\n`;
}

if (import.meta.main) {
  const folder = new URL('../../cases/api-429/', import.meta.url);
  mkdirSync(folder, { recursive: true });
  for (const [name, made] of Object.entries(cases)) writeFileSync(new URL(`${name}.json`, folder), textOf(made));
}
