/** Writes test/cases/cluster-dns/*.json: node test/runbooks/cluster-dns/write-cases.ts */
import { writeFileSync } from 'node:fs';
import { caseFileOf, linePerRead } from '../case-text.ts';
import { caseOf } from './case.ts';
import { cases } from './cases.ts';

export const textOf = linePerRead;
export const caseFile = (name: string) => caseFileOf('cluster-dns', name);

if (import.meta.main) {
  for (const [name, told] of Object.entries(cases)) writeFileSync(caseFile(name), textOf(await caseOf(told)));
}
