/** Writes test/cases/node-not-ready/*.json from the recordings: node test/runbooks/node-not-ready/write-cases.ts */
import { mkdirSync, writeFileSync } from 'node:fs';
import { cases } from './cases.ts';

const folder = new URL('../../cases/node-not-ready/', import.meta.url);
mkdirSync(folder, { recursive: true });
for (const [name, recorded] of Object.entries(cases)) {
  writeFileSync(new URL(`${name}.json`, folder), `${JSON.stringify(recorded, null, 2)}\n`);
}
