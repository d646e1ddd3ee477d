/** Writes test/cases/cluster-dns/*.json: node test/runbooks/cluster-dns/write-cases.ts */
import { writeFileSync } from 'node:fs';
import type { Case } from '../../../engine/replay.ts';
import { caseOf } from './case.ts';
import { cases } from './cases.ts';

/** A line for every object and series, so that a change shows as what it is. */
export function textOf(one: Case): string {
  const reads = Object.entries(one.reads).map(([key, answer]) => `  ${JSON.stringify(key)}: ${JSON.stringify(answer)}`);
  const rest = Object.entries(one).filter(([name]) => name !== 'reads');
  const lines = rest.map(([name, value]) => ` ${JSON.stringify(name)}: ${JSON.stringify(value)}`);
  return `{\n${[...lines, ` "reads": {\n${reads.join(',\n')}\n }`].join(',\n')}\n}\n`;
}

export const caseFile = (name: string) => new URL(`../../cases/cluster-dns/${name}.json`, import.meta.url);

if (import.meta.main) {
  for (const [name, told] of Object.entries(cases)) writeFileSync(caseFile(name), textOf(await caseOf(told)));
}
