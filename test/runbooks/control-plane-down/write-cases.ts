/** Writes test/cases/control-plane-down/*.json: node test/runbooks/control-plane-down/write-cases.ts */
import { writeFileSync } from 'node:fs';
import type { Case } from '../../../engine/replay.ts';
import { casesOf } from './cases.ts';

/** A line for every sample and object, so that a change shows as what it is. */
export function textOf(one: Case): string {
  const reads = Object.entries(one.reads).map(([key, answer]) => {
    const { body } = answer as { body?: unknown };
    const list = Array.isArray(body) ? body : (body as { items?: unknown[] } | null | undefined)?.items;
    const rows = list?.map((row) => `   ${JSON.stringify(row)}`).join(',\n');
    const [open, close] = Array.isArray(body) ? ['[', ']'] : ['{ "items": [', '] }'];
    return `  ${JSON.stringify(key)}: ${rows ? `{ "body": ${open}\n${rows}\n  ${close} }` : JSON.stringify(answer)}`;
  });
  const rest = Object.entries(one).filter(([name]) => name !== 'reads');
  const lines = rest.map(([name, value]) => ` ${JSON.stringify(name)}: ${JSON.stringify(value)}`);
  return `{\n${[...lines, ` "reads": {\n${reads.join(',\n')}\n }`].join(',\n')}\n}\n`;
}

export const caseFile = (name: string) => new URL(`../../cases/control-plane-down/${name}.json`, import.meta.url);

if (import.meta.main) {
  for (const [name, one] of Object.entries(await casesOf())) writeFileSync(caseFile(name), textOf(one));
}
