import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { catalog } from '../../runbooks/catalog.ts';
import { caseFiles, readCase } from './case-files.ts';
import { turnsOf } from './properties/turns.ts';

/** Harmless ones, each with its reason: `node test/runbooks/properties/run.ts --write` makes the list. */
const admitted: Readonly<Record<string, Readonly<Record<string, string>>>> = JSON.parse(
  readFileSync(new URL('properties/admitted.json', import.meta.url), 'utf8'),
);

describe.each(catalog.map((runbook) => ({ id: runbook.id, runbook })))('$id', ({ id, runbook }) => {
  it.each(caseFiles(runbook))(
    '%s with less, failing, doubled, old or shuffled evidence leads to the same verdicts or to open ones',
    async (file) => {
      const turns = await turnsOf(runbook, readCase(runbook, file));
      const reasons = admitted[`${id}/${file}`] ?? {};
      const known = Object.keys(reasons);

      expect(turns.filter((turn) => !known.includes(turn))).toEqual([]);
      expect(
        known.filter((turn) => !turns.includes(turn)),
        'mended: run properties/run.ts --write',
      ).toEqual([]);
      for (const turn of known) expect(reasons[turn], `why is it harmless? ${turn}`).toMatch(/\w{3,} \w/);
    },
  );
});
