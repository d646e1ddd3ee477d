/** Writes test/cases/api-429/*.json: node test/runbooks/api-429/write-cases.ts */
import { mkdirSync, writeFileSync } from 'node:fs';
import { linePerSample } from '../case-text.ts';
import { cases } from './cases.ts';

export const textOf = linePerSample;

if (import.meta.main) {
  const folder = new URL('../../cases/api-429/', import.meta.url);
  mkdirSync(folder, { recursive: true });
  for (const [name, made] of Object.entries(cases)) writeFileSync(new URL(`${name}.json`, folder), textOf(made));
}
