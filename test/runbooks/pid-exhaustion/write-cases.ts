/** Writes test/cases/pid-exhaustion/*.json: node test/runbooks/pid-exhaustion/write-cases.ts */
import { writeFileSync } from 'node:fs';
import { caseFileOf, linePerSample } from '../case-text.ts';
import { cases } from './cases.ts';

export const textOf = linePerSample;
export const caseFile = (name: string) => caseFileOf('pid-exhaustion', name);

if (import.meta.main) {
  for (const [name, one] of Object.entries(cases)) writeFileSync(caseFile(name), textOf(one));
}
