import { writeFileSync } from 'node:fs';
import { cases } from './cases.ts';

const folder = new URL('../../cases/any-alert/', import.meta.url);
for (const [name, one] of Object.entries(cases))
  writeFileSync(new URL(`${name}.json`, folder), `${JSON.stringify(one, null, 2)}\n`);
