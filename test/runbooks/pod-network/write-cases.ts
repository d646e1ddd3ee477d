/** Writes test/cases/pod-network/*.json: node test/runbooks/pod-network/write-cases.ts */
import { writeFileSync } from 'node:fs';
import { caseFileOf, linePerSample } from '../case-text.ts';
import { cases } from './cases.ts';

export const textOf = linePerSample;
export const caseFile = (name: string) => caseFileOf('pod-network', name);

if (import.meta.main) {
  for (const [name, one] of Object.entries(cases)) writeFileSync(caseFile(name), textOf(one));
}
