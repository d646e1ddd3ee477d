/** Writes test/cases/disk-io/*.json: node test/runbooks/disk-io/write-cases.ts */
import { writeFileSync } from 'node:fs';
import { caseFileOf, linePerSample } from '../case-text.ts';
import { cases } from './cases.ts';

export const textOf = linePerSample;
export const caseFile = (name: string) => caseFileOf('disk-io', name);

if (import.meta.main) {
  for (const [name, one] of Object.entries(cases)) writeFileSync(caseFile(name), textOf(one));
}
