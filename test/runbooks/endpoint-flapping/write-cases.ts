/** Writes test/cases/endpoint-flapping/*.json: node test/runbooks/endpoint-flapping/write-cases.ts */
import { writeFileSync } from 'node:fs';
import { caseFileOf, linePerRead } from '../case-text.ts';
import { caseOf } from './case.ts';
import { cases } from './cases.ts';

export const textOf = linePerRead;
export const caseFile = (name: string) => caseFileOf('endpoint-flapping', name);

if (import.meta.main) {
  for (const [name, told] of Object.entries(cases)) writeFileSync(caseFile(name), textOf(await caseOf(told)));
}
