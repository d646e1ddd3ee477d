/**
 * `node run.ts [runbook…]` prints every verdict that less evidence leads to, or the same in another order; `--write`
 * also keeps them in admitted.json, the list that may only become shorter. Each wants its reason there: why it is harmless.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { catalog } from '../../../runbooks/catalog.ts';
import { caseFiles, readCase } from '../case-files.ts';
import { turnsOf } from './turns.ts';

const file = new URL('admitted.json', import.meta.url);
const admitted: Record<string, Readonly<Record<string, string>>> = JSON.parse(readFileSync(file, 'utf8'));
const [asked, write] = [process.argv.slice(2).filter((id) => id !== '--write'), process.argv.includes('--write')];
for (const runbook of catalog.filter(({ id }) => asked.length === 0 || asked.includes(id))) {
  for (const name of caseFiles(runbook)) {
    const turns = await turnsOf(runbook, readCase(runbook, name));
    const key = `${runbook.id}/${name}`;
    for (const turn of turns) process.stdout.write(`${key}: ${turn}\n`);
    const known = admitted[key];
    if (turns.length > 0) admitted[key] = Object.fromEntries(turns.map((turn) => [turn, known?.[turn] ?? '']));
    else delete admitted[key];
  }
}
if (write) writeFileSync(file, `${JSON.stringify(admitted, null, 2)}\n`);
