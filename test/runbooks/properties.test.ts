import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Case } from '../../engine/replay.ts';
import { catalog } from '../../runbooks/catalog.ts';
import { caseFiles, readCase } from './case-files.ts';
import { seenIn } from './collected.ts';
import { aged } from './properties/perturb.ts';
import { AGED_SECONDS, turnsOf } from './properties/turns.ts';

/** Harmless ones, each with its reason: `node test/runbooks/properties/run.ts --write` makes the list. */
const admitted: Readonly<Record<string, Readonly<Record<string, string>>>> = JSON.parse(
  readFileSync(new URL('properties/admitted.json', import.meta.url), 'utf8'),
);

/** Counters and rates of now, and who leads: its evidence carries no times. */
const TIMELESS = ['etcd-heartbeat'];

it.each(catalog.filter(({ id }) => !TIMELESS.includes(id)).map((runbook) => ({ id: runbook.id, runbook })))(
  'older evidence is seen as older by $id',
  async ({ runbook }) => {
    const seen = async (one: Case) => JSON.stringify([...(await seenIn(runbook, one)).collected], plain);
    const cases = caseFiles(runbook).map((file) => readCase(runbook, file));
    const changed = await Promise.all(
      cases.map(async (one) => (await seen(one)) !== (await seen(aged(one, AGED_SECONDS)))),
    );
    expect(changed.filter(Boolean).length).toBeGreaterThan(cases.length / 3);
  },
);

function plain(_key: string, value: unknown): unknown {
  return value instanceof Map || value instanceof Set ? [...value] : value;
}

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
