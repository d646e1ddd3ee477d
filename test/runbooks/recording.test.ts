import { describe, expect, it } from 'vitest';
import { investigate } from '../../engine/investigate.ts';
import type { Source } from '../../engine/readers.ts';
import { keptBy, recorder } from '../../engine/record.ts';
import { type Case, caseClock, caseSource } from '../../engine/replay.ts';
import type { AnyRunbook } from '../../engine/runbook.ts';
import { catalog } from '../../runbooks/catalog.ts';
import { caseFiles, readCase } from './case-files.ts';

/** Every cause with its verdict and its reason, and whether it is well again. */
async function saidOf(runbook: AnyRunbook, one: Case, source: Source) {
  const since = one.since === undefined ? undefined : new Date(one.since);
  const options = { source, clock: caseClock(one), cluster: one.cluster, alert: one.alert, since };
  const { causes, recovered } = await investigate(runbook, one.target, options);
  return { causes: causes.map(({ id, verdict, reason }) => ({ id, verdict, reason })), recovered };
}

describe('what a record leaves out for its secrets', () => {
  it.each(catalog.map((runbook) => ({ id: runbook.id, runbook })))(
    'is nothing that $id reads: each recorded run comes to the same once more',
    async ({ runbook }) => {
      for (const file of caseFiles(runbook)) {
        const one = readCase(runbook, file);
        const recording = recorder(caseSource(one), keptBy(runbook));
        const live = await saidOf(runbook, one, recording.source);
        const recorded: Case = JSON.parse(JSON.stringify({ ...one, reads: recording.reads() }));
        expect(await saidOf(runbook, recorded, caseSource(recorded)), file).toEqual(live);
      }
    },
    60_000,
  );
});
